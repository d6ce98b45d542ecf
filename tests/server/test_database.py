"""Requirements of the database, and truncation of its write-ahead log."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from earwitness.errors import StorageError
from earwitness_server.storage.database import BUSY_MS, Database
from earwitness_server.storage.tables import counters

from tests.support.postgresql import PostgresqlCluster


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_without_utf8_is_rejected(postgresql: PostgresqlCluster, encoding: str) -> None:
    with postgresql.database(f"TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'") as name:
        database = Database(postgresql.url(name))
        with pytest.raises(StorageError) as caught:
            database.migrate()
        database.close()
    assert encoding in caught.value.message
    assert "ENCODING 'UTF8'" in caught.value.hint


def test_write_ahead_log_is_truncated_once_no_reader_is_left(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.sqlite'}")
    database.migrate()
    log = tmp_path / "small.sqlite-wal"
    with database.read() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.execute(sa.select(counters)).all()
        with database.write() as connection:
            database.changed(connection, "any")
        began = time.monotonic()
        assert not database.truncate_log()
        assert time.monotonic() - began < BUSY_MS / 1000, "writers wait for this"
        assert log.stat().st_size > 0
        reader.exec_driver_sql("ROLLBACK")
    assert database.truncate_log()
    assert log.stat().st_size == 0
    database.close()
