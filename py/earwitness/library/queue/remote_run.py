"""One recording on one server: sent, followed, its words committed here as they come."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from earwitness import engine_messages as em
from earwitness.domain import jobs
from earwitness.domain.jobs import Job, ServerJob
from earwitness.domain.records import Record
from earwitness.errors import (
    BadRequestError,
    ErrorView,
    NotFoundError,
    ServerAwayError,
    ServerError,
)
from earwitness.library.events import Events
from earwitness.library.queue.commits import Commits
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.reruns import Reruns
from earwitness.messages import JobView, Retranscribe, SegmentsSaved
from earwitness.remote.address import Address
from earwitness.remote.earwitness_client import CHUNK_BYTES, EarwitnessClient
from earwitness.remote.http import AudioPart, HttpClient
from earwitness.remote.openai_client import OpenAiClient
from earwitness.transcript import Segment, Transcript


class ServerJobFailedError(ServerError):
    """The server could not transcribe the recording."""


@dataclass(frozen=True)
class RemoteRun:
    """Continues from what is known of the job, so that a new one can follow after a lost server."""

    _repository: LibraryRepository
    _commits: Commits
    _reruns: Reruns
    _http: HttpClient
    _events: Events
    id: str
    address: Address
    fresh: bool
    """The user, or a reload, has just started it: a stopped job may be resumed."""

    async def follow(self) -> None:
        """Follow the job until every word is committed.

        Raises:
            ServerAwayError: the server is away; what is done stays done.
            EarwitnessError: the server cannot do it, or the words cannot be kept here.
        """
        await self._start()
        if not self._job.has_audio(here=bool(self._record.audio_path)):
            await self._change(jobs.require_audio)
        elif self._record.has_open_redactions and not self._job.server.id:
            raise BadRequestError(
                "The recording has redactions that are not final, so it was not sent.",
                hint="Make them final, or transcribe it on this device.",
            )
        elif self.address.kind == "openai":
            await self._transcribe_at_once()
        else:
            try:
                await self._transcribe_by_events()
            except NotFoundError as error:
                await self._change(lambda job: jobs.set_server_job(job, ServerJob()))
                raise ServerAwayError(error.message, hint="It is sent again.") from error

    # ------------------------------------------------------------ an Earwitness server

    async def _transcribe_by_events(self) -> None:
        api = EarwitnessClient(self._http, self.address.base, self._repository.settings.server_key)
        if not self._job.server.id:
            await self._send(api)
        elif self.fresh and (await api.job(self._job.server.id)).state in ("failed", "cancelled"):
            await api.resume_job(self._job.server.id)
        id_ = self._job.server.id
        pending: list[Segment] = []
        async with aclosing(api.job_events(id_, self._job.resume.mark)) as events:
            async for event in events:
                if isinstance(event.update, SegmentsSaved):
                    pending += self._new(event.update, len(pending))
                else:
                    await self._on_progress(event.update, pending, event.mark)
                    pending = []
        view = await api.job(id_)
        if view.state == "done":
            await self._finish(await api.job_result(id_), view.ends_s)
        elif view.state == "cancelled":
            raise ServerError(
                f"The work was stopped on {self.address.origin}.", hint="Retry to go on with it."
            )
        elif view.state == "failed":
            said = view.error or ErrorView(
                "ServerError",
                f"{self.address.origin} could not transcribe it.",
                "Retry, or transcribe it on this device.",
            )
            raise ServerJobFailedError(said.message, hint=said.hint, detail=said.detail)
        else:
            raise ServerAwayError(f"{self.address.origin} hung up.")

    async def _send(self, api: EarwitnessClient) -> None:
        """Upload the audio, from where an earlier upload broke, and create the server's job."""
        job, record = self._job, self._record
        upload = job.server.upload
        at = await api.upload_offset(upload) if upload else None
        if at is None:
            kind, length = record.media_type, record.audio_bytes
            upload = await api.create_upload(record.name, kind, length)
            server = dataclasses.replace(job.server, upload=upload)
            await self._change(lambda job: jobs.set_server_job(job, server))
            at = 0
        while at < record.audio_bytes:
            await self._show_sent(at, record.audio_bytes)
            end = min(at + CHUNK_BYTES, record.audio_bytes)
            arrived = await api.send_chunk(upload, record.audio_path, at, end)
            if arrived is None:
                arrived = await api.upload_offset(upload)
            if arrived is None:
                raise NotFoundError(f"{self.address.origin} has dropped the upload.")
            at = arrived
        await self._show_sent(0, 0)
        model = self._repository.settings.server_model
        options = dataclasses.replace(job.options, model=model, where="device")
        once = f"{self.id}-{job.run}-{upload}"
        id_ = await api.create_job(upload, record.name, options, once)
        accepted = ServerJob(self.address.base, id=id_)
        await self._change(lambda job: jobs.set_server_job(job, accepted))

    def _new(self, said: SegmentsSaved, pending: int) -> tuple[Segment, ...]:
        """Return those segments that are not committed here yet."""
        have = _segments_of(self._job.resume.mark) + pending
        if said.first > have:
            raise NotFoundError(f"{self.address.origin} has lost the beginning.")
        return said.segments[have - said.first :]

    async def _on_progress(self, view: JobView, segments: list[Segment], mark: str) -> None:
        """Commit what came before this event of the server's job."""
        if view.duration_s > 0:
            await self._describe(duration_s=view.duration_s)
        if segments or view.position_s > self._job.position_s:
            await self._commit(segments, view.position_s, mark, view.prompt_used)
        waits_for = view.error if view.state == "queued" else None
        await self._change(lambda job: jobs.wait_on_server(job, waits_for))
        if view.state in ("transcribing", "done"):
            await self._change(jobs.transcribe)
        self._repository.show_progress(self.id, remaining_s=view.remaining_s)
        await self._events.transcript_changed(self.id)

    # ------------------------------------------------------------ OpenAI's API

    async def _transcribe_at_once(self) -> None:
        settings = self._repository.settings
        api = OpenAiClient(self._http, self.address.base, settings.server_key)
        record, job = self._record, self._job
        audio = AudioPart(record.audio_path, name=record.name, media_type=record.media_type)
        result = await api.transcribe(audio, job.options, settings.server_model)
        await self._describe(duration_s=result.duration_s)
        if not job.resume.batch:
            await self._commit(list(result.segments), result.duration_s, "whole")
        await self._finish(result)

    # ------------------------------------------------------------ this library

    @property
    def _job(self) -> Job:
        return self._repository.job(self.id, in_bin=True)

    @property
    def _record(self) -> Record:
        return self._repository.record(self.id, in_bin=True)

    async def _start(self) -> None:
        """Begin at the start of the recording, or go on.

        Words of another place stay below, in a run of their own.
        """
        job, base = self._job, self.address.base
        if job.server.base != base and job.resume.batch:
            await self._reruns.enqueue(Retranscribe(self.id, job.options), job.options)
        away = job.away  # A new run does not know it.
        await self._change(lambda job: jobs.start_on_server(job, base, away=away))

    async def _commit(
        self, segments: list[Segment], position_s: float, mark: str, prompt_used: str = ""
    ) -> None:
        job = self._job
        batch, window = job.resume.batch, job.resume.window
        row = em.WindowRow(window, batch, job.position_s, position_s, tuple(segments))
        sample = int(position_s * em.SAMPLE_RATE_HZ)
        resume = em.ResumePoint(batch + 1, window + 1, sample, mark=mark, prompt_used=prompt_used)
        # No time of this device's went into it: 0 teaches the estimate nothing.
        ready = em.WindowsReady(self.id, job.run, (row,), resume, position_s, 0.0)
        await self._commits.commit_windows(ready)

    async def _finish(self, result: Transcript, ends_s: float = 0.0) -> None:
        """Commit the end. `ends_s`: where the sound ended before the end of the file, or 0."""
        given = self._job.options.language
        await self._describe(
            model=result.model or self._record.model,
            language=result.language if given == "auto" else given,
            language_probability=result.language_probability if given == "auto" else 1.0,
        )
        finished = em.Finished(
            self.id,
            self._job.run,
            result.duration_s,
            ends_s=ends_s or None,
            broken_off=ends_s > 0,
        )
        await self._commits.commit_finish(finished, result)
        self._repository.show_progress(self.id, remaining_s=None)
        await self._events.transcript_changed(self.id)

    async def _describe(self, **changes: Any) -> None:
        await self._repository.change_record(self.id, in_bin=True, **changes)

    async def _change(self, transition: Callable[[Job], Job]) -> None:
        await self._repository.change_job(self.id, transition)
        await self._events.transcript_changed(self.id)

    async def _show_sent(self, sent_bytes: int, total_bytes: int) -> None:
        self._repository.show_progress(self.id, loading=(sent_bytes, total_bytes))
        await self._events.transcript_changed(self.id)


def _segments_of(mark: str) -> int:
    """Return how many segments came before a mark (`windows.segments.state`)."""
    parts = mark.split(".")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0
