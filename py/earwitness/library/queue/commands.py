"""What the user does to a job: pause, resume, cancel, put first. Each is safe to repeat."""

from __future__ import annotations

import dataclasses
from typing import Literal

from earwitness.domain import jobs as queue
from earwitness.domain.jobs import ACTIVE, UNFINISHED, Job
from earwitness.errors import BadRequestError
from earwitness.library.queue.local_executor import Runner
from earwitness.library.queue.remote_executor import Lane
from earwitness.library.repository import Ledger


class Control:
    """Commits the wish first, then tells the engine."""

    def __init__(self, ledger: Ledger, runner: Runner, lane: Lane) -> None:
        self._ledger = ledger
        self._runner = runner
        self._lane = lane

    async def pause(self, transcript_id: str) -> None:
        """Stop soon, with what is saved; nothing happens to a job that is not at work.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            job = self._ledger.job(transcript_id)
            if job.state not in ACTIVE:
                return
            await self._ledger.commit(jobs=[dataclasses.replace(job, state="paused")])
        if job.on_server:
            await self._lane.pause(transcript_id)
        else:
            await self._runner.pause_engine(transcript_id)

    async def resume(self, transcript_id: str) -> None:
        """Wait for the engine again; without its audio, ask for the file.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            job = self._ledger.job(transcript_id)
            if job.state in ACTIVE or job.state == "done":
                return
            job = queue.requeued(job)
            there = job.on_server and job.server.id
            if not there and not self._ledger.record(transcript_id).audio_path:
                job = dataclasses.replace(job, state="needs-file")
            await self._ledger.commit(jobs=[job])

    async def cancel(self, transcript_id: str) -> None:
        """End the job now; what is committed stays.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            job = self._ledger.job(transcript_id)
            if job.state not in UNFINISHED:
                return
            await self._ledger.commit(jobs=[dataclasses.replace(job, state="cancelled")])
        if job.on_server:
            await self._lane.recall(transcript_id)
        else:
            await self._runner.stop(transcript_id)

    async def move(self, transcript_id: str, where: Literal["device", "server"]) -> None:
        """Go on with a job elsewhere: here from the last word, on a server from the beginning.

        Raises:
            NotFoundError, StorageError.
            BadRequestError: it is done.
        """
        job = self._ledger.job(transcript_id)
        if job.state == "done":
            raise BadRequestError("This one is done.", hint="Run it again instead.")
        options = dataclasses.replace(job.options, where=where)
        audio = self._ledger.record(transcript_id).audio_path
        changes = {"state": "queued" if audio else "needs-file", "options": options, "away": False}
        await self._runner.stop(transcript_id)
        await self._lane.recall(transcript_id, error=None, failed_window=None, **changes)

    async def prioritise(self, transcript_id: str) -> None:
        """Put a waiting job first.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            job = self._ledger.job(transcript_id)
            first = queue.first_order(self._ledger.jobs.values())
            moved: Job = dataclasses.replace(job, order=first)
            await self._ledger.commit(jobs=[moved])
