"""Undo, redo and the versions of a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.messages.base import Message
from earwitness.messages.edits import Updated
from earwitness.messages.summaries import TranscriptRequest
from earwitness.serialization import ADDED


class Undo(TranscriptRequest):
    """Take back the latest change of a text since the library was opened.

    With a `revision`, only if it is the change that made that revision.
    """

    reply: ClassVar = Updated
    revision: int | None = None


class Redo(TranscriptRequest):
    """Make the change again that was taken back last."""

    reply: ClassVar = Updated


@dataclass(frozen=True, slots=True)
class TextVersion:
    """The text of a transcript after a change."""

    id: int
    """0: what was recognised."""
    at: str
    """UTC, ISO 8601 with a `Z`."""
    what: str
    """What the change was, in a few words."""
    by: str = field(default="", metadata=ADDED)
    """Who made it, as a server knows them; empty: it is not known."""
    revision: int = field(default=0, metadata=ADDED)
    """Of the transcript after the change."""


class TextVersions(Message):
    """The versions of a text, newest first; the last one is what was recognised."""

    versions: tuple[TextVersion, ...]
    revision: int = field(default=0, metadata=ADDED)
    """Of the text now."""
    may_change: bool = field(default=True, metadata=ADDED)
    """Whether who asks may change the text."""
    audio_bytes: int = field(default=0, metadata=ADDED)
    """Of the recording that is kept beside the text; 0: none is."""


class ListVersions(TranscriptRequest):
    """List the versions of a text, also those of earlier visits."""

    reply: ClassVar = TextVersions
    where: Literal["device", "server"] = field(default="device", metadata=ADDED)
    """Of the text here, or of the one on the server, with who changed what."""


class RestoreVersion(TranscriptRequest):
    """Go back to the text of a version. That is a change like any other."""

    reply: ClassVar = Updated
    version: int


@dataclass(frozen=True, slots=True)
class DifferentWords:
    """A stretch of words in a comparison."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Segments that differ between two versions."""

    segment: int
    """Index of the first of them in the newer version."""
    start_s: float
    words: tuple[DifferentWords, ...]


class Differences(Message):
    """Where two versions of a text differ, in order."""

    differences: tuple[Difference, ...]


class CompareVersions(TranscriptRequest):
    """Compare a version with a newer one, word by word."""

    reply: ClassVar = Differences
    version: int
    newer: int | None = None
    """None: the text as it is now."""
