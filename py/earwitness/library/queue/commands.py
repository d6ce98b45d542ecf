"""What the user does to jobs: pause, resume, cancel, move, put first, answer questions.

Each command may be repeated. It is written first; then the executor that works on the job is told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from earwitness.domain import jobs
from earwitness.domain.jobs import Job
from earwitness.domain.queue_order import first_order
from earwitness.domain.terms import clean_tag_terms, clean_terms
from earwitness.errors import BadRequestError
from earwitness.library.queue.executor import Executor
from earwitness.library.queue.local_executor import LocalExecutor
from earwitness.library.queue.placement import Placement, is_unsent, without_download
from earwitness.library.queue.remote_executor import RemoteExecutor
from earwitness.library.repository import LibraryRepository
from earwitness.messages import AllowServer, Settings


@dataclass(frozen=True)
class JobCommands:
    """Each method raises NotFoundError for an unknown transcript, and StorageError if nothing
    could be written; then nothing is changed."""

    _repository: LibraryRepository
    _placement: Placement
    _local: LocalExecutor
    _remote: RemoteExecutor

    async def pause(self, transcript_id: str) -> None:
        """Stop a job soon, with what is saved. A job that is not active stays as it is."""
        before, job = await self._change(transcript_id, jobs.pause)
        if job != before:
            await self._executor_of(job).pause(transcript_id)

    async def resume(self, transcript_id: str) -> None:
        """Queue a stopped job again; without its audio it asks for the file."""
        audio_here = bool(self._repository.record(transcript_id).audio_path)
        await self._change(transcript_id, lambda job: jobs.resume(job, audio_here=audio_here))

    async def cancel(self, transcript_id: str) -> None:
        """End a job now. What is committed stays."""
        before, job = await self._change(transcript_id, jobs.cancel)
        if job != before:
            await self._executor_of(job).stop(transcript_id)

    async def move(self, transcript_id: str, where: Literal["device", "server"]) -> None:
        """Move a job: this device goes on from the last word, a server begins at the start.

        Raises:
            BadRequestError: it is done.
        """
        if self._repository.job(transcript_id).state == "done":
            raise BadRequestError("This one is done.", hint="Run it again instead.")
        await self._local.stop(transcript_id)
        await self._move(transcript_id, where)

    async def prioritise(self, transcript_id: str) -> None:
        """Put a waiting job first."""
        first = first_order(self._repository.jobs_and_bin())
        await self._change(transcript_id, lambda job: jobs.put_first(job, first))

    async def interrupt(self, transcript_ids: Iterable[str]) -> None:
        """Stop the work on recordings that went to the bin."""
        for id_ in transcript_ids:
            await self._local.stop(id_)
            await self._remote.pause(id_)

    async def approve_download(self, model_id: str, approved: bool) -> list[str]:
        """Act on the answer to `DownloadNeeded`; return the ids of jobs that a refusal paused."""
        self._placement.download_answered(model_id, approved)
        if approved:
            return []
        return await self._change_all(lambda job: without_download(job, model_id))

    async def change_settings(self, after: Settings) -> list[str]:
        """Write the settings. Jobs that no server has accepted yet follow a change to the device.

        Returns:
            The ids of the jobs that moved.
        """
        before = self._repository.settings
        after = dataclasses.replace(
            after,
            terms=clean_terms(after.terms),
            tag_terms=clean_tag_terms(after.tag_terms),
        )
        async with self._repository.transaction() as t:
            t.put(after)
        if after == before:
            return []
        moved: list[str] = []
        if after.where == "device" and before.where != "device":
            moved = [job.transcript_id for job in self._repository.jobs() if is_unsent(job)]
            for id_ in moved:
                await self._move(id_, "device")
        return moved + await self._apply_settings()

    async def allow_server(self, answer: AllowServer) -> list[str]:
        """Write the answer to `ServerNeeded`; return the ids of jobs that a refusal decided."""
        async with self._repository.transaction() as t:
            settings = self._repository.settings
            consent = {**settings.server_consent, answer.origin: answer.allowed}
            t.put(dataclasses.replace(settings, server_consent=consent))
        self._placement.server_answered(answer.origin)
        return await self._apply_settings()

    async def _apply_settings(self) -> list[str]:
        """Apply the settings to the jobs; return the ids of jobs that may not be sent any more."""
        declined = await self._change_all(self._placement.after_refusal)
        await self._local.hand_over()
        await self._remote.retry_now()
        return declined

    async def _change(
        self, transcript_id: str, transition: Callable[[Job], Job]
    ) -> tuple[Job, Job]:
        self._repository.record(transcript_id)
        return await self._repository.change_job(transcript_id, transition)

    async def _move(self, transcript_id: str, where: Literal["device", "server"]) -> None:
        audio_here = bool(self._repository.record(transcript_id).audio_path)
        await self._remote.withdraw(
            transcript_id, lambda job: jobs.move(job, where, audio_here=audio_here)
        )

    async def _change_all(self, transition: Callable[[Job], Job]) -> list[str]:
        """Apply a transition to every job of the library; return the ids of those it changed."""
        async with self._repository.transaction() as t:
            before = self._repository.jobs()
            changed = [job for each in before if (job := transition(each)) != each]
            t.put(*changed)
        return [job.transcript_id for job in changed]

    def _executor_of(self, job: Job) -> Executor:
        return self._remote if job.on_server else self._local
