"""What the library worker runs: every request gets its reply, every change is written first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from earwitness import messages as m
from earwitness.domain.views import transcript_of
from earwitness.engine_messages import EngineEvent, Finished
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.library.backup.service import BackupDesk
from earwitness.library.bin import Bin
from earwitness.library.document_cache import Texts
from earwitness.library.editing import Edits
from earwitness.library.event_throttle import Announcer
from earwitness.library.imports import Intake
from earwitness.library.ports import (
    Attachment,
    AudioShelf,
    BackupFiles,
    Clock,
    Emit,
    Engines,
    Exporter,
    Host,
)
from earwitness.library.queue.commands import Control
from earwitness.library.queue.commits import Commits
from earwitness.library.queue.errand import Desk
from earwitness.library.queue.local_executor import Runner
from earwitness.library.queue.placement import Choice
from earwitness.library.queue.remote_executor import Lane
from earwitness.library.repository import Ledger
from earwitness.library.reruns import Again
from earwitness.library.server_requests import Office
from earwitness.library.startup_cleanup import Tidying
from earwitness.library.status import status_of
from earwitness.library.store import Store
from earwitness.library.wake_lock import Awake
from earwitness.remote.http import Wire
from earwitness.search.find import Query, search

_log = logging.getLogger("earwitness.library")


class LibraryService:
    """The library behind its messages. One instance a library, one process at a time.

    Made inside a running event loop.
    """

    def __init__(
        self,
        *,
        store: Store,
        shelf: AudioShelf,
        backups: BackupFiles,
        engines: Engines,
        host: Host,
        wire: Wire,
        clock: Clock,
        emit: Emit,
        export: Exporter,
        new_id: Callable[[], str],
    ) -> None:
        self._host = host
        self._clock = clock
        self._emit = emit
        self._export = export
        self.ledger = Ledger(store, wire.origin)
        self._announcer = Announcer(clock, self._say, self.ledger.state_of)
        self.texts = Texts(self.ledger, clock)
        commits = Commits(self.ledger, self.texts, shelf, emit)
        changed = self._announcer.changed
        self._edits = Edits(self.ledger, self.texts, clock)
        self._again = Again(self.ledger, self.texts, emit)
        awake = Awake(host)
        choice = Choice(self.ledger, emit)
        desk = Desk(self.ledger, commits, self._again, wire, changed)
        self.lane = Lane(desk, choice, clock, awake.hold, self._words_are_here)
        self.runner = Runner(
            self.ledger, commits, engines, host, emit, changed, awake, choice, self.lane.pump
        )
        self._choice = choice
        self._office = Office(self.ledger, self.texts, self.runner, self.lane, choice)
        self._control = Control(self.ledger, self.runner, self.lane)
        self._bin = Bin(self.ledger, self.texts, shelf, clock)
        self._tidying = Tidying(self.ledger, shelf, self._bin, self._office)
        self._intake = Intake(self.ledger, self.runner, awake, shelf, clock, new_id)
        self._backups = BackupDesk(
            self.ledger, self.texts, shelf, backups, clock, awake.hold, changed
        )
        self._booted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._background: set[asyncio.Task[None]] = set()
        self._asked_to_persist = False

    async def boot(self) -> None:
        """Read the library, put unfinished jobs back in the queue, go on with them.

        Raises:
            StorageError: the store cannot be read; every request will say so too.
        """
        self._emit(m.BootChanged("library"))
        try:
            await self.ledger.load()
            await self._tidying.tidy()
            await self._backups.clear()
        except BaseException as error:
            self._booted.set_exception(error)
            self._booted.exception()
            raise
        self._booted.set_result(None)
        self._emit(m.BootChanged("ready"))
        self._spawn(self._wake())
        self._spawn(self.texts.build_index())

    async def handle(self, request: m.Request, attachments: Sequence[Attachment] = ()) -> m.Reply:
        """Answer a request; those that come before `boot` is through wait for it.

        Raises:
            EarwitnessError: what happened, for the user; nothing is half done.
        """
        await asyncio.shield(self._booted)
        match request:
            case m.GetStatus():
                return await self.status()
            case m.ListTranscripts():
                return self.ledger.page(request.before, request.limit, removed=request.removed)
            case m.GetTranscript():
                return await self._transcript(request.transcript_id)
            case m.Search():
                return await self._search(request)
            case m.Export():
                whole = await self._transcript(request.transcript_id)
                return self._export(whole, request.format)
            case m.Estimate():
                sizes = {model.id: model.bytes for model in self.ledger.models.values()}
                return m.Estimates(self.ledger.speeds.by_model(request.duration_s, sizes))
            case m.GetAudio():
                record = self.ledger.record(request.transcript_id)
                return m.AudioFile(record.audio_path, record.media_type)
            case m.SaveBackup():
                return await self._backups.save(audio=request.audio)
            case m.LoadBackup():
                return await self._backups.load(_only(attachments))
            case m.EditSegment():
                edited = await self._edits.edit(request)
                await self._announcer.changed(request.transcript_id)
                return edited
            case m.Remove() | m.Restore() | m.EmptyBin() | m.ApproveDownload():
                return await self._sweep(request)
            case m.ChangeSettings():
                await self._chosen(await self._office.change(request.settings))
                return request.settings
            case m.CheckServer():
                return await self.lane.check()
            case m.AllowServer():
                await self._chosen(await self._office.allow(request))
                return m.Done()
            case m.CopyTranscript():
                id_ = await self._office.copy(request.transcript_id)
                await self._announcer.changed(id_)
                return self.ledger.summary(id_)
            case m.AddFile():
                id_ = await self._intake.add(request, _only(attachments))
                return await self._set_going(id_)
            case m.ProvideFile():
                await self._intake.provide(request.transcript_id, _only(attachments))
                return await self._set_going(request.transcript_id)
            case _:
                await self._change(request)
                return await self._set_going(request.transcript_id)

    async def on_engine_event(self, event: EngineEvent) -> None:
        """Take in what the engine says; the caller keeps the order."""
        await self.runner.on_event(event)
        if isinstance(event, Finished) and not event.paused:
            self._words_are_here()

    def nudge(self) -> None:
        """The connection is back."""
        self.lane.nudge()

    async def check_engine(self) -> None:
        """End an engine that hangs; to be called every `watchdog.CHECK_S` seconds."""
        await self.runner.check_engine()

    async def status(self) -> m.Status:
        """The state of the house."""
        return status_of(await self._host.facts(), self.ledger, self.runner, self._choice)

    async def settle(self) -> None:
        """Wait until everything behind (index, announcements, next job) is through."""
        while self._background:
            await asyncio.gather(*self._background)
        await self.lane.settle()
        await self._announcer.settle()

    # ------------------------------------------------------------ requests

    async def _change(self, request: Any) -> None:
        match request:
            case m.Rename():
                await self._edits.rename(request)
            case m.SetTags():
                await self._edits.set_tags(request)
            case m.Pause():
                await self._control.pause(request.transcript_id)
            case m.Resume():
                await self._control.resume(request.transcript_id)
            case m.Cancel():
                await self._control.cancel(request.transcript_id)
                await self._again.drop_unfinished(request.transcript_id)
            case m.MoveJob():
                await self._control.move(request.transcript_id, request.where)
            case m.Prioritise():
                await self._control.prioritise(request.transcript_id)
            case m.Retranscribe():
                options = self._intake.resolve(request.options)
                await self._again.check(request, options)
                await self._control.cancel(request.transcript_id)
                await self._again.drop_unfinished(request.transcript_id)
                await self._again.run_again(request, options)
            case m.GoBack():
                await self._again.go_back(request)
            case _:
                raise BadRequestError(
                    f"{type(request).__name__} is not a request.", hint="Reload the page."
                )

    async def _set_going(self, transcript_id: str) -> m.TranscriptSummary:
        self._pump()
        await self._announcer.changed(transcript_id)
        return self.ledger.summary(transcript_id)

    async def _sweep(
        self, request: m.Remove | m.Restore | m.EmptyBin | m.ApproveDownload
    ) -> m.Done:
        match request:
            case m.Remove():
                moved = await self._bin.remove(request.transcript_ids)
                for id_ in moved:
                    await self.runner.stop(id_)
                    await self.lane.pause(id_)
                self._emit(m.TranscriptsRemoved(moved))
            case m.Restore():
                for id_ in await self._bin.restore(request.transcript_ids):
                    await self._announcer.changed(id_)
            case m.EmptyBin():
                await self._tidying.empty_bin()
                await self._announcer.changed("")
            case m.ApproveDownload():
                await self.runner.approve(request.model, request.approved)
        self._pump()
        return m.Done()

    async def _chosen(self, moved: Sequence[str]) -> None:
        """Settings are another; so is where these are done."""
        self._pump()
        for topic in (*moved, ""):
            await self._announcer.changed(topic)

    async def _transcript(self, transcript_id: str) -> m.Transcript:
        opened = await self.texts.open(transcript_id)
        return transcript_of(self.ledger.record(transcript_id), opened.segments)

    async def _search(self, request: m.Search) -> m.SearchResult:
        if request.where == "server":
            return await self._office.search(request)
        started = self._clock.now()
        query = Query(
            request.query, request.limit, request.language, request.tag, request.transcript_id
        )
        hits = search(self.texts.index, query)
        took_ms = (self._clock.now() - started) * 1000
        return m.SearchResult(hits, round(took_ms, 1), self.texts.indexing)

    # ------------------------------------------------------------ behind

    async def _wake(self) -> None:
        await self.ledger.refresh_models(self._host)
        await self.runner.pump()
        self.lane.pump()

    def _pump(self) -> None:
        self._spawn(self.runner.pump())
        self.lane.pump()

    def _words_are_here(self) -> None:
        if not self._asked_to_persist:
            self._asked_to_persist = True
            self._spawn(self._persist())

    async def _persist(self) -> None:
        await self._host.persist()
        await self._announcer.changed("")

    async def _say(self, topic: str) -> None:
        if not topic:
            self._emit(m.StatusChanged(await self.status()))
            return
        record = self.ledger.records.get(topic)
        if record is not None and not record.removed_at:
            self._emit(m.TranscriptChanged(self.ledger.summary(topic)))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_logged(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except EarwitnessError as error:
        _log.warning("%s %s", error, error.detail)


def _only(attachments: Sequence[Attachment]) -> Attachment:
    if len(attachments) != 1:
        raise BadRequestError(
            f"One file belongs to this request, not {len(attachments)}.", hint="Choose a file."
        )
    return attachments[0]
