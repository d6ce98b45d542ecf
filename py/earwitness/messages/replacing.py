"""Find and replace, in one transcript and in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from earwitness.errors import ErrorView
from earwitness.messages.base import Message
from earwitness.messages.edits import Updated
from earwitness.messages.summaries import TranscriptRequest


@dataclass(frozen=True, slots=True)
class FindText:
    """What to look for in a transcript."""

    text: str
    match_case: bool = False
    whole_words: bool = False
    regular_expression: bool = False
    """In the syntax of Python's `re`, within one segment."""
    across_segments: bool = False
    """A phrase may begin in one segment and end in another."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """A place that matches."""

    segment: int
    """Where it begins."""
    start: int
    """Index of its first character in the text without space at its ends, in code points."""
    text: str
    before: str
    """A few words before it."""
    after: str
    replacement: str


class FoundTexts(Message):
    """The places that match, in order."""

    places: tuple[FoundText, ...]
    revision: int
    """Of the text that was searched."""


class Find(TranscriptRequest):
    """Find text in a transcript, and see what would stand in its place."""

    reply: ClassVar = FoundTexts
    query: FindText
    replacement: str = ""


class Replace(TranscriptRequest):
    """Replace what `Find` finds, as one change."""

    reply: ClassVar = Updated
    query: FindText
    replacement: str
    only: tuple[int, ...] | None = None
    """Numbers of the places in the result of `Find`; None: all of them."""
    revision: int | None = None
    """That of `FoundTexts`; needed with `only`."""


@dataclass(frozen=True, slots=True)
class FoundInRecording:
    """The places of one transcript that match."""

    transcript_id: str
    name: str
    revision: int
    """Of the text that was searched."""
    count: int
    places: tuple[FoundText, ...]
    """The first few of them."""


class FoundEverywhere(Message):
    """The transcripts with places that match, newest first."""

    recordings: tuple[FoundInRecording, ...]


class FindEverywhere(Message):
    """Find text in all transcripts, and see what would stand in its place."""

    reply: ClassVar = FoundEverywhere
    query: FindText
    replacement: str = ""
    transcript_ids: tuple[str, ...] = ()
    """Where to look; none: in all of them."""


@dataclass(frozen=True, slots=True)
class SearchedRecording:
    """A transcript in which everything that matches is replaced."""

    transcript_id: str
    revision: int
    """That of `FoundInRecording`; a text that has changed since is left as it is."""


@dataclass(frozen=True, slots=True)
class ReplacedInRecording:
    """The places of one transcript that were replaced."""

    transcript_id: str
    name: str
    count: int
    revision: int
    """That the replacement made, for `Undo`."""


class ReplacedEverywhere(Message):
    """What was replaced, as one change; `Undo` in any of the transcripts takes all of it back."""

    replaced: tuple[ReplacedInRecording, ...]
    changed_since: tuple[str, ...]
    """Names of transcripts that have changed since the search, and were left as they are."""
    not_saved: tuple[str, ...] = ()
    """Names of transcripts that could not be saved."""
    error: ErrorView | None = None
    """Why they could not be saved."""


class ReplaceEverywhere(Message):
    """Replace what `FindEverywhere` finds, as one change."""

    reply: ClassVar = ReplacedEverywhere
    query: FindText
    replacement: str
    recordings: tuple[SearchedRecording, ...]
