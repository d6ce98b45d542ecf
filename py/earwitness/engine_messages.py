"""Messages between the library worker and an engine worker, for one job at a time.

The library sends a request and receives events. It answers `WindowsReady` with `WindowsSaved` once
the batch is committed; meanwhile the engine decodes at most one batch ahead. Ending the engine at
any moment loses at most that batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from earwitness.errors import ErrorView
from earwitness.messages import Message, PartialText, TranscribeOptions
from earwitness.serialization import ADDED
from earwitness.transcript import Segment, Speaker, Turn

SAMPLE_RATE_HZ = 16_000
"""The rate at which samples are counted: Whisper's and Silero's."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a run continues: all that the next batch depends on, committed with the last one."""

    batch: int = 0
    """Batches committed so far."""
    window: int = 0
    """Windows committed so far."""
    sample: int = 0
    """Planning continues here: samples at `SAMPLE_RATE_HZ` from the start of the recording."""
    language: str = ""
    """The language spoken longest so far; empty until somebody was heard."""
    language_probability: float | None = None
    previous_text: str = ""
    """Used only when conditioning on previous text is on."""
    mark: str = ""
    """Where a server's stream of events continues; empty on this device."""
    prompt_used: str = field(default="", metadata=ADDED)
    """The end of a prompt that is too long, which alone is used; empty: all of it is used."""
    current_language: str = field(default="", metadata=ADDED)
    """The language of the last window, where languages are followed."""
    spoken_s: dict[str, float] = field(default_factory=dict[str, float], metadata=ADDED)
    """Seconds of text in each language so far, where languages are followed."""
    channel_dbfs: tuple[float, ...] = field(default=(), metadata=ADDED)
    """The level of speech in each channel, where channels are heard one by one; empty: their mix
    is heard."""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """The segments of one window: immutable, and unique by (transcript, run, window)."""

    window: int
    batch: int
    start_s: float
    end_s: float
    segments: tuple[Segment, ...]
    retries: int = 0
    """Decodes beyond the first: temperature fallback, full-window retry."""


@dataclass(frozen=True, slots=True)
class LocalSpeaker:
    """One stretch of a person in a window, or all of the person's shorter ones."""

    number: int
    """The segmentation's number of the person in this window; the second channel's people follow
    those of the first one."""
    spans: tuple[tuple[int, int], ...]
    """Samples of the recording in which the person speaks."""
    voice: str = ""
    """The packed vector of the voice; empty where the person alone spoke too little."""
    heard_s: float = 0.0
    """Speech that the vector was computed from."""


@dataclass(frozen=True, slots=True)
class SpeakerWindow:
    """What was found in one window."""

    start: int
    """The first sample."""
    stop: int
    """The end of the recording, or of the window."""
    own: tuple[int, int]
    """The samples that this window answers for: the middle, up to the neighbours' middles."""
    speakers: tuple[LocalSpeaker, ...] = ()
    last: bool = False
    """The recording ends in this window."""
    channels: int = field(default=1, metadata=ADDED)
    """Channels that were analysed one by one, because each holds a voice; 1: their mix was."""


class Transcribe(Message):
    """Start or continue a job."""

    transcript_id: str
    run: int
    audio_path: str
    """In the origin's private file system."""
    fingerprint: str
    """Identifies the audio; seeds sampling."""
    options: TranscribeOptions
    resume: ResumePoint
    device: str = "auto"
    threads: int = 0
    start_s: float = 0.0
    end_s: float | None = None
    media_type: str = field(default="", metadata=ADDED)
    """As `domain.media_types` has it; counts only where the content does not tell."""


class WindowsSaved(Message):
    """The batch is committed."""

    batch: int


class Pause(Message):
    """Stop after the batch in progress."""


class WarmUp(Message):
    """Load this model now, because files are being chosen."""

    model: str
    device: str = "auto"
    threads: int = 0


class FindSpeakers(Message):
    """Tell the speakers of a recording apart, or continue with that."""

    transcript_id: str
    audio_path: str
    audio_track: int
    windows: tuple[SpeakerWindow, ...]
    """Those that are analysed already, from the first one on."""
    least: int
    """People that the recording has at least."""
    most: int | None
    """People that it has at most; None: as many as are found."""
    device: str = "auto"
    threads: int = 0
    media_type: str = ""
    """As `domain.media_types` has it; counts only where the content does not tell."""


EngineRequest = Transcribe | FindSpeakers | WindowsSaved | Pause | WarmUp


class EngineReady(Message):
    """A model is loaded."""

    model: str
    device: str
    threads: int


class ModelLoading(Message):
    """Bytes of the model read so far, from the network or this device."""

    model: str
    loaded_bytes: int
    total_bytes: int


class AudioOpened(Message):
    """The file is audio, with the duration in its container (0: unknown)."""

    transcript_id: str
    duration_s: float
    tracks: tuple[str, ...] = ()


class Working(Message):
    """A computation is done: the engine works, and its batch is not ready yet."""


class PartialTexts(Message):
    """What is decoded so far of the windows in work. Nothing of it is saved."""

    transcript_id: str
    run: int
    texts: tuple[PartialText, ...]


class WindowsReady(Message):
    """A batch is decoded; the library commits it and answers `WindowsSaved`."""

    transcript_id: str
    run: int
    windows: tuple[WindowRow, ...]
    resume: ResumePoint
    position_s: float
    """Everything before this time is final."""
    compute_s: float
    """Wall time of this batch."""


class SpeakersReady(Message):
    """Windows are analysed. The library saves them; the engine does not wait for that."""

    transcript_id: str
    first: int
    """Number of the first of these windows."""
    windows: tuple[SpeakerWindow, ...]
    position_s: float
    """The recording is analysed up to here."""


class SpeakersFound(Message):
    """The analysis reached its end, or a pause before it."""

    transcript_id: str
    speakers: tuple[Speaker, ...] = ()
    turns: tuple[Turn, ...] = ()
    paused: bool = False


class Finished(Message):
    """The run reached its end, or a pause before it."""

    transcript_id: str
    run: int
    duration_s: float
    paused: bool = False
    ends_s: float | None = None
    """Where the sound ended; None where the run did not get there."""
    broken_off: bool = False
    """Whether the file ends there before it should."""


class EngineFailed(Message):
    """The job, or the analysis of speakers, failed. What is saved stays."""

    transcript_id: str
    run: int
    error: ErrorView
    engine_lost: bool = False
    """Whether the engine must be replaced before the next job."""


class EngineBootFailed(Message):
    """Python did not start in the engine worker; its shim sends this."""

    error: ErrorView


EngineEvent = (
    EngineReady | ModelLoading | AudioOpened | Working | WindowsReady | Finished | EngineFailed
    | PartialTexts | SpeakersReady | SpeakersFound
)  # fmt: skip
