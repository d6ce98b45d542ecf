"""Saving a backup to a file and loading one, as the user asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from earwitness.domain.records import iso
from earwitness.errors import EarwitnessError
from earwitness.library.backup.transfer import AudioPart, Transfer
from earwitness.library.document_cache import Texts
from earwitness.library.ports import Attachment, AudioShelf, BackupFiles, Clock, KeptAudio
from earwitness.library.repository import Ledger
from earwitness.messages import BackupFile, BackupLoaded

Hold = Callable[[str, bool], None]
"""Keep the tab open while (reason, True)."""


class BackupDesk:
    """One backup at a time; the file written last stays until the next one or the next visit."""

    def __init__(
        self,
        ledger: Ledger,
        texts: Texts,
        shelf: AudioShelf,
        files: BackupFiles,
        clock: Clock,
        hold: Hold,
        changed: Callable[[str], Awaitable[None]],
    ) -> None:
        """`changed`: told the id of every recording that came in."""
        self._transfer = Transfer(ledger, texts, shelf, clock)
        self._shelf = shelf
        self._files = files
        self._clock = clock
        self._hold = hold
        self._changed = changed
        self._turn = asyncio.Lock()

    async def save(self, *, audio: bool) -> BackupFile:
        """Write everything in the library into one file.

        Raises:
            StorageError: it does not fit, or something cannot be read; no file is left.
        """
        async with self._turn:
            self._hold("backup", True)
            try:
                name = f"earwitness-{iso(self._clock.now())[:10]}.zip"
                return await self._files.write(name, self._transfer.save(audio=audio))
            finally:
                self._hold("backup", False)

    async def load(self, attachment: Attachment) -> BackupLoaded:
        """Add what a backup holds and the library does not.

        Raises:
            BadRequestError: no backup, damaged, or made to do harm.
            StorageError: it does not fit. What came in before stays.
        """

        async def keep(id_: str, part: AudioPart) -> KeptAudio:
            piece = self._files.part(attachment, part.start, part.stop)
            return await self._shelf.keep(id_, piece)

        async with self._turn:
            self._hold("backup", True)
            try:
                loaded = await self._transfer.load(self._files.open(attachment), keep)
            finally:
                self._hold("backup", False)
        for id_ in loaded.added:
            await self._changed(id_)
        return BackupLoaded(loaded.added, loaded.known)

    async def clear(self) -> None:
        """Delete the file of an earlier visit; if that fails, the next visit tries again."""
        try:
            await self._files.clear()
        except EarwitnessError:
            return
