"""What the database must be, and what is left of what was in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from earwitness.errors import StorageError
from earwitness_server.storage.database import Database
from earwitness_server.storage.tables import counters

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


def test_the_log_of_writes_is_emptied_once_nobody_reads_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.sqlite'}")
    database.migrate()
    log = tmp_path / "small.sqlite-wal"
    with database.read() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.execute(sa.select(counters)).all()
        with database.write() as connection:
            database.next_number(connection, "changes")
        began = time.monotonic()
        assert not database.settle()
        assert time.monotonic() - began < 5, "writers wait for this"
        assert log.stat().st_size > 0
        reader.exec_driver_sql("ROLLBACK")
    assert database.settle()
    assert log.stat().st_size == 0
    database.close()
