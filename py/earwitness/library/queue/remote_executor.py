"""The server's side of the queue: a few recordings at once, each until it is done or given up.

A server that is lost is asked again after 1, 2, 4 … 60 seconds, and at once when the connection
comes back; meanwhile the job waits in the queue and says why.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from earwitness.domain.jobs import ACTIVE, Job, ServerJob
from earwitness.errors import BadRequestError, EarwitnessError, ErrorView, ServerAwayError
from earwitness.library.ports import Clock
from earwitness.library.queue.errand import Desk, Errand
from earwitness.library.queue.placement import Choice
from earwitness.messages import ServerView
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.openai_client import OpenAiClient

_log = logging.getLogger("earwitness.library")
MOST = 2
"""Recordings on a server at once."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
_WAITING = "It goes on by itself when the server is back. Or transcribe it on this device."


class Lane:
    """Owns every errand. A job in it is in the state that the library shows."""

    def __init__(
        self,
        desk: Desk,
        choice: Choice,
        clock: Clock,
        hold: Callable[[str, bool], None],
        finished: Callable[[], None],
    ) -> None:
        """`hold`: keep the tab open for a reason; `finished`: told when words are complete."""
        self._desk = desk
        self._choice = choice
        self._clock = clock
        self._hold = hold
        self._finished = finished
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._behind: set[asyncio.Task[None]] = set()
        self._nudged = asyncio.Event()

    def pump(self) -> None:
        """Start what waits and may be sent."""
        ledger = self._desk.ledger
        waiting = [job for job in ledger.active_jobs() if job.state == "queued" and job.on_server]
        for job in sorted(waiting, key=lambda job: (job.order, job.transcript_id)):
            id_ = job.transcript_id
            if len(self._tasks) < MOST and id_ not in self._tasks and self._choice.may_start(job):
                self._tasks[id_] = asyncio.ensure_future(self._work(id_))

    def nudge(self) -> None:
        """The connection is back, or the settings changed: ask lost servers again now."""
        self._nudged.set()
        self._nudged = asyncio.Event()
        self.pump()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks or self._behind:
            await asyncio.gather(*self._tasks.values(), *self._behind, return_exceptions=True)

    async def stop(self, transcript_id: str) -> None:
        """Hang up; what is committed stays, and the server goes on."""
        task = self._tasks.pop(transcript_id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def pause(self, transcript_id: str) -> None:
        """Hang up, and let the server stop after the batch in flight."""
        await self.stop(transcript_id)
        job = self._desk.ledger.jobs[transcript_id]
        if job.on_server and job.server.id:
            self._tell(job.server.base, lambda api: api.cancel_job(job.server.id))
        self.pump()

    async def recall(self, transcript_id: str, **changes: Any) -> None:
        """Hang up, change the job, and let the server forget audio and words of it."""
        await self.stop(transcript_id)
        ledger = self._desk.ledger
        async with ledger.lock:
            job = ledger.jobs[transcript_id]
            resume = dataclasses.replace(job.resume, mark="")
            after = dataclasses.replace(job, server=ServerJob(), resume=resume, **changes)
            if after != job:
                await ledger.commit(jobs=[after])
        self.forget([job])
        self.pump()

    def forget(self, jobs: Iterable[Job]) -> None:
        """Have servers delete what they keep of these; one that is away keeps its copy."""
        for job in jobs:
            server = job.server
            if server.id:
                self._tell(server.base, lambda api, id_=server.id: api.delete_transcript(id_))
            elif server.upload:
                self._tell(server.base, lambda api, id_=server.upload: api.delete_upload(id_))

    async def check(self) -> ServerView:
        """Ask the server of the settings for its models.

        Raises:
            BadRequestError: the address is none.
            ServerError: it is not there, or does not take the key.
        """
        address, key = self._choice.address(), self._desk.ledger.settings.server_key
        kind = OpenAiClient if address.kind == "openai" else EarwitnessClient
        models = await kind(self._desk.http, address.base, key).models()
        view = self._choice.view()
        return ServerView(address.origin, address.kind, view is not None and view.allowed, models)

    def library(self) -> EarwitnessClient:
        """The server whose library can be searched and read.

        Raises:
            BadRequestError: there is none, or the user has not agreed to talk to it.
        """
        view = self._choice.view()
        if view is None or not view.allowed or view.kind != "earwitness":
            raise BadRequestError(
                "There is no server to search.",
                hint="Choose an Earwitness server in the settings first.",
            )
        base = self._choice.address().base
        return EarwitnessClient(self._desk.http, base, self._desk.ledger.settings.server_key)

    # ------------------------------------------------------------ one job

    async def _work(self, id_: str) -> None:
        wait_s, fresh = FIRST_WAIT_S, True
        try:
            while True:
                before = self._reached(id_)
                self._hold(f"server {id_}", True)
                try:
                    await Errand(self._desk, id_, self._choice.address(), fresh).go()
                    self._finished()
                    return
                except ServerAwayError as error:
                    await self._put_off(id_, error)
                    wait_s = FIRST_WAIT_S if self._reached(id_) != before else wait_s
                    pause_s = max(wait_s, error.retry_after_s)
                finally:
                    self._hold(f"server {id_}", False)
                await self._rest(pause_s)
                wait_s, fresh = min(2 * wait_s, LONGEST_WAIT_S), False
        except EarwitnessError as error:
            await self._give_up(id_, error.view())
        except Exception as error:
            _log.exception("An errand failed")
            await self._give_up(id_, _unforeseen(error))
        finally:
            self._desk.ledger.loading.pop(id_, None)
            if self._tasks.get(id_) is asyncio.current_task():
                del self._tasks[id_]
                self.pump()

    def _reached(self, id_: str) -> object:
        job = self._desk.ledger.jobs[id_]
        return job.server, job.resume, self._desk.ledger.loading.get(id_)

    async def _put_off(self, id_: str, error: ServerAwayError) -> None:
        view = ErrorView("ServerAwayError", error.message, _WAITING, error.detail)
        await self._set(id_, "queued", view)

    async def _give_up(self, id_: str, error: ErrorView) -> None:
        await self._set(id_, "failed", error)

    async def _set(self, id_: str, state: Any, error: ErrorView) -> None:
        ledger = self._desk.ledger
        async with ledger.lock:
            ledger.loading.pop(id_, None)
            job = ledger.jobs[id_]
            if job.state in ACTIVE:
                job = dataclasses.replace(job, state=state, error=error)
                try:
                    await ledger.commit(jobs=[job])
                except EarwitnessError:
                    ledger.jobs[id_] = job  # Storage is away as well: show it at least.
        await self._desk.changed(id_)

    async def _rest(self, pause_s: float) -> None:
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(self._clock.sleep(pause_s)),
            asyncio.ensure_future(self._nudged.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def _tell(
        self, base: str, what: Callable[[EarwitnessClient], Coroutine[Any, Any, Any]]
    ) -> None:
        """Tell a server something that the library does not wait for."""
        api = EarwitnessClient(self._desk.http, base, self._desk.ledger.settings.server_key)
        task = asyncio.ensure_future(_quietly(what(api)))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)


def _unforeseen(error: Exception) -> ErrorView:
    return ErrorView(
        "ServerError",
        "Something went wrong on the way to the server.",
        "Retry; if it happens again, report it with the detail.",
        f"{type(error).__name__}: {error}",
    )


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except EarwitnessError as error:
        _log.warning("A server was not told: %s %s", error, error.detail)
