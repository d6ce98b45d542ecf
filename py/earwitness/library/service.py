"""What the library worker runs: every request gets its reply, every change is written first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal, assert_never

from earwitness import messages as m
from earwitness.domain.doubt import doubtful_words
from earwitness.domain.heard_words import heard_at
from earwitness.domain.highlights import has_label, is_labelled
from earwitness.domain.media_types import format_of
from earwitness.domain.speakers import HITS_MOST, has_speaker, is_said_by, uncertain_speakers
from earwitness.domain.views import transcript_of
from earwitness.engine_messages import EngineEvent, Finished
from earwitness.errors import BadRequestError
from earwitness.library import ports
from earwitness.library.background import BackgroundTasks
from earwitness.library.backup.service import BackupService
from earwitness.library.bin import Bin
from earwitness.library.events import Events
from earwitness.library.exporting.audio_exports import AudioExports
from earwitness.library.exporting.zip_exports import ZipExports
from earwitness.library.extensions import Extensions
from earwitness.library.importing.file_imports import FileImports
from earwitness.library.importing.folder import Folder
from earwitness.library.importing.imports import Importer
from earwitness.library.models import ModelCatalogue
from earwitness.library.queue.commands import JobCommands
from earwitness.library.queue.commits import Commits
from earwitness.library.queue.local_executor import LocalExecutor
from earwitness.library.queue.placement import Placement
from earwitness.library.queue.remote_executor import RemoteExecutor
from earwitness.library.queue.speaker_jobs import SpeakerJobs
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.originals import Originals
from earwitness.library.servers.server_requests import ServerRequests
from earwitness.library.startup_cleanup import clean_up
from earwitness.library.store import Store
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.texts.editing import Edits
from earwitness.library.texts.final_redactions import FinalRedactions
from earwitness.library.texts.remembered_voices import RememberedVoices
from earwitness.library.texts.replace_everywhere import ReplaceAll
from earwitness.library.texts.reruns import Reruns
from earwitness.library.texts.speaker_edits import SpeakerEdits
from earwitness.library.texts.text_edits import TextEdits
from earwitness.library.wake_lock import WakeLock
from earwitness.remote.http import FileClient
from earwitness.search.find import Query, search
from earwitness.tool_messages import Tools


class LibraryService:
    """The library behind its messages. One instance a library, one process at a time.

    Made inside a running event loop. What it is made of depends one way: repository and documents
    know nothing of the queue, the queue nothing of the service.
    """

    def __init__(
        self,
        *,
        store: Store,
        audio_store: ports.AudioStore,
        backups: ports.BackupFiles,
        engines: ports.Engines,
        host: ports.Host,
        http: FileClient,
        clock: ports.Clock,
        emit: ports.Emit,
        export: ports.Exporter,
        read: ports.TranscriptReader,
        tools: Tools,
        new_id: Callable[[], str],
    ) -> None:
        self._audio_store = audio_store
        self._clock = clock
        self._export = export
        self._background = background = BackgroundTasks()
        self.repository = repository = LibraryRepository(store, http.origin)
        self.models = models = ModelCatalogue(host)
        self.documents = documents = DocumentCache(repository, store, clock)
        self._events = events = Events(repository, models, host, clock, emit, background)
        wake_lock = WakeLock(host)
        self._edits = Edits(repository, documents)
        self._text_edits = TextEdits(repository, documents, store, clock, background)
        self._replace_all = ReplaceAll(repository, documents, self._text_edits)
        self._bin = Bin(repository, documents, audio_store, clock)
        self._reruns = reruns = Reruns(repository, documents, models, emit)
        self._importer = Importer(repository, models, wake_lock, audio_store, clock, new_id)
        self._folder = Folder(store, repository, self._importer, clock)
        self._backups = BackupService(
            repository, self._bin, documents, store, audio_store, backups, clock, wake_lock
        )
        self._final_redactions = FinalRedactions(
            repository, documents, store, audio_store, backups, emit
        )
        self._zip_exports = ZipExports(backups, export, self._transcript)
        self._audio_exports = AudioExports(repository, documents, backups)
        self._extensions = extensions = Extensions(store, tools, backups)
        self._file_imports = FileImports(
            repository, documents, audio_store, backups, extensions, read, new_id
        )
        self.server_requests = ServerRequests(repository, documents, http)
        self._originals = Originals(
            repository, documents, self._text_edits, self.server_requests, http
        )
        self._speaker_edits = SpeakerEdits(repository, documents, store, self._text_edits, emit)
        self._voices = RememberedVoices(repository, documents, store)
        commits = Commits(repository, documents, audio_store, emit)
        placement = Placement(repository, models, events)
        self._speakers = speakers = SpeakerJobs(
            repository, documents, store, audio_store, models, placement, self._voices, emit
        )
        self.remote = RemoteExecutor(
            repository, commits, reruns, http, clock, events, wake_lock, placement, background
        )
        self.local = LocalExecutor(
            repository,
            commits,
            engines,
            models,
            host,
            events,
            wake_lock,
            placement,
            self.remote,
            speakers,
        )
        self._jobs = JobCommands(repository, placement, self.local, self.remote, speakers)
        self._booted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def boot(self) -> None:
        """Read the library, put unfinished jobs back in the queue, go on with them.

        Raises:
            StorageError: the store cannot be read; every request will say so too.
        """
        self._events.emit(m.BootChanged("library"))
        try:
            await self.repository.load()
            deleted = await clean_up(self.repository, self._audio_store, self._bin)
            self.remote.delete_copies(deleted)
            await self._backups.clear()
        except BaseException as error:
            self._booted.set_exception(error)
            self._booted.exception()
            raise
        self._booted.set_result(None)
        self._events.emit(m.BootChanged("ready"))
        self._background.spawn(self._wake())
        self._background.spawn(self.documents.build_index())

    async def handle(
        self, request: m.Request, attachments: Sequence[ports.Attachment] = ()
    ) -> m.Reply:
        """Answer a request; those that come before `boot` is through wait for it.

        Raises:
            EarwitnessError: what happened, for the user; nothing is half done.
        """
        await asyncio.shield(self._booted)
        match request:
            # What is there.
            case m.GetStatus():
                return await self._events.status()
            case m.ListTranscripts():
                if request.where == "server":
                    return await self.server_requests.transcripts(request)
                return self.repository.page(request.before, request.limit, in_bin=request.removed)
            case m.GetTranscript():
                return await self._transcript(request.transcript_id)
            case m.GetAudio():
                record = self.repository.record(request.transcript_id)
                container = format_of(record.media_type)
                return m.AudioFile(record.audio_path, record.media_type, container)
            case m.Search():
                if request.where == "server":
                    return await self.server_requests.search(request)
                return await self._search(request)
            case m.Estimate():
                ids = [model.id for model in self.models.all()]
                return m.Estimates(self.repository.speeds.by_model(request.duration_s, ids))
            case m.Export():
                transcript = await self._transcript(request.transcript_id)
                return self._export(transcript, request.format, request.options)
            case m.ExportSeveral():
                return await self._zip_exports.write(request)
            case m.ExportAudio():
                return await self._audio_exports.describe(request)
            case m.ZipFiles():
                return await self._audio_exports.zip_files(request, attachments)
            # Extensions.
            case m.ExportByExtension():
                transcript = await self._transcript(request.transcript_id)
                return await self._extensions.write(transcript, request.format)
            case m.ApplyRule():
                return await self._tell(self._apply_rule(request))
            case m.ListExtensions():
                return await self._extensions.list()
            case m.AddExtension():
                await self._extensions.add(request.names, attachments)
                return await self._extensions.list()
            case m.EnableExtension():
                await self._extensions.enable(request.name, request.on)
                return await self._extensions.list()
            case m.RemoveExtension():
                await self._extensions.remove(request.name)
                return await self._extensions.list()
            # The folder that is kept in step.
            case m.GetFolder():
                return await self._folder.view()
            case m.ChooseFolder():
                return await self._folder.choose(request)
            case m.ChangeFolder():
                return await self._folder.change(request)
            case m.LookAtFolder():
                return await self._folder.look(request)
            case m.AddFromFolder():
                id_ = await self._folder.add(request, _only(attachments))
                await self._start_jobs()
                await self._events.transcript_changed(id_)
                return self.repository.summary(id_)
            case m.FolderFileWritten():
                await self._folder.written(request)
                return m.Done()
            # Words and descriptions.
            case m.Rename():
                await self._edits.rename(request)
            case m.SetTags():
                await self._edits.set_tags(request)
            case m.EditSegment():
                await self._text_edits.edit(request)
                await self._events.transcript_changed(request.transcript_id)
                return await self._transcript(request.transcript_id)
            case m.Update():
                return await self._tell(self._text_edits.update(request))
            case m.Undo():
                return await self._take(request.transcript_id, "undo", request.revision)
            case m.Redo():
                return await self._take(request.transcript_id, "redo")
            case m.ListVersions():
                if request.where == "server":
                    return await self._originals.versions(request.transcript_id)
                return await self._text_edits.list_versions(request.transcript_id)
            case m.RestoreVersion():
                return await self._tell(self._text_edits.restore(request))
            case m.CompareVersions():
                return await self._text_edits.compare(request)
            case m.Find():
                return await self._text_edits.find(request)
            case m.Replace():
                return await self._tell(self._text_edits.replace(request))
            case m.FindEverywhere():
                return await self._replace_all.find(request)
            case m.ReplaceEverywhere():
                done = await self._replace_all.replace(request)
                await self._announce(each.transcript_id for each in done.replaced)
                return done
            case m.ListDeleted():
                return await self._text_edits.list_deleted(request.transcript_id)
            case m.GetOriginal():
                return await self._originals.compare(request)
            case m.Synchronise():
                return await self._tell(self._originals.synchronise(request))
            case m.MakeRedactionsFinal():
                await self._final_redactions.make(request)
                self._text_edits.forget(request.transcript_id)
                await self._events.transcript_changed(request.transcript_id)
                job = self.repository.job(request.transcript_id)
                server = await self.remote.make_redactions_final(job, request.redactions)
                return m.RedactionsFinal(self.repository.summary(request.transcript_id), server)
            case m.ListRedactions():
                return await self._text_edits.list_redactions(request.transcript_id)
            # Speakers.
            case m.FindSpeakers():
                await self._speakers.request(request.transcript_id, request.speakers)
                await self._stop_unwanted_finding(request.transcript_id)
            case (
                m.RenameSpeaker()
                | m.MergeSpeakers()
                | m.AddSpeaker()
                | m.AssignSpeaker()
                | m.SplitByVoice()
            ):
                corrected = await self._speaker_edits.correct(request)
                await self._events.transcript_changed(request.transcript_id)
                return corrected
            case m.AssignWords():
                return await self._tell(self._speaker_edits.assign_words(request))
            case m.RememberVoice():
                await self._voices.remember(request.transcript_id, request.speaker)
                await self._events.status_changed()
                return m.Done()
            case m.ForgetVoices():
                await self._voices.forget(request.names)
                await self._events.status_changed()
                return m.Done()
            case m.GetDoubtfulWords():
                opened = await self.documents.open(request.transcript_id)
                return m.DoubtfulWords(doubtful_words(opened.segments), uncertain_speakers(opened))
            case m.GetHeardWord():
                opened = await self.documents.open(request.transcript_id)
                return heard_at(opened, request.segment, request.word)
            case m.ReplaceWord():
                return await self._tell(self._text_edits.replace_word(request))
            case m.CheckWord():
                await self._edits.check(request)
                return m.Done()
            # Recordings that come and go.
            case m.AddFile():
                return await self._add_file(request, _only(attachments))
            case m.ImportFile():
                id_ = await self._file_imports.add(request, attachments)
                await self._events.transcript_changed(id_)
                return self.repository.summary(id_)
            case m.ReplaceText():
                found = await self._file_imports.read(request.name, _only(attachments))
                await self._reruns.use_text(
                    request.transcript_id, found, replace_corrections=request.replace_corrections
                )
                self._text_edits.forget(request.transcript_id)
            case m.FetchAudio():
                audio = await self._originals.audio(request.transcript_id)
                await self._importer.provide(request.transcript_id, audio)
            case m.ProvideFile():
                await self._importer.provide(request.transcript_id, _only(attachments))
            case m.CopyTranscript():
                id_ = await self.server_requests.copy(request.transcript_id)
                self._text_edits.forget(id_)
                await self._events.transcript_changed(id_)
                return self.repository.summary(id_)
            case m.Remove():
                moved = await self._bin.remove(request.transcript_ids)
                await self._jobs.interrupt(moved)
                self._events.emit(m.TranscriptsRemoved(moved))
                return await self._start_jobs()
            case m.Restore():
                await self._announce(await self._bin.restore(request.transcript_ids))
                return await self._start_jobs()
            case m.EmptyBin():
                self.remote.delete_copies(await self._bin.empty())
                await self._events.status_changed()
                return await self._start_jobs()
            case m.SaveBackup():
                return await self._backups.save(audio=request.audio)
            case m.LoadBackup():
                loaded = await self._backups.load(_only(attachments), made_now=request.made_now)
                for id_ in (*loaded.added, *loaded.in_bin):
                    self._text_edits.forget(id_)
                await self._announce(loaded.added)
                await self._start_jobs()
                return loaded
            # Jobs.
            case m.Retranscribe():
                tags = self.repository.record(request.transcript_id).tags
                options = self._importer.resolve(request.options, tags)
                await self._reruns.check(request, options)
                await self._cancel(request.transcript_id)
                await self._reruns.enqueue(request, options)
                await self._stop_unwanted_finding(request.transcript_id)
            case m.GoBack():
                await self._reruns.go_back(request)
                await self._stop_unwanted_finding(request.transcript_id)
                self._text_edits.forget(request.transcript_id)
            case m.Pause():
                await self._jobs.pause(request.transcript_id)
            case m.Resume():
                await self._jobs.resume(request.transcript_id)
            case m.Cancel():
                await self._cancel(request.transcript_id)
            case m.Prioritise():
                await self._jobs.prioritise(request.transcript_id)
            case m.MoveJob():
                await self._jobs.move(request.transcript_id, request.where)
            case m.ApproveDownload():
                await self._announce(
                    await self._jobs.approve_download(request.model, request.approved)
                )
                return await self._start_jobs()
            # Settings and servers.
            case m.ChangeSettings():
                await self._settings_changed(await self._jobs.change_settings(request.settings))
                return request.settings
            case m.AllowServer():
                await self._settings_changed(await self._jobs.allow_server(request))
                return m.Done()
            case m.CheckServer():
                return await self.server_requests.check()
            case _:
                assert_never(request)
        await self._start_jobs()
        await self._events.transcript_changed(request.transcript_id)
        return self.repository.summary(request.transcript_id)

    async def on_engine_event(self, event: EngineEvent) -> None:
        """Act on an event of the engine; the caller keeps the order."""
        await self.local.on_event(event)
        if isinstance(event, Finished) and not event.paused:
            self._events.transcript_finished()

    def connection_restored(self) -> None:
        """Ask lost servers again: the connection is back."""
        self._background.spawn(self.remote.retry_now())

    async def check_engine(self) -> None:
        """End an engine that hangs; to be called every `watchdog.CHECK_S` seconds."""
        await self.local.check_engine()

    async def settle(self) -> None:
        """Wait until everything behind (index, events, next job) is through."""
        await self._background.settle()
        await self.remote.settle()
        await self._events.settle()

    async def _wake(self) -> None:
        await self.models.refresh()
        await self.local.start()
        await self.remote.start()

    async def _start_jobs(self) -> m.Done:
        """Start what may start; this device's next job in the background."""
        self._background.spawn(self.local.start())
        await self.remote.start()
        return m.Done()

    async def _announce(self, transcript_ids: Iterable[str]) -> None:
        for id_ in transcript_ids:
            await self._events.transcript_changed(id_)

    async def _settings_changed(self, moved: Iterable[str]) -> None:
        """Start jobs, and announce those that moved and the status."""
        await self._start_jobs()
        await self._announce(moved)
        await self._events.status_changed()

    async def _add_file(self, request: m.AddFile, file: ports.Attachment) -> m.TranscriptSummary:
        request = self._importer.check(request)
        id_ = request.transcript_id
        if id_ not in self.repository and request.options.where != "server":
            self._background.spawn(self.local.warm_up(request.options.model))
        await self._importer.add(request, file)
        await self._start_jobs()
        await self._events.transcript_changed(id_)
        return self.repository.summary(id_)

    async def _tell(self, change: Awaitable[m.Updated]) -> m.Updated:
        """Make a change of a text, and announce it."""
        updated = await change
        await self._events.transcript_changed(updated.transcript.id)
        return updated

    async def _take(
        self, transcript_id: str, kind: Literal["undo", "redo"], revision: int | None = None
    ) -> m.Updated:
        """Take the latest change back or make it again, and announce what changed."""
        others: list[str] = []
        updated = await self._tell(
            self._replace_all.take(transcript_id, kind, revision, others.append)
        )
        await self._announce(others)
        return updated

    async def _apply_rule(self, request: m.ApplyRule) -> m.Updated:
        transcript = await self._transcript(request.transcript_id)
        texts = await self._extensions.apply(request.rule, transcript)
        update = m.Update(request.transcript_id, texts, revision=transcript.revision)
        return await self._text_edits.update(update)

    async def _cancel(self, transcript_id: str) -> None:
        await self._jobs.cancel(transcript_id)
        await self._reruns.drop_unfinished(transcript_id)

    async def _stop_unwanted_finding(self, transcript_id: str) -> None:
        if self.repository.record(transcript_id, in_bin=True).speaker_job is None:
            await self.local.stop_finding(transcript_id)

    async def _transcript(self, transcript_id: str) -> m.Transcript:
        opened = await self.documents.open(transcript_id)
        return transcript_of(self.repository.record(transcript_id), opened)

    async def _search(self, request: m.Search) -> m.SearchResult:
        started = self._clock.now()
        self.documents.finish_index()
        is_narrowed = bool(request.speaker or request.label)
        limit = HITS_MOST if is_narrowed else request.limit
        query = Query(
            request.query,
            limit,
            request.language,
            request.tag,
            request.transcript_id,
            since=request.since,
            until=request.until,
        )
        hits = search(self.documents.index, query)
        if is_narrowed:
            hits = await self._narrowed(hits, request)
        took_ms = (self._clock.now() - started) * 1000
        return m.SearchResult(hits, round(took_ms, 1), self.documents.indexing)

    async def _narrowed(self, hits: Sequence[m.Hit], request: m.Search) -> tuple[m.Hit, ...]:
        """Return the first hits with the speaker and the label of a search."""
        speaker, label = request.speaker, request.label
        found: list[m.Hit] = []
        for hit in hits:
            if len(found) == request.limit:
                break
            if not self.repository.is_listed(hit.transcript_id):
                continue
            record = self.repository.record(hit.transcript_id)
            if speaker and not has_speaker(record.speakers, speaker):
                continue
            if label and not has_label(record.labels, label):
                continue
            opened = await self.documents.open(hit.transcript_id)
            is_said = not speaker or is_said_by(hit.segment, opened, speaker)
            if is_said and (not label or is_labelled(hit.segment, opened, label)):
                found.append(hit)
        return tuple(found)


def _only(attachments: Sequence[ports.Attachment]) -> ports.Attachment:
    if len(attachments) != 1:
        raise BadRequestError(
            f"One file belongs to this request, not {len(attachments)}.", hint="Choose a file."
        )
    return attachments[0]
