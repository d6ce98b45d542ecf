"""The whole library in one file."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from earwitness.messages.base import Message
from earwitness.serialization import ADDED


class BackupFile(Message):
    """A zip file in the origin's private file system; the next visit deletes it."""

    path: str
    name: str
    bytes: int


class SaveBackup(Message):
    """Write the whole library into one zip file."""

    reply: ClassVar = BackupFile
    audio: bool = True
    """The kept recordings too, not only their words."""


class BackupLoaded(Message):
    """Ids that were added, and ids that the library had already, which are unchanged."""

    added: tuple[str, ...]
    """They are in the library now; some may have been in its bin."""
    known: tuple[str, ...]
    in_bin: tuple[str, ...] = field(default=(), metadata=ADDED)
    """These came into the bin, where they were when the backup was saved."""


class LoadBackup(Message):
    """Add the transcripts of a backup (attachment 0) that the library lacks or has in its bin."""

    reply: ClassVar = BackupLoaded
    made_now: bool = field(default=False, metadata=ADDED)
    """What is added counts as made now, as the sample recording that comes with the page."""
