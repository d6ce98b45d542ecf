"""A job: the latest run over one recording, its states, and every way it may change.

    queued -> loading -> transcribing -> done
       \\        \\            \\-> paused, failed, cancelled, needs-file -> queued …

The table below the job lists every transition. From a state that a transition does not start in,
the job stays as it is: an event that comes too late changes nothing, and what the user decided is
not overwritten. No other module changes a job.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from earwitness.domain.scripts import words_in
from earwitness.engine_messages import ResumePoint
from earwitness.errors import ErrorView
from earwitness.messages import JobState, TranscribeOptions
from earwitness.serialization import ADDED

RUNNING: frozenset[JobState] = frozenset({"loading", "transcribing", "pausing"})
"""An engine or a server works on them. No stored job is `pausing`: it is only shown."""
ACTIVE: frozenset[JobState] = frozenset({"queued", "loading", "transcribing"})
"""They go on by themselves."""
UNFINISHED: frozenset[JobState] = frozenset(
    {"queued", "loading", "transcribing", "pausing", "paused", "needs-file"}
)
"""Their audio must stay in the audio store."""
_WAITING: frozenset[JobState] = frozenset({"queued", "paused", "needs-file"})
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
    revision: int = field(default=0, metadata=ADDED)
    """Of its text when it was last the same as the one here; 0: not known."""
    version: int = field(default=0, metadata=ADDED)
    """The version of the text here that was the same."""


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

    def has_audio(self, *, here: bool) -> bool:
        """Return whether its audio is where it is needed; `here`: it is on this device."""
        return here or (self.on_server and bool(self.server.id))


class Transition:
    """A change of state. Calling it returns the changed job, or the same job if not allowed."""

    def __init__(self, sources: Collection[JobState], *targets: JobState) -> None:
        """`targets`: the first one, unless a call names another."""
        self.sources = frozenset(sources)
        self.targets = targets

    def allows(self, job: Job) -> bool:
        """Return whether the transition starts in the job's state."""
        return job.state in self.sources

    def __call__(self, job: Job, **changes: Any) -> Job:
        """Return the job with its new state and these changes of other fields."""
        if not self.allows(job):
            return job
        after = dataclasses.replace(job, **{"state": self.targets[0], **changes})
        if after.state not in self.targets:
            raise AssertionError(f"{after.state!r} is not one of {self.targets}.")
        return after


# What the user asks for:
pause = Transition(ACTIVE, "paused")
cancel = Transition(UNFINISHED, "cancelled")
decline_download = Transition(["queued"], "paused")
_resume = Transition(["paused", "needs-file", "failed", "cancelled"], "queued", "needs-file")
_provide_audio = Transition(["needs-file"], "queued")
_move = Transition([*UNFINISHED, "failed", "cancelled"], "queued", "needs-file")
_decline_server = Transition(["queued"], "queued", "failed")
# What happens to a job:
interrupt = Transition(RUNNING, "queued")
"""Its tab was closed, or its recording went to the bin."""
_start = Transition(ACTIVE, "loading", "transcribing")
transcribe = Transition(RUNNING, "transcribing")
"""The model is loaded, or the server is at work."""
stop = Transition(RUNNING, "paused")
"""The engine has stopped before the end."""
_retry = Transition(RUNNING, "queued")
_hand_over = Transition([*RUNNING, "failed"], "queued")
postpone = Transition(ACTIVE, "queued")
"""Its server does not answer, or no worker of a server can do it."""
require_audio = Transition(ACTIVE, "needs-file")
fail = Transition(ACTIVE, "failed")
fail_to_save = Transition([*ACTIVE, "paused"], "failed")
"""Its words cannot be written; a pause does not hide that they are lost."""
finish = Transition([*ACTIVE, "paused"], "done")

_ERRORS_FORGOTTEN: dict[str, Any] = {"error": None, "failed_window": None, "fallback": False}


def resume(job: Job, *, audio_here: bool) -> Job:
    """Let a job wait for its turn, or for its audio, to go on where it stopped."""
    state = "queued" if job.has_audio(here=audio_here) else "needs-file"
    return _resume(job, state=state, **_ERRORS_FORGOTTEN)


def provide_audio(job: Job) -> Job:
    """Let a job that waits for its audio wait for its turn."""
    return _provide_audio(job, **_ERRORS_FORGOTTEN)


def move(job: Job, where: Literal["device", "server"], *, audio_here: bool) -> Job:
    """Let a job wait elsewhere: on this device for the rest, on a server for all of it."""
    return _move(
        job,
        state="queued" if audio_here else "needs-file",
        options=dataclasses.replace(job.options, where=where),
        away=False,
        error=None,
        failed_window=None,
        server=ServerJob(),
        resume=dataclasses.replace(job.resume, mark=""),
    )


