"""A folder that is kept in step with the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from earwitness.messages.base import Done, Message
from earwitness.messages.exports import ExportFormat
from earwitness.messages.summaries import TranscribeOptions, TranscriptSummary

FolderBackup = Literal["off", "texts", "everything"]
"""What the daily backup in the folder holds: words, or recordings as well."""


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file in the folder that is kept in step."""

    path: str
    """From the folder on, with slashes."""
    bytes: int
    modified_ms: int
    """Since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class FolderText:
    """A transcript to write into the folder."""

    path: str
    transcript_id: str
    format: ExportFormat
    revision: int
    replaces: FolderFile | None
    """The file to write over, if it is still like this; None: there must be none."""


class FolderView(Message):
    """The folder that is kept in step, and what was done in it."""

    name: str
    """Empty: none was chosen yet."""
    formats: tuple[ExportFormat, ...]
    backup: FolderBackup
    recordings: int
    """Added from it."""
    texts: int
    """Written into it."""
    backup_day: str
    """Date of the last backup in it; empty: none yet."""


class FolderPlan(Message):
    """What to do in the folder now."""

    add: tuple[str, ...]
    """Paths of recordings that the library does not have yet."""
    write: tuple[FolderText, ...]
    backup: str
    """Path of a backup to write; empty: none is due."""


class GetFolder(Message):
    """Ask about the folder that is kept in step."""

    reply: ClassVar = FolderView


class ChooseFolder(Message):
    """Keep a folder in step from now on."""

    reply: ClassVar = FolderView
    name: str
    known: bool = False
    """It is the one that was chosen last: what was done in it counts."""


class ChangeFolder(Message):
    """Choose what is written into the folder."""

    reply: ClassVar = FolderView
    formats: tuple[ExportFormat, ...]
    backup: FolderBackup


class LookAtFolder(Message):
    """Ask what to do in the folder.

    A recording counts only if it was the same some seconds before: one that grows is not complete.
    """

    reply: ClassVar = FolderPlan
    files: tuple[FolderFile, ...]
    """All that are in it."""


class AddFromFolder(Message):
    """Add a recording of the folder (attachment 0: a Blob) if the library does not have it."""

    reply: ClassVar = TranscriptSummary
    file: FolderFile
    options: TranscribeOptions


class FolderFileWritten(Message):
    """A file was written into the folder: it is ours to write over."""

    reply: ClassVar = Done
    file: FolderFile
    """As it is now."""
    text: FolderText | None = None
    """What the plan said of it; None: it is the backup."""
