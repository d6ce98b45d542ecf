"""What a backup holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from earwitness.domain.documents import Document
from earwitness.domain.passages import Passage
from earwitness.domain.records import Record
from earwitness.domain.versions import Version
from earwitness.engine_messages import WindowRow
from earwitness.transcript import Highlight

KIND = "earwitness-backup"
VERSION = 1
MANIFEST = "earwitness.json"


@dataclass(frozen=True, slots=True)
class Saved:
    """One recording, whole but for its audio."""

    record: Record
    document: Document
    windows: dict[str, tuple[WindowRow, ...]]
    """By run, its number as text."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What 0.1.0 does not know of a recording's corrections."""

    passages: dict[str, Passage] = field(default_factory=dict[str, Passage])
    versions: tuple[Version, ...] = ()
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The lists of names and terms in the settings."""

    everything: tuple[str, ...] = ()
    by_tag: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def transcript_entry(transcript_id: str) -> str:
    """Name in the zip of a recording's words."""
    return f"transcripts/{transcript_id}.json"


def audio_entry(transcript_id: str) -> str:
    """Name in the zip of a recording's audio."""
    return f"audio/{transcript_id}"
