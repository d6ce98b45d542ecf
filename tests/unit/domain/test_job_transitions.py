"""Jobs change only by the transitions of `domain.jobs`, in any order of events."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from earwitness.domain import jobs
from earwitness.domain.jobs import Job, ServerJob, Transition
from earwitness.engine_messages import ResumePoint
from earwitness.errors import ErrorView
from earwitness.messages import JobState, TranscribeOptions
from hypothesis import given, settings
from hypothesis import strategies as st

PACKAGE = Path(jobs.__file__).resolve().parents[1]
ERROR = ErrorView("ModelError", "It broke.")
FATAL = ErrorView("MediaError", "It is not audio.")
BASE = "https://server.example"
TRANSITIONS = [each for each in vars(jobs).values() if isinstance(each, Transition)]
Change = Callable[[Job], Job]

COMMANDS: dict[str, Change] = {
    "pause": jobs.pause,
    "resume": lambda job: jobs.resume(job, audio_here=True),
    "resume without audio": lambda job: jobs.resume(job, audio_here=False),
    "cancel": jobs.cancel,
    "move to the server": lambda job: jobs.move(job, "server", audio_here=True),
    "move to the device": lambda job: jobs.move(job, "device", audio_here=True),
    "move without audio": lambda job: jobs.move(job, "device", audio_here=False),
    "provide audio": jobs.provide_audio,
    "decline download": lambda job: jobs.decline_download(job, error=ERROR),
    "keep here": lambda job: jobs.decline_server(job, None),
    "keep here, failed": lambda job: jobs.decline_server(job, ERROR),
    "remove": jobs.interrupt,
    "put first": lambda job: jobs.put_first(job, job.order - 1),
}
"""Changes that the user makes."""


def commit_batch(job: Job) -> Job:
    window = job.resume.window + 1
    resume = ResumePoint(window, window, window * 16_000, mark=f"{window}.0.x")
    return jobs.advance(job, resume, job.position_s + 30.0)


EVENTS: dict[str, Change] = {
    "boot": lambda job: jobs.after_boot(job, audio_here=True),
    "boot without audio": lambda job: jobs.after_boot(job, audio_here=False),
    "start": lambda job: jobs.start(job, loaded=False),
    "start with the model": lambda job: jobs.start(job, loaded=True),
    "start on a server": lambda job: jobs.start_on_server(job, BASE, away=job.away),
    "transcribe": jobs.transcribe,
    "commit a batch": commit_batch,
    "stop": jobs.stop,
    "fail": lambda job: jobs.fail_on_device(job, ERROR, engine_lost=False),
    "die": lambda job: jobs.fail_on_device(job, FATAL, engine_lost=True),
    "fail for good": lambda job: jobs.fail_on_device(job, FATAL, engine_lost=False),
    "fail on the server": lambda job: jobs.fail(job, error=ERROR),
    "fail to save": lambda job: jobs.fail_to_save(job, error=ERROR),
    "postpone": lambda job: jobs.postpone(job, error=ERROR),
    "miss audio": jobs.require_audio,
    "accept on the server": lambda job: jobs.set_server_job(job, ServerJob(BASE, id="there")),
    "leave the server": jobs.leave_server,
    "finish": lambda job: jobs.finish(job, position_s=60.0, error=None),
}
"""Changes that the executor makes."""

OPTIONS = st.sampled_from([TranscribeOptions(where=where) for where in ("device", "server")])
NAMES = st.lists(st.sampled_from([*COMMANDS, *EVENTS]), max_size=30)


def history(names: list[str], options: TranscribeOptions) -> Iterator[tuple[str, Job, Job]]:
    """Yield each change by name with the job before and after it."""
    job = Job("a", options, 1.0)
    for name in names:
        before, job = job, (COMMANDS | EVENTS)[name](job)
        yield name, before, job


@settings(max_examples=500, deadline=None)
@given(names=NAMES, options=OPTIONS)
def test_only_transitions_of_the_table_change_the_state(
    names: list[str], options: TranscribeOptions
) -> None:
    allowed = {
        (source, target)
        for transition in TRANSITIONS
        for source in transition.sources
        for target in transition.targets
    }
    for _, before, after in history(names, options):
        assert before.state == after.state or (before.state, after.state) in allowed
        assert after.state != "pausing"
        assert (after.transcript_id, after.run) == ("a", 1)


@settings(max_examples=500, deadline=None)
@given(names=NAMES, options=OPTIONS)
def test_events_do_not_undo_what_the_user_decided(
    names: list[str], options: TranscribeOptions
) -> None:
    for name, before, after in history(names, options):
        if name in EVENTS and before.state in ("cancelled", "failed", "needs-file"):
            assert after.state == before.state
        if name in EVENTS and before.state == "paused":
            assert after.state in ("paused", "done") or name == "fail to save"
        if before.state == "done":
            assert after.state == "done"


@settings(max_examples=500, deadline=None)
@given(names=NAMES, options=OPTIONS)
def test_failed_job_has_an_error_and_finished_job_has_none(
    names: list[str], options: TranscribeOptions
) -> None:
    for _, before, after in history(names, options):
        if after.state == "failed":
            assert after.error is not None
        if after.state == "done" and before.state != "done":
            assert after.error is None


@settings(max_examples=500, deadline=None)
@given(names=st.lists(st.sampled_from([*EVENTS]), max_size=30))
def test_same_window_is_tried_twice_at_most(names: list[str]) -> None:
    retried: set[int] = set()
    for _, before, after in history(names, TranscribeOptions()):
        if after.failed_window not in (None, before.failed_window):
            assert after.failed_window == before.resume.window
            assert after.failed_window not in retried
            retried.add(before.resume.window)


@pytest.mark.parametrize("state", sorted(get_args(JobState)))
@pytest.mark.parametrize("on_server", [False, True])
def test_handed_over_job_is_queued_for_the_server_unless_stopped(
    state: JobState, on_server: bool
) -> None:
    job = Job("a", TranscribeOptions(where="auto"), 1.0, state=state, away=on_server, error=ERROR)
    for after in (jobs.hand_over(job), jobs.hand_over_failed(job, None)):
        if state in ("loading", "transcribing", "failed"):
            assert (after.state, after.on_server) == ("queued", True)
        elif state != "pausing":
            assert after == job


def test_no_other_module_creates_or_changes_a_job() -> None:
    others = [path for path in PACKAGE.rglob("*.py") if path != Path(jobs.__file__).resolve()]
    for path in others:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rsplit(".", 1)[-1]
                changed = ast.unparse(node.args[0]) if node.args else ""
                where = f"{path.name}:{node.lineno} {ast.unparse(node)}"
                assert called != "Job" or "state=" not in where, where
                assert called != "replace" or changed.rsplit(".", 1)[-1] != "job", where
