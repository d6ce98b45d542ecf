"""The conversation between the library worker and an engine worker: one job at a time.

The library sends a request and gets a stream of events; `WindowsReady` is answered with
`WindowsSaved` only after its transaction committed, and the engine decodes on meanwhile only
as far as one batch ahead. Killing the engine at any moment loses at most that batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from earwitness.errors import ErrorView
from earwitness.messages import TranscribeOptions
from earwitness.transcript import Segment

SAMPLE_RATE_HZ = 16_000
"""The rate at which samples are counted: Whisper's and Silero's."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a run goes on: everything the next batch depends on, committed with the last one."""

    batch: int = 0
    """Batches committed so far."""
    window: int = 0
    """Windows committed so far."""
    sample: int = 0
    """Planning continues here: samples at `SAMPLE_RATE_HZ` from the start of the recording."""
    language: str = ""
    language_probability: float | None = None
    previous_text: str = ""
    """Used only when conditioning on previous text is on."""
    mark: str = ""
    """Where a server's stream of events goes on; empty on this device."""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """What the machine heard in one window: immutable, idempotent by (transcript, run, window)."""

    window: int
    batch: int
    start_s: float
    end_s: float
    segments: tuple[Segment, ...]
    retries: int = 0
    """Decodes beyond the first: temperature fallback, full-window retry."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Start or continue a job."""

    type: ClassVar[str] = "transcribe"
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


@dataclass(frozen=True, slots=True)
class WindowsSaved:
    """The batch is committed; go on."""

    type: ClassVar[str] = "windows-saved"
    batch: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the batch in flight."""

    type: ClassVar[str] = "pause"


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load this model now; files are being chosen."""

    type: ClassVar[str] = "warm-up"
    model: str
    device: str = "auto"
    threads: int = 0


EngineRequest = Transcribe | WindowsSaved | Pause | WarmUp


@dataclass(frozen=True, slots=True)
class EngineReady:
    """A model is loaded."""

    type: ClassVar[str] = "engine-ready"
    model: str
    device: str
    threads: int


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """Bytes of the model read so far, from the network or this device."""

    type: ClassVar[str] = "model-loading"
    model: str
    loaded_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class AudioOpened:
    """The file is audio; its length as the container tells (0: unknown)."""

    type: ClassVar[str] = "audio-opened"
    transcript_id: str
    duration_s: float
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Working:
    """One more computation is done: the engine lives, though its batch is not ready yet."""

    type: ClassVar[str] = "working"
    transcript_id: str


@dataclass(frozen=True, slots=True)
class WindowsReady:
    """A batch is decoded: commit it, then answer `WindowsSaved`."""

    type: ClassVar[str] = "windows-ready"
    transcript_id: str
    run: int
    windows: tuple[WindowRow, ...]
    resume: ResumePoint
    position_s: float
    """Everything before this is decided."""
    compute_s: float
    """Wall time of this batch, for the estimate."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The recording is at its end (or paused before it)."""

    type: ClassVar[str] = "finished"
    transcript_id: str
    run: int
    duration_s: float
    paused: bool = False
    ends_s: float | None = None
    """Where the sound really ended; None where the run did not get there."""
    broken_off: bool = False
    """Something follows there, too damaged to be decoded."""


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The job cannot go on. What is committed stays."""

    type: ClassVar[str] = "engine-failed"
    transcript_id: str
    run: int
    error: ErrorView
    engine_lost: bool = False
    """True: the engine itself is broken; start a fresh one before the next job."""


@dataclass(frozen=True, slots=True)
class EngineBootFailed:
    """Python did not start in the engine worker; its shim sends this."""

    type: ClassVar[str] = "engine-boot-failed"
    error: ErrorView


EngineEvent = (
    EngineReady | ModelLoading | AudioOpened | Working | WindowsReady | Finished | EngineFailed
)
