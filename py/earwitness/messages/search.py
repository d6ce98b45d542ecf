"""Finding words in all transcripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.messages.base import Message
from earwitness.serialization import ADDED


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a search matched."""

    transcript_id: str
    name: str
    segment: int | None
    """Index of the segment in the transcript; None where the name matched."""
    start_s: float
    end_s: float
    snippet: str
    """Text around the match; matched parts stand between U+E000 and U+E001."""
    score: float
    server: str = ""
    """Origin of the server that alone has it; empty: it is in this library."""
    guess: bool = field(default=False, metadata=ADDED)
    """The line has words that are spelled like the ones typed, not these words."""
    note: bool = field(default=False, metadata=ADDED)
    """The label or the note of a highlight matched. `segment` is where the highlight begins."""


class SearchResult(Message):
    """Hits, best first."""

    hits: tuple[Hit, ...]
    took_ms: float
    indexing: bool = False
    """Whether the index is still being built, so that hits may be missing."""


class Search(Message):
    """Find words in names and texts, in this library or on the server."""

    reply: ClassVar = SearchResult
    query: str
    limit: int = 50
    language: str = ""
    tag: str = ""
    transcript_id: str = ""
    """Only in this transcript."""
    where: Literal["device", "server"] = "device"
    """In this library, or in the one of the server that the settings name."""
    speaker: str = field(default="", metadata=ADDED)
    """Only what a speaker of this name says; empty: what anybody says, and names of transcripts."""
    label: str = field(default="", metadata=ADDED)
    """Only words in highlights with this label, and what is noted there."""
    since: str = field(default="", metadata=ADDED)
    """A moment as in `created_at`: only transcripts made then or later; empty: also older ones."""
    until: str = field(default="", metadata=ADDED)
    """A moment: only transcripts made before; empty: also newer ones."""
