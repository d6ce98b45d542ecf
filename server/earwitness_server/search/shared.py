"""The index of all processes: PostgreSQL's full text, in the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from earwitness.errors import StorageError
from earwitness.messages import Hit
from earwitness.search.find import Query, search
from earwitness.search.normalize import FOLDING
from earwitness.search.tokens import Tokenizer

from earwitness_server.search.index_sync import Search
from earwitness_server.search.postgres import PostgresSource
from earwitness_server.search.postgres_index import PostgresIndex
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.tables import changes

WAIT = "SET LOCAL lock_timeout = '2s'"
"""For another process that is indexing; after that the answer says `indexing`."""


class SharedSearch(Search):
    """The first search after a change indexes it, for all processes."""

    def __init__(self, database: Database, queue: Queue) -> None:
        super().__init__(database, queue)
        self._tokens = Tokenizer()

    def _follow(self) -> bool:
        if not self._behind():
            return False
        try:
            with self._database.write() as connection:
                connection.execute(sa.text(WAIT))
                return self._advance(PostgresIndex(connection, self._tokens))
        except StorageError:
            # Another process is indexing, or the database is away: then the search fails as well.
            return True

    def _behind(self) -> bool:
        newest = sa.select(sa.func.max(changes.c.number))
        with self._database.read() as connection:
            number, built, folding = connection.execute(
                sa.text("SELECT number, built, folding FROM search_place")
            ).one()
            return (
                number is None
                or folding != FOLDING
                or built is not None
                or number != (connection.execute(newest).scalar() or 0)
            )

    def _hits(self, query: Query) -> tuple[Hit, ...]:
        with self._database.write() as connection:
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            return search(PostgresSource(connection, self._tokens), query)
