"""The database: a SQLite file by default, or PostgreSQL; one code for both."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from earwitness.errors import BadRequestError, EarwitnessError, StorageError
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from earwitness_server.storage.tables import changes, counters

Admit = Callable[[sa.Connection], None]
"""Refuses by raising an error, inside the transaction that would write."""
MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MS = 20_000
"""How long a writer of SQLite waits for another writer."""
SETTLE_MS = 250
"""How long truncating SQLite's log waits for its readers; writers wait as long."""


class Database:
    """Connections to the database. Synchronous: call from a thread, not from the event loop."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if self.sqlite else {"pool_size": 10, "max_overflow": 10}
        self.engine = sa.create_engine(self.url, pool_pre_ping=not self.sqlite, **options)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediately)
        else:
            # Before SQLAlchemy's own first look, which fails on such a database without a reason.
            event.listen(self.engine, "connect", _check_postgres, insert=True)

    def migrate(self) -> None:
        """Migrate the tables to this version, unless they are there.

        Raises:
            StorageError: the database is unavailable, its encoding is not UTF-8, or it is newer
                than this server.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.write() as connection:
            if not self.sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(727001)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """Run the block in one transaction, which is on disk when the block has ended.

        Raises:
            BadRequestError, StorageError: nothing was written.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise _failure(error) from error

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """Yield a connection that sees what is committed and never waits for writers.

        Raises:
            BadRequestError: the query holds a value that no database can.
            StorageError: the database cannot be read.
        """
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise _failure(error) from error

    def rows(self, statement: sa.Executable) -> Sequence[Any]:
        """Return the rows of one query; raises as `read` does."""
        with self.read() as connection:
            return connection.execute(statement).all()

    def execute(self, statement: sa.UpdateBase) -> int:
        """Run one statement in a transaction of its own; return the number of rows it changed.

        Raises as `write` does.
        """
        with self.write() as connection:
            return connection.execute(statement).rowcount

    def one_at_a_time(self, connection: sa.Connection) -> None:
        """Wait for every other transaction that called this; call it as the first statement.

        What the transaction counts then is still true when it commits. SQLite has one writer
        anyway.
        """
        if not self.sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(727002)"))

    def insert(self, table: sa.Table) -> Any:
        """Return an INSERT with this database's ON CONFLICT."""
        dialect = sqlite if self.sqlite else postgresql
        return dialect.insert(table)

    def upsert(
        self, connection: sa.Connection, table: sa.Table, row: dict[str, Any], *keys: str
    ) -> None:
        """Insert the row, or replace the row with the same keys."""
        rest = {name: value for name, value in row.items() if name not in keys}
        statement = self.insert(table).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))

    def changed(self, connection: sa.Connection, transcript_id: str) -> None:
        """Record a change of this transcript, for the search indexes.

        The row of the counter stays locked until the transaction ends, so that numbers become
        visible in order.
        """
        statement = (
            sa.update(counters)
            .where(counters.c.name == "changes")
            .values(value=counters.c.value + 1)
            .returning(counters.c.value)
        )
        number = connection.execute(statement).scalar_one()
        connection.execute(sa.insert(changes).values(number=number, transcript_id=transcript_id))

    def truncate_log(self) -> bool:
        """Truncate SQLite's write-ahead log, which still holds deleted rows.

        Returns False while it is being read or the disk is unavailable; a worker's next sweep
        tries again.
        """
        if not self.sqlite:
            return True
        try:
            with self.read() as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={SETTLE_MS}")
                try:
                    statement = "PRAGMA wal_checkpoint(TRUNCATE)"
                    busy = connection.exec_driver_sql(statement).one()[0]
                finally:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
        except StorageError:
            return False
        return not busy

    def alive(self) -> bool:
        """Return whether the database answers."""
        try:
            self.rows(sa.text("SELECT 1"))
        except StorageError:
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def anyone(_connection: sa.Connection) -> None:
    """An `Admit` that never refuses."""


def now_s() -> float:
    """Return the seconds since 1970, UTC."""
    return time.time()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Without this, sqlite3 begins transactions by itself and too late to hold the write lock.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Deleted rows are overwritten, not only marked as free.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _check_postgres(connection: Any, _record: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding in (None, "UTF8"):
        return
    connection.close()
    raise StorageError(
        f"The database has the encoding {encoding}, which cannot hold the text of every language.",
        hint="Create one with CREATE DATABASE earwitness TEMPLATE template0 ENCODING 'UTF8', "
        "and name it in EARWITNESS_DATABASE_URL.",
    )


def _begin_immediately(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _failure(error: DBAPIError) -> EarwitnessError:
    if isinstance(error, DataError):
        return BadRequestError(
            "The database cannot hold what was sent: a NUL character, or too large a number.",
            hint="Leave it out and send the request again.",
        )
    lost = isinstance(error, OperationalError)
    return StorageError(
        "The database is unavailable." if lost else "The database rejected the query.",
        hint="Try again in a moment; the operator should check its disk and its log.",
        detail=f"{type(error.orig).__name__}: {error.orig}"[:500],
    )
