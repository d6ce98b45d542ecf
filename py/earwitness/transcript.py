"""Transcripts: words in segments and who says them; times in seconds from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from earwitness.serialization import ADDED

Task = Literal["transcribe", "translate"]
HighlightColour = Literal["yellow", "green", "blue", "pink", "purple"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `text` begins with a space where the script has one."""

    text: str
    start_s: float
    end_s: float
    probability: float | None = None
    """Mean probability of the word's tokens, 0 to 1; None where it is unknown."""
    speaker: str | None = field(default=None, metadata=ADDED)
    """The id of the person who says it; None where it is unknown."""
    alternatives: tuple[str, ...] = field(default=(), metadata=ADDED)
    """What else the recognition heard it as, likeliest first, without spaces and marks around."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the speech, about a sentence. Times are in order within a transcript."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    """The id of one of the transcript's speakers; None where it is unknown."""
    temperature: float = 0.0
    average_log_probability: float | None = None
    compression_ratio: float | None = None
    no_speech_probability: float | None = None
    heard: str | None = None
    """The recognised text, where `text` is a correction; None: there is no correction."""
    language: str | None = field(default=None, metadata=ADDED)
    """Whisper's code of the spoken language; None: the transcript's."""
    estimated_words: tuple[int, ...] = field(default=(), metadata=ADDED)
    """Indices of the words whose times are estimated, because the user typed them."""
    edges_estimated: bool = field(default=False, metadata=ADDED)
    """Whether start or end are estimated: the user split the segment where no word ends."""
    channel: int | None = field(default=None, metadata=ADDED)
    """The channel that it was heard in, from 0; None: all channels were heard together."""
    begins_paragraph: bool = field(default=False, metadata=ADDED)
    """Whether the user began a paragraph with it; others begin where `domain.paragraphs` says."""


def speaker_of(channel: int) -> str:
    """Return the id of the person whose voice a channel holds, as long as no analysis tells."""
    return f"S{channel + 1}"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person of a recording."""

    id: str
    name: str
    """At first the id."""
    spoken_s: float = 0.0
    """How long the person speaks."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One person speaks without a longer pause, as measured in the sound.

    Turns of different people may overlap.
    """

    speaker: str
    """The person's id."""
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Highlight:
    """A part of the recording that the user marked; the words in it may change.

    A word belongs to it if the word's middle lies in it.
    """

    id: str
    start_s: float
    end_s: float
    colour: HighlightColour = "yellow"
    label: str = ""
    """What it is about, in a word or two, for filters."""
    note: str = ""
    """What the user says about it; it may have several lines."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A part of the recording whose words nobody is to read or hear."""

    id: str
    """Unique in the transcript."""
    start_s: float
    end_s: float
    final: bool = False
    """The words are deleted and the recording is silent there; this cannot be undone."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A recording's text, and what a reader or an export needs beside it."""

    id: str
    name: str
    """The name shown to the user; at first the file's name."""
    created_at: str
    """UTC, ISO 8601 with a `Z`."""
    duration_s: float
    model: str
    task: Task = "transcribe"
    language: str | None = None
    """Whisper's code (`en`, `cs` …) of the language spoken longest; None until it is known."""
    language_probability: float | None = None
    """1.0 if the user chose the language."""
    segments: tuple[Segment, ...] = ()
    tags: tuple[str, ...] = ()
    revision: int = field(default=0, metadata=ADDED)
    """Grows with each change of the text; a change names the one that it was made on."""
    speakers: tuple[Speaker, ...] = field(default=(), metadata=ADDED)
    """The people who speak, in the order of their first words; empty where they are unknown."""
    turns: tuple[Turn, ...] = field(default=(), metadata=ADDED)
    """Who speaks when, in the order of the starts; empty where the sound was not analysed."""
    highlights: tuple[Highlight, ...] = field(default=(), metadata=ADDED)
    """What the user marked, in the order of the starts."""
    redactions: tuple[Redaction, ...] = field(default=(), metadata=ADDED)
    """In order of time. The segments do not have the words of these parts."""

    @property
    def text(self) -> str:
        """The whole text, one segment a line."""
        return "\n".join(segment.text.strip() for segment in self.segments)
