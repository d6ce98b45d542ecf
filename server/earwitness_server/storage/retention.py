"""Cleanup: expired transcripts and uploads, old counters and old changes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.library import Library, audio_names
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.tables import changes, counters
from earwitness_server.storage.uploads import Uploads

CHANGES_KEPT = 200_000
"""A search index that is further behind is rebuilt."""


@dataclass(frozen=True, slots=True)
class Cleanup:
    """Deletes what has expired. Any worker may run it at any time, also twice."""

    library: Library
    uploads: Uploads
    objects: Objects
    database: Database

    def clean(self) -> int:
        """Delete what has expired; return the number of transcripts and uploads deleted.

        Raises:
            StorageError: something was not deleted; the next run tries again.
        """
        expired = self.library.expired()
        # Audio first: a row still points to its audio, but audio without a row would be lost.
        self.objects.delete(*(name for each in expired for name in audio_names(each)))
        self.library.delete(expired)
        abandoned = self.uploads.expired()
        for each in abandoned:
            self.uploads.delete(each)
        with self.database.write() as connection:
            connection.execute(sa.delete(counters).where(counters.c.expires_s < now_s()))
            newest = connection.execute(sa.select(sa.func.max(changes.c.number))).scalar() or 0
            connection.execute(sa.delete(changes).where(changes.c.number < newest - CHANGES_KEPT))
        # Always: another process may have deleted something and failed here, or been killed.
        self.database.truncate_log()
        return len(expired) + len(abandoned)
