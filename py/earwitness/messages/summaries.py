"""One recording: the line of the history, its job, and how it is transcribed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.errors import ErrorView
from earwitness.messages.base import Message
from earwitness.serialization import ADDED
from earwitness.transcript import Redaction, Speaker, Task

JobState = Literal[
    "queued",
    "loading",
    "transcribing",
    "pausing",
    "paused",
    "needs-file",
    "done",
    "failed",
    "cancelled",
]
"""`pausing`: the pause is saved, but the engine is not free yet; shown, never kept."""
SpeakerState = Literal["queued", "loading", "running", "done", "failed"]
Where = Literal["device", "server", "auto"]
SpeakerCount = bool | int | tuple[int, ...]
"""Whether speakers are told apart, and how many there are: a number, or the least and the most."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """How to transcribe one recording. An empty string stands for the value in the settings."""

    model: str = ""
    language: str = "auto"
    """Whisper's code, or `auto` to detect it."""
    task: Task = "transcribe"
    words: bool = True
    """Find each word's time."""
    prompt: str = ""
    """Names and terms that the recording is likely to contain; part of every prompt."""
    where: Where = "device"
    voice_activity: bool = True
    """Skip what is not speech."""
    audio_track: int = 0
    """Which of the file's audio tracks to transcribe; 0 is the main one."""
    follow_languages: bool = field(default=True, metadata=ADDED)
    """With `auto`: notice where the language changes. Off: the recording has one language."""
    terms: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names and terms to write where they are said. `prompt` only makes them likelier."""
    speakers: SpeakerCount = field(default=False, metadata=ADDED)
    """Tell speakers apart once the words are there."""


@dataclass(frozen=True, slots=True)
class PartialText:
    """What is decoded so far of a window; its words are not saved, and may still change."""

    start_s: float
    text: str


@dataclass(frozen=True, slots=True)
class JobView:
    """The state of one recording's job, as the page shows it."""

    transcript_id: str
    state: JobState
    position_s: float = 0.0
    """How far into the recording every word is saved."""
    duration_s: float = 0.0
    """0 while it is not known."""
    loaded_bytes: int = 0
    """Of the model, while `loading`."""
    total_bytes: int = 0
    remaining_s: float | None = None
    """Estimated time until done; None while there is nothing to estimate from."""
    queue_position: int = 0
    error: ErrorView | None = None
    """Why it failed; or what it waits for, while `queued`, `paused`, or `loading` on a server."""
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    """The options of the run."""
    server: str = ""
    """Origin of the server that does this, or did; empty: this device."""
    prompt_used: str = field(default="", metadata=ADDED)
    """The end of a prompt that is too long, which alone is used; empty: all of it is used."""
    copied: bool = field(default=False, metadata=ADDED)
    """The text was copied from the server's library, where the original is."""
    ends_s: float = field(default=0.0, metadata=ADDED)
    """Where the sound ended before the end of the file; 0: it did not, or the job is not done."""
    partial: tuple[PartialText, ...] = field(default=(), metadata=ADDED)
    """The text after `position_s` so far, in order, while it is decoded on this device."""


@dataclass(frozen=True, slots=True)
class SpeakerJob:
    """The state of the analysis that tells a recording's speakers apart. It follows the words."""

    state: SpeakerState = "queued"
    speakers: SpeakerCount = True
    """How many people were asked for."""
    position_s: float = 0.0
    """How far into the recording it is saved."""
    loaded_bytes: int = 0
    """Of the models, while `loading`."""
    total_bytes: int = 0
    error: ErrorView | None = None
    """Why it failed. The text is as it was."""
    recognised: dict[str, float] = field(default_factory=dict[str, float], metadata=ADDED)
    """Names given because a remembered voice is alike, and the cosine of the two voices."""


@dataclass(frozen=True, slots=True)
class TranscriptSummary:
    """A line of the history."""

    id: str
    name: str
    created_at: str
    duration_s: float
    model: str
    task: Task
    language: str | None
    language_probability: float | None
    preview: str
    """The first words."""
    word_count: int
    audio_kept: bool
    tags: tuple[str, ...]
    job: JobView
    tracks: tuple[str, ...] = ()
    """A name for each audio track of the file, the main one first; empty until it was opened."""
    ends_s: float = 0.0
    """Where the sound ended before the end of the file; 0: it did not."""
    same_as: str = ""
    """Id of another recording in the library with the same audio, older than this one."""
    earlier: bool = False
    """Whether there is a whole text from before the latest run, which `GoBack` restores."""
    nothing_heard: bool = False
    """Whether it failed and no run has text, so that deleting it loses nothing."""
    revision: int = field(default=0, metadata=ADDED)
    """Grows with each change of the text."""
    speakers: tuple[Speaker, ...] = field(default=(), metadata=ADDED)
    speaker_job: SpeakerJob | None = field(default=None, metadata=ADDED)
    """None: nobody has asked to tell its speakers apart."""
    labels: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Of its highlights, sorted."""
    redactions: tuple[Redaction, ...] = field(default=(), metadata=ADDED)
    """Parts whose words are in no text, search or export."""


class TranscriptRequest(Message):
    """A request about one transcript; the reply is its line of the history, or the one named."""

    reply: ClassVar = TranscriptSummary
    transcript_id: str


class TranscriptChanged(Message):
    """A record or its job changed; at most ten a second for one transcript."""

    transcript: TranscriptSummary
