"""Runs jobs on a server: a few recordings at once, each until it is done or given up.

A lost server is tried again after 1, 2, 4 … 60 seconds, and at once when the connection comes
back. Meanwhile the job waits in the queue and shows why.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from earwitness.domain import jobs
from earwitness.domain.jobs import Job
from earwitness.errors import EarwitnessError, ErrorView, NotFoundError, ServerAwayError
from earwitness.library.background import BackgroundTasks
from earwitness.library.events import Events
from earwitness.library.ports import Clock
from earwitness.library.queue.commits import Commits
from earwitness.library.queue.placement import Placement
from earwitness.library.queue.remote_run import RemoteRun
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.server_settings import server_address
from earwitness.library.texts.reruns import Reruns
from earwitness.library.wake_lock import WakeLock
from earwitness.remote.address import origin_of
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.http import HttpClient
from earwitness.transcript import Redaction

_log = logging.getLogger("earwitness.library")
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
_AWAY_HINT = "It goes on by itself when the server is back. Or transcribe it on this device."


@dataclass
class RemoteExecutor:
    """Owns a task for each job that a server works on, or that waits for its server."""

    _repository: LibraryRepository
    _commits: Commits
    _reruns: Reruns
    _http: HttpClient
    _clock: Clock
    _events: Events
    _wake_lock: WakeLock
    _placement: Placement
    _background: BackgroundTasks

    def __post_init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._cancels: dict[asyncio.Task[None], str] = {}
        """Requests to cancel a server's job that are under way, and the transcripts' ids."""
        self._retry = asyncio.Event()

    async def start(self) -> None:
        """Start what waits and may be sent, as far as there is room."""
        while (job := self._placement.next_job("server", self._tasks)) is not None:
            id_ = job.transcript_id
            self._tasks[id_] = asyncio.ensure_future(self._work(id_))

    async def pause(self, transcript_id: str) -> None:
        """Disconnect, and let the server stop after the batch in flight."""
        await self.disconnect(transcript_id)
        job = self._repository.job(transcript_id, in_bin=True)
        if job.on_server and job.server.id:
            cancel = self._send(job.server.base, lambda api: api.cancel_job(job.server.id))
            self._cancels[cancel] = transcript_id
            cancel.add_done_callback(lambda task: self._cancels.pop(task, None))
        await self.start()

    async def stop(self, transcript_id: str) -> None:
        """Disconnect, and let the server delete audio and words of the job."""
        await self.withdraw(transcript_id, jobs.leave_server)

    async def withdraw(self, transcript_id: str, transition: Callable[[Job], Job]) -> None:
        """Disconnect, apply a transition that leaves the server, and delete the server's copy.

        Raises:
            StorageError: the job is as before, and the server keeps what it has.
        """
        await self.disconnect(transcript_id)
        before, _ = await self._repository.change_job(transcript_id, transition)
        self.delete_copies([before])
        await self.start()

    async def disconnect(self, transcript_id: str) -> None:
        """Stop following a job. What is committed stays, and the server goes on with it."""
        task = self._tasks.pop(transcript_id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def retry_now(self) -> None:
        """Try lost servers again: the connection is back, or the settings changed."""
        self._retry.set()
        self._retry = asyncio.Event()
        await self.start()

    def delete_copies(self, deleted: Iterable[Job]) -> None:
        """Let servers delete what they keep of these jobs. One that is away keeps its copy.

        What was copied from a server stays there.
        """
        for job in deleted:
            server = job.server
            if server.id == job.transcript_id:
                continue
            if server.id:
                self._send(server.base, lambda api, id_=server.id: api.delete_transcript(id_))
            elif server.upload:
                self._send(server.base, lambda api, id_=server.upload: api.delete_upload(id_))

    async def make_redactions_final(self, job: Job, redactions: Sequence[Redaction]) -> str:
        """Let the server of a job delete these parts of its copy; return its origin if it does not.

        What was copied from a server, and may be of others, stays there: its origin is returned.
        """
        server = job.server
        if not server.id or not server.base:
            return ""
        api = EarwitnessClient(self._http, server.base, self._repository.settings.server_key)
        if server.id != job.transcript_id:
            try:
                await api.make_redactions_final(server.id, redactions)
                return ""
            except NotFoundError:
                return ""
            except EarwitnessError:
                pass
        return origin_of(server.base)

    async def settle(self) -> None:
        """Wait until no job is under way and every message to a server is sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._background.settle()

    # ------------------------------------------------------------ one job

    async def _work(self, id_: str) -> None:
        wait_s, fresh = FIRST_WAIT_S, True
        try:
            while True:
                before = self._reached(id_)
                try:
                    with self._wake_lock.hold(f"server {id_}"):
                        await self._run(id_, fresh)
                    self._events.transcript_finished()
                    return
                except ServerAwayError as error:
                    wait_s = FIRST_WAIT_S if self._reached(id_) != before else wait_s
                    retry_s = max(wait_s, error.retry_after_s)
                    away = dataclasses.replace(error.view(), hint=_AWAY_HINT)
                await self._conclude(id_, partial(jobs.postpone, error=away))
                await self._rest(retry_s)
                wait_s, fresh = min(2 * wait_s, LONGEST_WAIT_S), False
        except Exception as error:
            view = error.view() if isinstance(error, EarwitnessError) else _unforeseen(error)
            await self._conclude(id_, partial(jobs.fail, error=view))
        finally:
            self._repository.show_progress(id_, loading=(0, 0))
            if self._tasks.get(id_) is asyncio.current_task():
                del self._tasks[id_]
                await self.start()

    async def _run(self, id_: str, fresh: bool) -> None:
        await self._cancelled(id_)
        run = RemoteRun(
            self._repository,
            self._commits,
            self._reruns,
            self._http,
            self._events,
            id_,
            server_address(self._repository),
            fresh,
        )
        await run.follow()

    async def _cancelled(self, id_: str) -> None:
        """Return once no request to cancel the job is under way: one that arrives at the server
        after the job was resumed would stop it again."""
        if under_way := [cancel for cancel, of in self._cancels.items() if of == id_]:
            await asyncio.wait(under_way)

    def _reached(self, id_: str) -> object:
        job = self._repository.job(id_, in_bin=True)
        return job.server, job.resume

    async def _conclude(self, id_: str, transition: Callable[[Job], Job]) -> None:
        """Write how the work on a job ended, or why it waits. If that fails, show it at least."""
        self._repository.show_progress(id_, loading=(0, 0))
        await self._repository.change_job(id_, transition, even_unsaved=True)
        await self._events.transcript_changed(id_)

    async def _rest(self, pause_s: float) -> None:
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(self._clock.sleep(pause_s)),
            asyncio.ensure_future(self._retry.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def _send(
        self, base: str, what: Callable[[EarwitnessClient], Coroutine[Any, Any, object]]
    ) -> asyncio.Task[None]:
        """Send a server a message that no job waits for; return its task."""
        api = EarwitnessClient(self._http, base, self._repository.settings.server_key)
        return self._background.spawn(what(api))


def _unforeseen(error: Exception) -> ErrorView:
    _log.error("A run on a server failed", exc_info=error)
    return ErrorView(
        "ServerError",
        "An unexpected error stopped the request to the server.",
        "Retry; if it happens again, report it with the detail.",
        f"{type(error).__name__}: {error}",
    )
