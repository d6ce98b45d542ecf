"""Steering jobs: pause, run again, move, and what a job waits for."""

from __future__ import annotations

from typing import ClassVar, Literal

from earwitness.messages.base import Done, Message
from earwitness.messages.summaries import TranscribeOptions, TranscriptRequest


class ProvideFile(TranscriptRequest):
    """Give the audio (attachment 0) again to a job in state `needs-file`."""


class Retranscribe(TranscriptRequest):
    """Transcribe again, whole or a span; edits outside the span stay.

    The answer is a `CorrectionsError` if corrections would be hidden: its message is the question.
    """

    options: TranscribeOptions
    start_s: float = 0.0
    end_s: float | None = None
    replace_corrections: bool = False
    """The user was asked and agreed."""


class GoBack(TranscriptRequest):
    """Restore the text, corrections and job from before the latest run.

    The answer is a `CorrectionsError` if corrections made since would be hidden: its message is
    the question.
    """

    replace_corrections: bool = False
    """The user was asked and agreed."""


class Pause(TranscriptRequest):
    """Stop a job after the batch in progress; the pause survives a reload."""


class Resume(TranscriptRequest):
    """Continue a paused, failed or cancelled job from its last window."""


class Cancel(TranscriptRequest):
    """End a job now; a first run keeps its words, a later run is taken away."""


class Prioritise(TranscriptRequest):
    """Move a queued job to the front of the queue."""


class MoveJob(TranscriptRequest):
    """Continue an unfinished or failed job on this device or on the server."""

    where: Literal["device", "server"]


class Estimates(Message):
    """Time a recording would take with each model, slowest choice included."""

    seconds_by_model: dict[str, float]


class Estimate(Message):
    """Estimate how long a recording of this length takes here, model by model."""

    reply: ClassVar = Estimates
    duration_s: float


class DownloadNeeded(Message):
    """A model must be fetched before the work can go on, and the user has not agreed yet."""

    model: str
    bytes: int
    metered: bool


class ApproveDownload(Message):
    """Answer `DownloadNeeded`: agreed or declined."""

    reply: ClassVar = Done
    model: str
    approved: bool = True


class ServerNeeded(Message):
    """`auto` would send a recording to a server, and the user has not been asked yet."""

    origin: str
    transcript_id: str
    name: str
    bytes: int
    reason: Literal["cannot", "too-long"]
    """This device failed at it, or would take longer than the settings allow."""
    seconds: float = 0.0
    """How long this device would take, where that is the reason."""


class AllowServer(Message):
    """Store the answer to `ServerNeeded` in the settings."""

    reply: ClassVar = Done
    origin: str
    allowed: bool = True
