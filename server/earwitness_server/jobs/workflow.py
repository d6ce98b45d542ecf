"""The durable part of a job: one DBOS workflow a job, one step a batch.

DBOS stores the names given in the decorators, the arguments (two plain values) and whether a step
has ended the job. The words are in our own tables, written under (transcript, run, window), so a
step that runs twice because its worker died has written once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from dbos import DBOS
from earwitness.domain.jobs import fail
from earwitness.errors import EarwitnessError, ModelError, NotFoundError, StorageError

from earwitness_server.jobs.execution import Executions, Leaving
from earwitness_server.jobs.workflow_client import WORKFLOW
from earwitness_server.observability.metrics import JOBS_ENDED
from earwitness_server.observability.tracing import tracing
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED, Entry

STEP_ATTEMPTS = 12
"""Of a batch while storage is unavailable: 1, 2, 4 … seconds apart, over an hour in all."""
MODEL_ATTEMPTS = 2
"""Of a batch that fails in the model; the second one starts from a fresh decoder."""
CRASHES = 20
"""Workers that may die over one job before it is taken for the cause."""


class Runtime:
    """What the workflows of this process use. DBOS finds functions by name, so it is set here."""

    executions: Executions
    queue: Queue
    passes_on: Callable[[Entry], bool]
    """Queues a job again that this process lacks the model of; says whether it did."""
    leaving = threading.Event()
    """The process is about to end: begin no further batch."""


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=CRASHES)
def transcribe(transcript_id: str, attempt: int) -> None:
    """Continue a job until it is done, failed or cancelled."""
    key = f"{transcript_id}/{attempt}"
    with tracing.job(transcript_id, attempt):
        try:
            while not advance(transcript_id, key):
                pass
        except EarwitnessError as error:
            view = error.view()
            with suppress(NotFoundError):
                Runtime.queue.change(transcript_id, lambda job: fail(job, error=view))
        finally:
            Runtime.executions.end(key)
        with suppress(NotFoundError):
            state = Runtime.queue.find(transcript_id).job.state
            if state in FINISHED:
                JOBS_ENDED.labels(state).inc()


@DBOS.step(
    name="advance",
    retries_allowed=True,
    max_attempts=STEP_ATTEMPTS,
    interval_seconds=1.0,
    backoff_rate=2.0,
    # A database, a store or a disk is unavailable: the step may succeed later.
    should_retry=lambda error: isinstance(error, StorageError),
)
def advance(transcript_id: str, key: str) -> bool:
    """Decode and commit one batch; return whether this worker's part has ended."""
    for left in reversed(range(MODEL_ATTEMPTS)):
        if Runtime.leaving.is_set():
            raise Leaving
        try:
            fresh = key not in Runtime.executions.keys()  # noqa: SIM118 (a method of ours)
            if fresh and Runtime.passes_on(Runtime.queue.find(transcript_id)):
                return True
            return Runtime.executions.get(key).advance(transcript_id).job.state in FINISHED
        except NotFoundError:
            return True
        except ModelError:
            Runtime.executions.end(key)
            if not left:
                raise
            time.sleep(1)
    return True
