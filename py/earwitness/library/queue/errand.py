"""One recording on one server: sent, followed, its words committed here as they come."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from earwitness.domain.jobs import ACTIVE, Job, ServerJob
from earwitness.domain.records import Record
from earwitness.engine_messages import (
    SAMPLE_RATE_HZ,
    Finished,
    ResumePoint,
    WindowRow,
    WindowsReady,
)
from earwitness.errors import NotFoundError, ServerAwayError, ServerError
from earwitness.library.queue.commits import Commits
from earwitness.library.repository import Ledger
from earwitness.library.reruns import Again
from earwitness.messages import JobView, Retranscribe, SegmentsSaved
from earwitness.remote.address import Address
from earwitness.remote.earwitness_client import CHUNK_BYTES, EarwitnessClient
from earwitness.remote.http import AudioPart, HttpClient
from earwitness.remote.openai_client import OpenAiClient
from earwitness.transcript import Segment, Transcript


@dataclass(frozen=True, slots=True)
class Desk:
    """What every errand needs of the library."""

    ledger: Ledger
    commits: Commits
    again: Again
    http: HttpClient
    changed: Callable[[str], Awaitable[None]]


class FailedThereError(ServerError):
    """The server gave the job up."""


class Errand:
    """Goes on from whatever is known of the job, so the same errand may be run again and again."""

    def __init__(self, desk: Desk, transcript_id: str, address: Address, fresh: bool) -> None:
        """`fresh`: the user, or a reload, has just started it: a stopped job may be resumed."""
        self._desk = desk
        self._id = transcript_id
        self._address = address
        self._fresh = fresh

    async def go(self) -> None:
        """Until every word is committed.

        Raises:
            ServerAwayError: later; what has been done stays done.
            EarwitnessError: it cannot be done there, or not be kept here.
        """
        await self._take_over()
        if not self._record.audio_path and not self._job.server.id:
            await self._set(state="needs-file")
        elif self._address.kind == "openai":
            await self._in_one_go()
        else:
            try:
                await self._followed()
            except NotFoundError as error:
                await self._set(server=ServerJob())
                raise ServerAwayError(error.message, hint="It is sent again.") from error

    # ------------------------------------------------------------ an Earwitness server

    async def _followed(self) -> None:
        key = self._desk.ledger.settings.server_key
        api = EarwitnessClient(self._desk.http, self._address.base, key)
        if not self._job.server.id:
            await self._send(api)
        elif self._fresh and (await api.job(self._job.server.id)).state in ("failed", "cancelled"):
            await api.resume_job(self._job.server.id)
        job = self._job.server.id
        pending: list[Segment] = []
        async with aclosing(api.job_events(job, self._job.resume.mark)) as events:
            async for event in events:
                if isinstance(event.update, SegmentsSaved):
                    pending += self._new(event.update, len(pending))
                else:
                    await self._take(event.update, pending, event.mark)
                    pending = []
        view = await api.job(job)
        if view.state == "done":
            await self._finish(await api.job_result(job))
        elif view.state == "cancelled":
            raise ServerError(
                f"The work was stopped on {self._address.origin}.", hint="Retry to go on with it."
            )
        elif view.state == "failed":
            said = view.error
            raise FailedThereError(
                said.message if said else f"{self._address.origin} could not transcribe it.",
                hint=said.hint if said else "Retry, or transcribe it on this device.",
                detail=said.detail if said else "",
            )
        else:
            raise ServerAwayError(f"{self._address.origin} hung up.")

    async def _send(self, api: EarwitnessClient) -> None:
        job, record = self._job, self._record
        upload = job.server.upload
        at = await api.upload_offset(upload) if upload else None
        if at is None:
            kind, length = record.media_type, record.audio_bytes
            upload = await api.create_upload(record.name, kind, length)
            await self._set(server=dataclasses.replace(job.server, upload=upload))
            at = 0
        while at < record.audio_bytes:
            await self._tell(at, record.audio_bytes)
            end = min(at + CHUNK_BYTES, record.audio_bytes)
            arrived = await api.send_chunk(upload, record.audio_path, at, end)
            if arrived is None:
                arrived = await api.upload_offset(upload)
            if arrived is None:
                raise NotFoundError(f"{self._address.origin} has dropped the upload.")
            at = arrived
        await self._tell(0, 0)
        model = self._desk.ledger.settings.server_model
        options = dataclasses.replace(job.options, model=model, where="device")
        once = f"{self._id}-{job.run}-{upload}"
        id_ = await api.create_job(upload, record.name, options, once)
        await self._set(server=ServerJob(self._address.base, id=id_))

    def _new(self, said: SegmentsSaved, pending: int) -> tuple[Segment, ...]:
        """What of these has not been committed here yet."""
        have = _segments_of(self._job.resume.mark) + pending
        if said.first > have:
            raise NotFoundError(f"{self._address.origin} has lost the beginning.")
        return said.segments[have - said.first :]

    async def _take(self, view: JobView, segments: list[Segment], mark: str) -> None:
        """Commit what came before this event of the server's job."""
        if view.duration_s > 0:
            await self._describe(duration_s=view.duration_s)
        if segments or view.position_s > self._job.position_s:
            await self._commit(segments, view.position_s, mark)
        if view.state in ("transcribing", "done"):
            await self._set(state="transcribing")
        self._desk.ledger.remaining_s[self._id] = view.remaining_s
        await self._desk.changed(self._id)

    # ------------------------------------------------------------ OpenAI's API

    async def _in_one_go(self) -> None:
        settings = self._desk.ledger.settings
        api = OpenAiClient(self._desk.http, self._address.base, settings.server_key)
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
        return self._desk.ledger.jobs[self._id]

    @property
    def _record(self) -> Record:
        return self._desk.ledger.records[self._id]

    async def _take_over(self) -> None:
        """A server begins at the beginning: words of another place stay below, in their run."""
        job, base = self._job, self._address.base
        if job.server.base != base:
            if job.resume.batch:
                await self._desk.again.run_again(Retranscribe(self._id, job.options), job.options)
            server = ServerJob(base)
            await self._set(state="loading", away=job.away, server=server, resume=ResumePoint())
        else:
            state = "transcribing" if job.resume.batch else "loading"
            await self._set(state=state)

    async def _commit(self, segments: list[Segment], position_s: float, mark: str) -> None:
        job = self._job
        row = WindowRow(
            window=job.resume.window,
            batch=job.resume.batch,
            start_s=job.position_s,
            end_s=position_s,
            segments=tuple(segments),
        )
        resume = ResumePoint(
            batch=job.resume.batch + 1,
            window=job.resume.window + 1,
            sample=int(position_s * SAMPLE_RATE_HZ),
            mark=mark,
        )
        # No time of this device's went into it: 0 teaches the estimate nothing.
        ready = WindowsReady(self._id, job.run, (row,), resume, position_s, 0.0)
        await self._desk.commits.windows(ready)

    async def _finish(self, result: Transcript) -> None:
        given = self._job.options.language
        await self._describe(
            model=result.model or self._record.model,
            language=result.language if given == "auto" else given,
            language_probability=result.language_probability if given == "auto" else 1.0,
        )
        await self._desk.commits.finished(Finished(self._id, self._job.run, result.duration_s))
        self._desk.ledger.remaining_s.pop(self._id, None)
        await self._desk.changed(self._id)

    async def _describe(self, **changes: Any) -> None:
        async with self._desk.ledger.lock:
            record = dataclasses.replace(self._record, **changes)
            if record != self._record:
                await self._desk.ledger.commit([record])

    async def _set(self, **changes: Any) -> None:
        """Change the job, unless the user has taken it out of the queue meanwhile."""
        async with self._desk.ledger.lock:
            job = dataclasses.replace(self._job, **{"error": None, **changes})
            if job != self._job and self._job.state in ACTIVE:
                await self._desk.ledger.commit(jobs=[job])
        await self._desk.changed(self._id)

    async def _tell(self, sent_bytes: int, total_bytes: int) -> None:
        self._desk.ledger.loading[self._id] = (sent_bytes, total_bytes)
        await self._desk.changed(self._id)


def _segments_of(mark: str) -> int:
    """How many segments came before a mark (`windows.segments.state`)."""
    parts = mark.split(".")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0