def decline_server(job: Job, error: ErrorView | None) -> Job:
    """Keep a job here that was to be sent; with an error, it failed here already."""
    failed: dict[str, Any] = {"state": "failed", "error": error} if error else {}
    return _decline_server(job, away=False, **failed)


def start(job: Job, *, loaded: bool) -> Job:
    """Begin on this device; `loaded`: the engine has the model."""
    return _start(job, state="transcribing" if loaded else "loading", error=None)


def start_on_server(job: Job, base: str, *, away: bool) -> Job:
    """Begin on the server of that address, or go on there; `away`: as in the job."""
    if job.server.base != base:
        return _start(job, server=ServerJob(base), resume=ResumePoint(), away=away, error=None)
    state = "transcribing" if job.resume.batch else "loading"
    return _start(job, state=state, away=away, error=None)


def fail_on_device(job: Job, error: ErrorView, *, engine_lost: bool) -> Job:
    """Try the same window again on a fresh engine and the plainest device, or fail."""
    again = engine_lost or error.type not in FATAL_ERRORS
    if again and job.failed_window != job.resume.window:
        return _retry(job, failed_window=job.resume.window, fallback=True)
    return fail(job, error=error) if job.state in RUNNING else job


def hand_over(job: Job) -> Job:
    """Let the server do what takes too long here."""
    return _hand_over(job, away=True)


def hand_over_failed(job: Job, waits_for: ErrorView | None) -> Job:
    """Let the server do what failed here."""
    return _hand_over(job, away=True, **{**_ERRORS_FORGOTTEN, "error": waits_for})


def after_boot(job: Job, *, audio_here: bool) -> Job:
    """Return what a job from an earlier visit becomes: what was running waits again."""
    job = interrupt(job)
    missing = job.state == "queued" and not job.has_audio(here=audio_here)
    return require_audio(job) if missing else job


# ---------------------------------------------------------------- what leaves the state as it is


def put_first(job: Job, order: float) -> Job:
    """Change the job's place in the queue."""
    return dataclasses.replace(job, order=order)


def expect_terms(job: Job, terms: tuple[str, ...]) -> Job:
    """Expect these terms in a run that has no words yet and that no server knows."""
    if job.state not in _WAITING or job.resume.batch or job.server.base:
        return job
    return dataclasses.replace(job, options=dataclasses.replace(job.options, terms=terms))


def advance(job: Job, resume: ResumePoint, position_s: float) -> Job:
    """Words up to `position_s` are committed."""
    return dataclasses.replace(job, resume=resume, position_s=position_s)


def set_server_job(job: Job, server: ServerJob) -> Job:
    """Set what the server knows an active job as."""
    return dataclasses.replace(job, server=server, error=None) if job.state in ACTIVE else job


def wait_on_server(job: Job, error: ErrorView | None) -> Job:
    """Set what a job waits for that its server has accepted; None: for its turn, or nothing."""
    return dataclasses.replace(job, error=error) if job.state in RUNNING else job


def share(job: Job, revision: int, version: int) -> Job:
    """The text here, at this version, is the server's at that revision."""
    server = dataclasses.replace(job.server, revision=revision, version=version)
    return dataclasses.replace(job, server=server)


def without_words(job: Job, words: frozenset[str]) -> Job:
    """Remove words (`words_in`) from what its run expects and continues from."""
    options, resume = job.options, job.resume
    if not words.isdisjoint(words_in(options.prompt)):
        kept = (word for word in options.prompt.split() if words.isdisjoint(words_in(word)))
        options = dataclasses.replace(options, prompt=" ".join(kept))
    terms = tuple(term for term in options.terms if words.isdisjoint(words_in(term)))
    options = dataclasses.replace(options, terms=terms)
    used = resume.prompt_used if words.isdisjoint(words_in(resume.prompt_used)) else ""
    resume = dataclasses.replace(resume, previous_text="", prompt_used=used)
    return dataclasses.replace(job, options=options, resume=resume)


def with_one_track(job: Job) -> Job:
    """Return a job for a recording that has only the audio track of the job any more."""
    return dataclasses.replace(job, options=dataclasses.replace(job.options, audio_track=0))


def leave_server(job: Job) -> Job:
    """Forget what the server knows the job as; its words so far stay."""
    resume = dataclasses.replace(job.resume, mark="")
    return dataclasses.replace(job, server=ServerJob(), resume=resume)
