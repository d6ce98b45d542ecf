"""What is put in order when the library opens, and what leaves it for good."""

from __future__ import annotations

from earwitness.domain.jobs import after_boot
from earwitness.domain.records import without_audio
from earwitness.library.bin import KEPT_S, Bin
from earwitness.library.ports import AudioShelf
from earwitness.library.repository import Ledger
from earwitness.library.server_requests import Office


class Tidying:
    """Keeps store, shelf and servers in agreement."""

    def __init__(self, ledger: Ledger, shelf: AudioShelf, bin: Bin, office: Office) -> None:
        self._ledger = ledger
        self._shelf = shelf
        self._bin = bin
        self._office = office

    async def tidy(self) -> None:
        """Jobs whose tab was closed wait again; audio without a record goes; the bin is cleared.

        Raises:
            StorageError: the store or the shelf would not.
        """
        here = await self._shelf.list()
        changed = [
            after
            for id_, job in self._ledger.jobs.items()
            if (after := after_boot(job, id_ in here)) != job
        ]
        missing = [
            without_audio(record)
            for id_, record in self._ledger.records.items()
            if record.audio_path and id_ not in here
        ]
        if changed or missing:
            await self._ledger.commit(missing, changed)
        for id_ in here:
            record = self._ledger.records.get(id_)
            if record is None or not record.audio_path:
                await self._shelf.delete(id_)
        await self.empty_bin(KEPT_S)

    async def empty_bin(self, older_than_s: float = 0.0) -> None:
        """Delete for good what has been in the bin for that long, here and on its server.

        Raises:
            StorageError: the store or the shelf would not; what is gone is gone.
        """
        jobs = dict(self._ledger.jobs)
        gone = await self._bin.empty(older_than_s)
        self._office.forget(jobs[id_] for id_ in gone)
