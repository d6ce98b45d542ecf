"""The queue: one job a recording, in an order, in a state; every change is a new value.

    queued -> loading -> transcribing -> done
       \\        \\            \\-> paused, failed, cancelled, needs-file -> queued …

What was running when the tab closed is queued again at boot and continues from `resume`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from earwitness.domain.records import Record
from earwitness.engine_messages import ResumePoint, Transcribe
from earwitness.errors import ErrorView
from earwitness.messages import JobState, TranscribeOptions

RUNNING: frozenset[JobState] = frozenset({"loading", "transcribing", "pausing"})
"""An engine or a server works on them. No stored job is `pausing`: it is only shown."""
ACTIVE: frozenset[JobState] = frozenset({"queued", "loading", "transcribing"})
"""They go on by themselves."""
UNFINISHED: frozenset[JobState] = frozenset(
    {"queued", "loading", "transcribing", "pausing", "paused", "needs-file"}
)
"""Their audio must stay on the shelf."""
FATAL_ERRORS = frozenset({"MediaError", "BadRequestError", "StorageError", "NotFoundError"})
"""A fresh engine would fail the same way, so the job fails at once."""


@dataclass(frozen=True, slots=True)
class ServerJob:
    """What a server knows a run as."""

    base: str = ""
    """The server's address; empty: no server has been given this run."""
    upload: str = ""
    """Its id for an upload that is not finished."""
    id: str = ""
    """Its id for the accepted job."""


@dataclass(frozen=True, slots=True)
class Job:
    """The latest run over one recording, or over a span of it."""

    transcript_id: str
    options: TranscribeOptions
    order: float
    """The lowest waiting one is next."""
    run: int = 1
    state: JobState = "queued"
    resume: ResumePoint = field(default_factory=ResumePoint)
    position_s: float = 0.0
    start_s: float = 0.0
    end_s: float | None = None
    """None: to the end of the recording."""
    error: ErrorView | None = None
    failed_window: int | None = None
    """Where the engine failed last; a second failure there ends the job."""
    fallback: bool = False
    """The engine failed here, so the plainest device is used."""
    away: bool = False
    """The automatic choice fell on the server."""
    server: ServerJob = field(default_factory=ServerJob)

    @property
    def whole(self) -> bool:
        """It covers the recording from its start to its end."""
        return self.start_s <= 0 and self.end_s is None

    @property
    def on_server(self) -> bool:
        """A server does it, or did. A part of a recording is always done here."""
        return self.whole and (self.away or self.options.where == "server")


def request_of(job: Job, record: Record, device: str, threads: int) -> Transcribe:
    """What the engine is told of a job."""
    return Transcribe(
        transcript_id=job.transcript_id,
        run=job.run,
        audio_path=record.audio_path,
        fingerprint=record.fingerprint,
        options=job.options,
        resume=job.resume,
        device=device,
        threads=threads,
        start_s=job.start_s,
        end_s=job.end_s,
    )


def requeued(job: Job) -> Job:
    """The job waiting for its turn, to go on where it stopped, with its past errors forgotten."""
    return dataclasses.replace(job, state="queued", error=None, failed_window=None, fallback=False)


def after_boot(job: Job, audio_here: bool) -> Job:
    """What a job from an earlier visit becomes."""
    if job.state in RUNNING:
        job = dataclasses.replace(job, state="queued")
    if job.on_server and job.server.id:
        return job  # The server has the audio.
    if job.state == "queued" and not audio_here:
        return dataclasses.replace(job, state="needs-file")
    return job


def after_failure(job: Job, error: ErrorView, engine_lost: bool) -> Job:
    """The same window again on a fresh engine and the plainest device, or `failed`."""
    again = engine_lost or error.type not in FATAL_ERRORS
    if again and job.failed_window != job.resume.window:
        return dataclasses.replace(
            job, state="queued", failed_window=job.resume.window, fallback=True
        )
    return dataclasses.replace(job, state="failed", error=error)


def next_job(jobs: Iterable[Job]) -> Job | None:
    """The waiting job whose turn it is."""
    return min(
        (job for job in jobs if job.state == "queued"),
        key=lambda job: (job.order, job.transcript_id),
        default=None,
    )


def queue_position(job: Job, jobs: Iterable[Job]) -> int:
    """1 for the next waiting job, 2 for the one after; 0 when it does not wait."""
    if job.state != "queued":
        return 0
    own = (job.order, job.transcript_id)
    return 1 + sum(
        other.state == "queued"
        and other.on_server == job.on_server
        and (other.order, other.transcript_id) < own
        for other in jobs
    )


def places(jobs: Iterable[Job]) -> dict[str, int]:
    """`queue_position` of every waiting job, by transcript id."""
    found: dict[str, int] = {}
    waiting = [job for job in jobs if job.state == "queued"]
    waiting.sort(key=lambda job: (job.order, job.transcript_id))
    for on_server in (False, True):
        lane = [job for job in waiting if job.on_server == on_server]
        found |= {job.transcript_id: place for place, job in enumerate(lane, 1)}
    return found


def first_order(jobs: Iterable[Job]) -> float:
    """An order before every job there is."""
    return min((job.order for job in jobs), default=0.0) - 1


def last_order(jobs: Iterable[Job]) -> float:
    """An order after every job there is."""
    return max((job.order for job in jobs), default=0.0) + 1
