"""The client of DBOS's queue: hands jobs to workers, and asks what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient
from earwitness.errors import StorageError

from earwitness_server.settings import Settings
from earwitness_server.storage.rows import Entry

QUEUE = "transcribe"
WORKFLOW = "transcribe"
VERSION = "1"
"""Of the workflow's form and the tables, not of the build: after an upgrade every job goes on."""
ALIVE = ("PENDING", "ENQUEUED", "DELAYED")
"""States in which DBOS will still run a workflow."""


def system_address(settings: Settings) -> str:
    """Return the address of DBOS's own tables: beside ours, or in a second file of SQLite."""
    url = sa.make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{settings.data.resolve() / 'workflows.sqlite'}"
    return url.render_as_string(hide_password=False)


def workflow_id(entry: Entry) -> str:
    """Return the id of an attempt's workflow; DBOS never starts the same id twice."""
    return attempt_id(entry.record.id, entry.attempt)


def attempt_id(transcript_id: str, attempt: int) -> str:
    """Return the same of an attempt that is only known by its numbers."""
    return f"{transcript_id}/{attempt}"


class WorkflowClient:
    """Every process has one; only workers run the workflows."""

    def __init__(self, address: str) -> None:
        self._client = DBOSClient(system_database_url=address, lazy=True)

    def enqueue(self, entry: Entry) -> None:
        """Hand a job to the workers; repeating it changes nothing.

        Raises:
            StorageError: the queue is unavailable. The job is stored all the same, and a sweep
                enqueues it later.
        """
        options: Any = {
            "queue_name": QUEUE,
            "workflow_name": WORKFLOW,
            "workflow_id": workflow_id(entry),
            "app_version": VERSION,
        }
        try:
            self._client.enqueue(options, entry.record.id, entry.attempt)
        except Exception as error:
            raise StorageError(
                "The queue is unavailable.",
                hint="The job is kept and starts when the queue is back.",
                detail=f"{type(error).__name__}: {error}"[:300],
            ) from error

    def cancel(self, entry: Entry) -> None:
        """Take a job out of the queue, or stop it after the current batch."""
        self._client.cancel_workflow(workflow_id(entry))

    def states(self, entries: Sequence[Entry]) -> dict[str, tuple[str, str]]:
        """Return workflow id -> (DBOS's state, executor) of the workflows that DBOS knows."""
        if not entries:
            return {}
        found = self._client.list_workflows(
            workflow_ids=[workflow_id(entry) for entry in entries],
            load_input=False,
            load_output=False,
        )
        return {each.workflow_id: (each.status, each.executor_id or "") for each in found}

    def executors(self) -> set[str]:
        """Return the executors that have begun a workflow and not ended it."""
        found = self._client.list_workflows(
            status="PENDING", name=WORKFLOW, load_input=False, load_output=False
        )
        return {each.executor_id for each in found if each.executor_id}

    def close(self) -> None:
        """Close the connections."""
        self._client.destroy()
