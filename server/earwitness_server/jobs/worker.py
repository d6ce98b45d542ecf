"""The worker: DBOS, a heartbeat, and the sweep that finds abandoned jobs."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from dbos import DBOS
from dbos import error as dbos_errors
from earwitness.domain.jobs import fail
from earwitness.errors import EarwitnessError, ErrorView, StorageError
from sqlalchemy.exc import SQLAlchemyError

from earwitness_server.jobs import workflow_client
from earwitness_server.jobs.execution import Executions
from earwitness_server.jobs.workflow import Runtime
from earwitness_server.observability.log import log
from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.retention import Cleanup
from earwitness_server.storage.rows import Entry
from earwitness_server.storage.tables import executors
from earwitness_server.vendor_internals import limit_claims, recover_workflows

POLL_S = 0.25
"""How often a worker asks the queue for jobs."""
BEAT_S = 5.0
"""How often a worker reports that it is alive and sweeps; more often if `away_s` is short."""
ENQUEUE_GRACE_S = 5.0
"""A younger job may still be on its way into the queue."""


@dataclass(eq=False)
class Worker:
    """The worker of this process."""

    settings: Settings
    database: Database
    queue: Queue
    workflows: workflow_client.WorkflowClient
    executions: Executions
    cleanup: Cleanup
    models: Callable[[], Sequence[str]]
    """Returns the models that this process has now."""

    def __post_init__(self) -> None:
        # Several heartbeats before others take this worker for dead.
        self._beat_s = min(BEAT_S, self.settings.worker_away_s / 4)
        self._stop = threading.Event()
        self._stopping = threading.Lock()
        self._idle: set[str] = set()
        self.id = f"{socket.gethostname()[:30]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._thread = threading.Thread(target=self._beat, name="sweep", daemon=True)

    def start(self) -> None:
        """Take jobs from now on.

        Raises:
            StorageError: the queue's database is unavailable.
        """
        Runtime.executions, Runtime.queue = self.executions, self.queue
        Runtime.passes_on = self._pass_on
        Runtime.leaving.clear()
        logging.getLogger("dbos").addFilter(_is_relevant)
        try:
            dbos = DBOS(
                config={
                    "name": "earwitness",
                    "system_database_url": workflow_client.system_address(self.settings),
                    "application_version": workflow_client.VERSION,
                    "executor_id": self.id,
                    "log_level": "ERROR",
                    "run_migrations": True,
                }
            )
            self._report_alive()
            DBOS.launch()
            limit_claims(dbos, self.needing_other_models)
            DBOS.register_queue(
                workflow_client.QUEUE,
                worker_concurrency=self.settings.slots,
                polling_interval_sec=POLL_S,
                on_conflict="always_update",
            )
        except SQLAlchemyError as error:
            raise StorageError(
                "The queue's database is unavailable.",
                hint="Check EARWITNESS_DATABASE_URL and that the database runs.",
                detail=f"{type(error).__name__}: {error}"[:300],
            ) from error
        self._thread.start()

    def stop(self, patience_s: float = 20.0) -> None:
        """Finish the current batches within `patience_s`, and leave the jobs to other workers.

        A second call waits until the first has ended.
        """
        with self._stopping:
            if not self._stop.is_set():
                self._leave(patience_s)

    def _leave(self, patience_s: float) -> None:
        Runtime.leaving.set()
        self._stop.set()
        deadline = time.monotonic() + patience_s
        while self.executions.keys() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._thread.join(timeout=BEAT_S)
        try:
            self.database.execute(sa.delete(executors).where(executors.c.id == self.id))
        except StorageError as error:
            log.warning("executor_not_removed", detail=error.detail)
        DBOS.destroy()

    def _beat(self) -> None:
        while not self._stop.is_set():
            try:
                self._report_alive()
                self.sweep()
                self.cleanup.clean()
            except Exception as error:
                # Of any kind: the next beat may succeed, and without beats no job is recovered.
                log.warning("sweep_failed", error=f"{type(error).__name__}: {error}"[:300])
            self._stop.wait(self._beat_s)

    def _report_alive(self) -> None:
        with self.database.write() as connection:
            models = json.dumps(sorted(self.models()))
            row = {"id": self.id, "seen_s": now_s(), "models": models}
            self.database.upsert(connection, executors, row, "id")

    def needing_other_models(self) -> list[str]:
        """Return the workflows of jobs that need a model which this worker lacks."""
        return [
            workflow_client.attempt_id(*each)
            for each in self.queue.needing_other_models(self.models())
        ]

    def _pass_on(self, entry: Entry) -> bool:
        """Queue a job again that this worker cannot do; return whether that is so.

        It was accepted in the moment between the look at `needing_other_models` and the claim.
        """
        model = entry.job.options.model
        if not model or model in self.models():
            return False
        revived = self.queue.revive(entry)
        if revived is not None:
            # The next sweep enqueues it if the queue is unavailable now.
            with suppress(StorageError):
                self.workflows.enqueue(revived)
        return True

    def sweep(self) -> None:
        """Start jobs again whose worker is gone, or which never reached the queue.

        A queued job whose model no worker has says so until one has it.
        """
        gone = self.workflows.executors() - self._living()
        if gone:
            log.warning("worker_gone", executors=sorted(gone))
            recover_workflows(gone)
        entries = self.queue.unfinished()
        states = self.workflows.states(entries)
        running = self.executions.keys()
        offered = self._offered()
        idle: set[str] = set()
        for entry in entries:
            key = workflow_client.workflow_id(entry)
            state, executor = states.get(key, ("", ""))
            if state == "PENDING" and executor == self.id and key not in running:
                idle.add(key)
            self._repair(entry, state, lost=key in idle and key in self._idle)
            if state in ("", "ENQUEUED"):
                self._tell_waiting(entry, offered)
        self._idle = idle

    def _tell_waiting(self, entry: Entry, offered: set[str] | None) -> None:
        """Store that no worker has the model of a job which nobody works on, or that one has it."""
        model = entry.job.options.model
        missing = bool(model) and offered is not None and model not in offered
        error = no_worker_has(model) if missing else None
        try:
            if entry.job.error != error:
                self.queue.postpone(entry, error)
        except EarwitnessError as failure:
            log.warning("job_not_told", job=entry.record.id, error=str(failure))

    def _offered(self) -> set[str] | None:
        """Return the models of all workers; None if one of them does not tell."""
        found = [row.models for row in self.database.rows(sa.select(executors.c.models))]
        if None in found:
            return None
        return {str(model) for models in found for model in json.loads(models)}

    def _repair(self, entry: Entry, state: str, *, lost: bool) -> None:
        try:
            if state == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
                self.queue.change(entry.record.id, lambda job: fail(job, error=CRASHED))
            elif not state:
                if entry.job.order < now_s() - ENQUEUE_GRACE_S or entry.attempt > 1:
                    self.workflows.enqueue(entry)
            elif state not in workflow_client.ALIVE or lost:
                # DBOS gave up on it, because its own storage was unavailable; the job is still due.
                revived = self.queue.revive(entry)
                if revived is not None:
                    log.warning("job_restarted", job=entry.record.id, state=state)
                    self.workflows.enqueue(revived)
        except EarwitnessError as error:
            log.warning("job_not_repaired", job=entry.record.id, error=str(error))

    def _living(self) -> set[str]:
        """Return the executors with a recent heartbeat, without dead processes of this machine."""
        with self.database.write() as connection:
            connection.execute(
                sa.delete(executors).where(
                    executors.c.seen_s < now_s() - self.settings.worker_away_s
                )
            )
            found = set(connection.execute(sa.select(executors.c.id)).scalars())
            dead = {each for each in found if _died_here(each)}
            if dead:
                connection.execute(sa.delete(executors).where(executors.c.id.in_(dead)))
        return found - dead


def no_worker_has(model: str) -> ErrorView:
    """Return what a queued job waits for."""
    return ErrorView(
        "ModelError",
        f"No worker of this server has the model {model!r:.80}.",
        "The recording waits and starts when one has it. The server's operator can install it.",
    )


CRASHED = ErrorView(
    "ServerError",
    "This recording made the server stop several times, so it was set aside.",
    "Convert it to WAV or cut it into parts, and send it again.",
)


def _is_relevant(record: logging.LogRecord) -> bool:
    """Return False for what DBOS logs as an error: a cancelled job has no result."""
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, dbos_errors.DBOSAwaitedWorkflowCancelledError)


def _died_here(executor: str) -> bool:
    host, _, rest = executor.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname()[:30] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
