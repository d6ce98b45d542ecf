"""A job: the latest run over one recording, its states, and every way it may change.

    queued -> loading -> transcribing -> done
       \\        \\            \\-> paused, failed, cancelled, needs-file -> queued …

Each function below the table is one transition: it returns the changed job, or the same job where
`TRANSITIONS` does not allow the transition from the job's state. So an event that comes too late
changes nothing, and what the user decided is not overwritten. Nothing else sets a job's state.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from earwitness.engine_messages import ResumePoint
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

Transition = Literal[
    "pause",
    "resume",
    "cancel",
    "move",
    "provide audio",
    "decline download",
    "decline server",
    "interrupt",
    "start",
    "transcribe",
    "stop",
    "retry",
    "hand over",
    "postpone",
    "miss audio",
    "fail",
    "fail to save",
    "finish",
]
_States = frozenset[JobState]
_ENDED: _States = frozenset({"failed", "cancelled"})
_QUEUED: _States = frozenset({"queued"})
_PAUSED: _States = frozenset({"paused"})
_WAITING: _States = frozenset({"queued", "needs-file"})
_FAILED: _States = frozenset({"failed"})

TRANSITIONS: Mapping[Transition, tuple[_States, _States]] = {
    # What the user asks for.
    "pause": (ACTIVE, _PAUSED),
    "resume": (frozenset({"paused", "needs-file", "failed", "cancelled"}), _WAITING),
    "cancel": (UNFINISHED, frozenset({"cancelled"})),
    "move": (UNFINISHED | _ENDED, _WAITING),
    "provide audio": (frozenset({"needs-file"}), _QUEUED),
    "decline download": (_QUEUED, _PAUSED),
    "decline server": (_QUEUED, _QUEUED | _FAILED),
    # What happens to it.
    "interrupt": (RUNNING, _QUEUED),
    "start": (ACTIVE, RUNNING),
    "transcribe": (RUNNING, frozenset({"transcribing"})),
    "stop": (RUNNING, _PAUSED),
    "retry": (RUNNING, _QUEUED),
    "hand over": (RUNNING | _FAILED, _QUEUED),
    "postpone": (ACTIVE, _QUEUED),
    "miss audio": (ACTIVE, frozenset({"needs-file"})),
    "fail": (ACTIVE, _FAILED),
    "fail to save": (ACTIVE | _PAUSED, _FAILED),
    "finish": (ACTIVE | _PAUSED, frozenset({"done"})),
}
"""From which states each transition leads, and to which."""


@dataclass(frozen=True, slots=True)
class ServerJob:
    """What a server knows a run as."""

    base: str = ""
    """The server's address; empty: no server has been given this run."""
    upload: str = ""
    """Its id for an upload that is not finished."""
    id: str = ""
    """Its id for the accepted job."""


NO_SERVER = ServerJob()


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


