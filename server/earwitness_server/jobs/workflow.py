"""The durable part: one DBOS workflow a job, one step a batch.

A step's result says only whether the job is over: the words are in our own tables, written under
(transcript, run, window), so a step that ran twice because its worker died has written once.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from dbos import DBOS
from earwitness.errors import EarwitnessError, ModelError, NotFoundError

from earwitness_server.jobs.execution import Executions, is_passing, view_of
from earwitness_server.observability.metrics import JOBS_ENDED
from earwitness_server.observability.tracing import tracing
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED

QUEUE = "transcribe"
VERSION = "1"
"""Of the workflow's shape and the tables, not of the build: an upgrade orphans no job."""
STEP_TRIES = 12
"""Of a batch while storage is away: 1, 2, 4 … seconds apart, over an hour in all."""
MODEL_TRIES = 2
"""Of a batch that fails in the model; the second one starts from a fresh decoder."""
CRASHES = 20
"""Workers that may die over one job before it is taken for the cause."""


class Runtime:
    """What workflows of this process use; DBOS finds functions by name, so it is set here."""

    executions: Executions
    queue: Queue
    leaving = threading.Event()
    """The process is about to end: begin no further batch."""


class Leaving(BaseException):
    """Ends a workflow's thread without a result, so that another worker goes on with it.

    DBOS writes down how a workflow ended for every `Exception`; this is none.
    """


@DBOS.workflow(name="transcribe", max_recovery_attempts=CRASHES)
def transcribe(transcript_id: str, attempt: int) -> None:
    """Go on with a job until it is done, failed or cancelled."""
    key = f"{transcript_id}/{attempt}"
    with tracing.job(transcript_id, attempt):
        try:
            while not advance(transcript_id, key):
                pass
        except EarwitnessError as error:
            fail(transcript_id, error)
        finally:
            Runtime.executions.end(key)
        count_ended(transcript_id)


def count_ended(transcript_id: str) -> None:
    """One more job that ended, in the metrics."""
    with suppress(NotFoundError):
        JOBS_ENDED.labels(Runtime.queue.find(transcript_id).job.state).inc()


def _passing(error: BaseException) -> bool:
    return is_passing(error)


@DBOS.step(
    name="advance",
    retries_allowed=True,
    max_attempts=STEP_TRIES,
    interval_seconds=1.0,
    backoff_rate=2.0,
    should_retry=_passing,
)
def advance(transcript_id: str, key: str) -> bool:
    """Decode and commit one batch; True when there is nothing left to do."""
    for left in reversed(range(MODEL_TRIES)):
        if Runtime.leaving.is_set():
            raise Leaving
        try:
            return Runtime.executions.take(key).advance(transcript_id).job.state in FINISHED
        except NotFoundError:
            return True
        except ModelError:
            Runtime.executions.end(key)
            if not left:
                raise
            time.sleep(1)
    return True


def fail(transcript_id: str, error: BaseException) -> None:
    """Write down why a job ended."""
    with suppress(NotFoundError):
        Runtime.queue.change(transcript_id, "failed", error=view_of(error))
