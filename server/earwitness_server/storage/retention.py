"""What is over is deleted: transcripts past their days, uploads given up, old counts."""

from __future__ import annotations

import sqlalchemy as sa

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.library import Library
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.tables import changes, counters
from earwitness_server.storage.uploads import Uploads

CHANGES_KEPT = 200_000
"""A search index further behind than this is built anew."""


class Cleanup:
    """Any worker may run it at any time; doing a thing twice does no harm."""

    def __init__(
        self, library: Library, uploads: Uploads, objects: Objects, database: Database
    ) -> None:
        self._library = library
        self._uploads = uploads
        self._objects = objects
        self._database = database

    def clean(self) -> int:
        """Delete what is over; how many transcripts and uploads went.

        Raises:
            StorageError: something is still there; the next run tries again.
        """
        expired = self._library.expired()
        # Audio first: rows that are left point to it, audio without a row would be lost.
        self._objects.delete(*(f"audio/{each}" for each in expired))
        self._library.forget(expired)
        abandoned = self._uploads.expired()
        for each in abandoned:
            self._uploads.end(each)
        with self._database.write() as connection:
            connection.execute(sa.delete(counters).where(counters.c.expires_s < now_s()))
            newest = connection.execute(sa.select(sa.func.max(changes.c.number))).scalar() or 0
            connection.execute(sa.delete(changes).where(changes.c.number < newest - CHANGES_KEPT))
        # Always: another process may have deleted something and been kept from it, or been killed.
        self._database.settle()
        return len(expired) + len(abandoned)
