"""Everything about servers that the library's requests reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from earwitness import messages as m
from earwitness.domain.jobs import ACTIVE, Job
from earwitness.library.document_cache import Texts
from earwitness.library.import_transcript import Copying
from earwitness.library.queue.local_executor import Runner
from earwitness.library.queue.placement import Choice
from earwitness.library.queue.remote_executor import Lane
from earwitness.library.repository import Ledger


class Office:
    """Answers for the server: who may use it, what is on it, what it finds."""

    def __init__(
        self, ledger: Ledger, texts: Texts, runner: Runner, lane: Lane, choice: Choice
    ) -> None:
        self._ledger = ledger
        self._runner = runner
        self._lane = lane
        self._choice = choice
        self._copying = Copying(ledger, texts)

    async def allow(self, answer: m.AllowServer) -> list[str]:
        """Keep the user's answer and act on it; the ids of jobs it decided.

        Raises:
            StorageError: nothing is changed.
        """
        settings = self._ledger.settings
        consent = {**settings.server_consent, answer.origin: answer.allowed}
        async with self._ledger.lock:
            await self._ledger.keep_settings(dataclasses.replace(settings, server_consent=consent))
            self._choice.answered(answer.origin)
        return await self._settle()

    async def change(self, after: m.Settings) -> list[str]:
        """Keep the settings; what is not on a server yet follows the user home.

        Returns:
            The ids of jobs that moved.

        Raises:
            StorageError: nothing is changed.
        """
        before = self._ledger.settings
        await self._ledger.keep_settings(after)
        moved: list[str] = []
        if after.where == "device" and before.where != "device":
            waiting = [job for job in self._ledger.active_jobs() if _not_sent(job)]
            for job in waiting:
                options = dataclasses.replace(job.options, where="device")
                await self._lane.recall(
                    job.transcript_id, state="queued", options=options, away=False, error=None
                )
                moved.append(job.transcript_id)
        return moved + await self._settle() if after != before else moved

    async def _settle(self) -> list[str]:
        """Everything as the settings now are; the ids of jobs that may not be sent any more."""
        async with self._ledger.lock:
            refused = self._choice.refused()
            if refused:
                await self._ledger.commit(jobs=refused)
        await self._runner.reconsider()
        self._lane.nudge()
        return [job.transcript_id for job in refused]

    async def search(self, request: m.Search) -> m.SearchResult:
        """Hits of the server's library; those that came from here have the ids they have here.

        Raises:
            BadRequestError: there is no server to search.
            ServerError: it does not answer, or refuses.
        """
        api = self._lane.library()
        found = await api.search(request.query, request.limit, request.language, request.tag)
        base = self._choice.address().base
        return dataclasses.replace(found, hits=self._copying.own(base, found.hits))

    async def copy(self, server_id: str) -> str:
        """Copy a transcript of the server's into this library; its id here. Raises as `search`."""
        api = self._lane.library()
        base = self._choice.address().base
        known = self._copying.known(base, server_id)
        return known or await self._copying.add(base, await api.transcript(server_id))

    def forget(self, jobs: Iterable[Job]) -> None:
        """The user deleted these for good: their server is to do the same. What was only copied
        from there stays there."""
        self._lane.forget(job for job in jobs if job.server.id != job.transcript_id)


def _not_sent(job: Job) -> bool:
    return job.on_server and job.state in ACTIVE and not job.server.id
