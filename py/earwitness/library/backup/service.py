"""Saving a backup to a file and loading one, as the user asks for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from earwitness.errors import EarwitnessError
from earwitness.library.backup.transfer import AudioPart, Transfer
from earwitness.library.ports import Attachment, AudioShelf, BackupFiles, Clock, KeptAudio
from earwitness.library.wake_lock import WakeLock
from earwitness.messages import BackupFile, BackupLoaded


@dataclass
class BackupService:
    """One backup at a time; the file written last stays until the next one or the next visit."""

    _transfer: Transfer
    _shelf: AudioShelf
    _files: BackupFiles
    _clock: Clock
    _wake_lock: WakeLock

    def __post_init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def save(self, *, audio: bool) -> BackupFile:
        """Write everything in the library into one file.

        Raises:
            StorageError: it does not fit, or something cannot be read; no file is left.
        """
        async with self._one_at_a_time:
            with self._wake_lock.hold("backup"):
                name = f"earwitness-{self._clock.today()}.zip"
                return await self._files.write(name, self._transfer.save(audio=audio))

    async def load(self, attachment: Attachment) -> BackupLoaded:
        """Add what a backup holds and the library does not.

        Raises:
            BadRequestError: no backup, damaged, or made to do harm.
            StorageError: it does not fit. What came in before stays.
        """

        async def keep(id_: str, part: AudioPart) -> KeptAudio:
            piece = self._files.part(attachment, part.start, part.stop)
            return await self._shelf.keep(id_, piece)

        async with self._one_at_a_time:
            with self._wake_lock.hold("backup"):
                loaded = await self._transfer.load(self._files.open(attachment), keep)
        return BackupLoaded(loaded.added, loaded.known, loaded.in_bin)

    async def clear(self) -> None:
        """Delete the file of an earlier visit; if that fails, the next visit tries again."""
        try:
            await self._files.clear()
        except EarwitnessError:
            return
