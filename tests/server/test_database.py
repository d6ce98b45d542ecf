"""What the database must be, and what is left of what was in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from earwitness.errors import StorageError
from earwitness_server.storage.database import Database

from tests.server.databases import Postgres


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """PostgreSQL, where its programs are."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    yield postgres
    postgres.stop()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_word_is_refused_by_name(
    cluster: Postgres, encoding: str
) -> None:
    name = encoding.lower()
    cluster.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    database = Database(f"postgresql+psycopg://earwitness@127.0.0.1:{cluster.port}/{name}")
    with pytest.raises(StorageError) as caught:
        database.migrate()
    database.close()
    assert encoding in caught.value.message
    assert "ENCODING 'UTF8'" in caught.value.hint