def new_job(
    transcript_id: str,
    options: TranscribeOptions,
    order: float,
    *,
    audio_here: bool,
    run: int = 1,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Job:
    """Return a job that waits for its turn, or for its audio."""
    return Job(
        transcript_id=transcript_id,
        options=options,
        order=order,
        run=run,
        state="queued" if audio_here else "needs-file",
        position_s=start_s,
        start_s=start_s,
        end_s=end_s,
    )


def finished_job(
    transcript_id: str,
    options: TranscribeOptions,
    *,
    run: int = 1,
    duration_s: float = 0.0,
    server: ServerJob = NO_SERVER,
) -> Job:
    """Return the job of a transcript that came with all its words."""
    return Job(transcript_id, options, 0.0, run, "done", position_s=duration_s, server=server)


def has_audio(job: Job, *, audio_here: bool) -> bool:
    """Return whether the job's audio is where it is needed: here, or on its server."""
    return audio_here or (job.on_server and bool(job.server.id))


# ---------------------------------------------------------------- what the user asks for


def pause(job: Job) -> Job:
    """Pause what goes on by itself."""
    return _change(job, "pause", "paused")


def resume(job: Job, *, audio_here: bool) -> Job:
    """Let the job wait for its turn, or for its audio, to go on where it stopped.

    Past errors are forgotten.
    """
    state: JobState = "queued" if has_audio(job, audio_here=audio_here) else "needs-file"
    return _change(job, "resume", state, error=None, failed_window=None, fallback=False)


def provide_audio(job: Job) -> Job:
    """Let a job that waits for its audio wait for its turn."""
    forgotten = {"error": None, "failed_window": None, "fallback": False}
    return _change(job, "provide audio", "queued", **forgotten)


def cancel(job: Job) -> Job:
    """End what is not over."""
    return _change(job, "cancel", "cancelled")


def move(job: Job, where: Literal["device", "server"], *, audio_here: bool) -> Job:
    """Let the job wait elsewhere: on this device for the rest, on a server for all of it."""
    return _change(
        job,
        "move",
        "queued" if audio_here else "needs-file",
        options=dataclasses.replace(job.options, where=where),
        away=False,
        error=None,
        failed_window=None,
        server=NO_SERVER,
        resume=dataclasses.replace(job.resume, mark=""),
    )


def decline_download(job: Job, error: ErrorView) -> Job:
    """Pause a job whose model the user does not want to download."""
    return _change(job, "decline download", "paused", error=error)


def decline_server(job: Job, error: ErrorView | None = None) -> Job:
    """Keep a job here that was to be sent; with an error it failed here already."""
    if error is None:
        return _change(job, "decline server", "queued", away=False)
    return _change(job, "decline server", "failed", away=False, error=error)


# ---------------------------------------------------------------- what happens to it


def interrupt(job: Job) -> Job:
    """Let a running job wait again: its tab was closed, or its recording is in the bin."""
    return _change(job, "interrupt", "queued")


def start(job: Job, *, loaded: bool) -> Job:
    """Begin on this device; `loaded`: the engine has the model."""
    return _change(job, "start", "transcribing" if loaded else "loading")


def start_on_server(job: Job, base: str, *, away: bool) -> Job:
    """Begin on the server of that address, or go on there; `away`: as in the job."""
    if job.server.base == base:
        state: JobState = "transcribing" if job.resume.batch else "loading"
        return _change(job, "start", state, away=away, error=None)
    began = {"server": ServerJob(base), "resume": ResumePoint()}
    return _change(job, "start", "loading", away=away, error=None, **began)


def transcribe(job: Job) -> Job:
    """The model is loaded, or the server is at work."""
    return _change(job, "transcribe", "transcribing")


def stop(job: Job) -> Job:
    """The engine has stopped before the end."""
    return _change(job, "stop", "paused")


def fail_on_device(job: Job, error: ErrorView, *, engine_lost: bool) -> Job:
    """Try the same window again on a fresh engine and the plainest device, or fail."""
    if job.state not in RUNNING:
        return job
    again = engine_lost or error.type not in FATAL_ERRORS
    if again and job.failed_window != job.resume.window:
        window = job.resume.window
        return _change(job, "retry", "queued", failed_window=window, fallback=True)
    return fail(job, error)


def hand_over(job: Job) -> Job:
    """Let the server do what takes too long here."""
    return _change(job, "hand over", "queued", away=True)


def hand_over_failed(job: Job, waits_for: ErrorView | None) -> Job:
    """Let the server do what failed here."""
    reset = {"failed_window": None, "fallback": False}
    return _change(job, "hand over", "queued", away=True, error=waits_for, **reset)


def postpone(job: Job, error: ErrorView) -> Job:
    """Wait for a server that does not answer."""
    return _change(job, "postpone", "queued", error=error)


def miss_audio(job: Job) -> Job:
    """Wait for the audio, which is not here any more."""
    return _change(job, "miss audio", "needs-file")


def fail(job: Job, error: ErrorView) -> Job:
    """End what goes on by itself with an error."""
    return _change(job, "fail", "failed", error=error)


def fail_to_save(job: Job, error: ErrorView) -> Job:
    """End a job whose words cannot be kept; a pause does not hide that they are lost."""
    return _change(job, "fail to save", "failed", error=error)


def finish(job: Job, position_s: float) -> Job:
    """The run is at its end."""
    return _change(job, "finish", "done", position_s=position_s, error=None)


def after_boot(job: Job, *, audio_here: bool) -> Job:
    """Return what a job from an earlier visit becomes: what was running waits again."""
    job = interrupt(job)
    if job.state == "queued" and not has_audio(job, audio_here=audio_here):
        return miss_audio(job)
    return job


# ---------------------------------------------------------------- what leaves the state as it is


def put_first(job: Job, order: float) -> Job:
    """Change the job's place in the queue."""
    return dataclasses.replace(job, order=order)


def advance(job: Job, resume: ResumePoint, position_s: float) -> Job:
    """Words up to `position_s` are committed."""
    return dataclasses.replace(job, resume=resume, position_s=position_s)


def know_on_server(job: Job, server: ServerJob) -> Job:
    """Remember what the server knows an active job as."""
    return dataclasses.replace(job, server=server, error=None) if job.state in ACTIVE else job


def leave_server(job: Job) -> Job:
    """Forget what the server knows the job as; its words so far stay."""
    resume = dataclasses.replace(job.resume, mark="")
    return dataclasses.replace(job, server=NO_SERVER, resume=resume)


def may(job: Job, transition: Transition) -> bool:
    """Return whether the job's state allows the transition."""
    return job.state in TRANSITIONS[transition][0]


def _change(job: Job, transition: Transition, state: JobState, **changes: Any) -> Job:
    if not may(job, transition):
        return job
    if state not in TRANSITIONS[transition][1]:
        raise AssertionError(f"{transition!r} does not lead to {state!r}.")
    return dataclasses.replace(job, state=state, **changes)
