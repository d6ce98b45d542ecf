"""Changing a text, its highlights and what is redacted, as one change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from earwitness.messages.base import Done, Message
from earwitness.messages.summaries import TranscriptRequest, TranscriptSummary
from earwitness.serialization import ADDED
from earwitness.transcript import Highlight, HighlightColour, Segment, Transcript


@dataclass(frozen=True, slots=True)
class SplitAt:
    """Where a segment is split."""

    segment: int
    at_char: int
    """Index of the first character of the second part, in Unicode code points."""


@dataclass(frozen=True, slots=True)
class MoveEdges:
    """New times of a segment; None: as before."""

    segment: int
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class NewHighlight:
    """A part of the recording to mark."""

    start_s: float
    end_s: float
    colour: HighlightColour = "yellow"
    label: str = ""
    note: str = ""
    id: str = ""
    """1 to 64 letters, digits, '-' or '_'; empty: the library chooses one."""


@dataclass(frozen=True, slots=True)
class ChangedHighlight:
    """New values of a highlight; None: as before."""

    start_s: float | None = None
    end_s: float | None = None
    colour: HighlightColour | None = None
    label: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HighlightChanges:
    """Changes of a transcript's highlights."""

    add: tuple[NewHighlight, ...] = ()
    change: dict[str, ChangedHighlight] = field(default_factory=dict[str, ChangedHighlight])
    """By the highlight's id."""
    remove: tuple[str, ...] = ()
    """Ids."""

    def __bool__(self) -> bool:
        """Return whether there is any change."""
        return bool(self.add or self.change or self.remove)


@dataclass(frozen=True, slots=True)
class RedactText:
    """Characters of a segment, without space at its ends, whose words are redacted."""

    segment: int
    from_char: int
    """In Unicode code points."""
    to_char: int
    """The one after the last."""


@dataclass(frozen=True, slots=True)
class RetypedText:
    """A paragraph that the user has typed over."""

    first: int
    """Index of its first segment."""
    before: tuple[str, ...]
    """The texts of its segments when the user began."""
    text: str
    """All of it now. A paragraph begins after each line break, and a segment is split there; one
    without words is deleted."""
    join: tuple[int, ...] = ()
    """Segments of it that become one with the next. Where the user began a paragraph between two
    sentences they stay two, of one paragraph."""


@dataclass(frozen=True, slots=True)
class ChangedSegments:
    """Segments that stand in the place of others."""

    first: int
    """Index of the first one before the change."""
    removed: int
    """How many were there."""
    segments: tuple[Segment, ...]


class Updated(Message):
    """A change of the text is saved."""

    transcript: TranscriptSummary
    changes: tuple[ChangedSegments, ...]
    """What to put in the place of what, from the last one to the first."""
    can_undo: bool
    can_redo: bool
    what: str = field(default="", metadata=ADDED)
    """The change in a few words; empty: nothing was changed."""
    highlights: tuple[Highlight, ...] | None = field(default=None, metadata=ADDED)
    """All highlights, in order, if the change was of highlights; else None."""


class Update(TranscriptRequest):
    """Change segments of a transcript, all at once.

    Indices and characters are those before the change. With the `revision` of the text that they
    were taken from, the answer is an `EditConflictError` if one of the segments or highlights has
    changed since; its detail is JSON with the new revision and both texts.
    """

    reply: ClassVar = Updated
    segments: dict[str, str] = field(default_factory=dict[str, str])
    """New texts by the index of their segment."""
    speakers: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """Names of speakers by the index of the segment; null: nobody known."""
    split: tuple[SplitAt, ...] = ()
    join: tuple[int, ...] = ()
    """Segments that become one with the next."""
    move: tuple[MoveEdges, ...] = ()
    delete: tuple[int, ...] = ()
    restore: tuple[str, ...] = ()
    """Keys of deleted segments."""
    revision: int | None = None
    retype: tuple[RetypedText, ...] = ()
    """Paragraphs, which are compared with what was there: only segments that differ change."""
    highlights: HighlightChanges = field(default=HighlightChanges(), metadata=ADDED)
    overwrite: bool = False
    """Where a segment has changed since the revision, let these changes of the text win."""
    redact: tuple[RedactText, ...] = field(default=(), metadata=ADDED)
    unredact: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Ids of redactions that are taken away."""
    paragraphs: dict[str, bool] = field(default_factory=dict[str, bool], metadata=ADDED)
    """Whether a paragraph begins with a segment because the user wants it, by its index."""


class EditSegment(TranscriptRequest):
    """Replace a segment's text; the recognised text is kept beside it."""

    reply: ClassVar = Transcript
    segment: int
    text: str


@dataclass(frozen=True, slots=True)
class DeletedSegment:
    """A segment that the user deleted."""

    key: str
    """Names it in `Update`."""
    segment: int
    """Index of the segment that stands in its place now."""
    text: str
    start_s: float
    end_s: float


class DeletedSegments(Message):
    """The segments that the user deleted, in order."""

    segments: tuple[DeletedSegment, ...]


class ListDeleted(TranscriptRequest):
    """List the segments that the user deleted."""

    reply: ClassVar = DeletedSegments


class DoubtfulWords(Message):
    """Places of the words that a reader should check, in order."""

    words: tuple[tuple[int, int], ...]
    """Index of the segment, and of the word in it."""
    speakers: tuple[tuple[int, int, int], ...] = field(default=(), metadata=ADDED)
    """Stretches whose speaker is uncertain: segment, first word, and the word after the last."""


class GetDoubtfulWords(TranscriptRequest):
    """Ask which words of a transcript a reader should check."""

    reply: ClassVar = DoubtfulWords


class HeardWord(Message):
    """What was heard where a word stands."""

    text: str
    """Of one word or several; empty where nothing was."""
    alternatives: tuple[str, ...]
    """What else the recognition heard it as, likeliest first, without marks around it."""


class GetHeardWord(TranscriptRequest):
    """Ask what was heard at a word of the text."""

    reply: ClassVar = HeardWord
    segment: int
    word: int


class ReplaceWord(TranscriptRequest):
    """Put another word in the place of one; the marks around it stay where `text` has none."""

    reply: ClassVar = Updated
    segment: int
    word: int
    text: str
    revision: int | None = None
    """As in `Update`."""


class CheckWord(TranscriptRequest):
    """Mark a word as right, so that it is not doubtful any more."""

    reply: ClassVar = Done
    segment: int
    word: int
