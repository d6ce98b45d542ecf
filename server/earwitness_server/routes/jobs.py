"""Jobs: accepted once, followed live, cancelled, picked up again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Annotated

import sqlalchemy as sa
from earwitness.errors import EarwitnessError, NotFoundError, StorageError
from earwitness.messages import JobView, SegmentsSaved, TranscribeOptions, TranscriptSummary
from earwitness.serialization import to_plain
from earwitness.transcript import Transcript
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from earwitness_server.errors import ApiError, error_answers
from earwitness_server.http.auth import GuardedRoute, require
from earwitness_server.jobs.progress import Progress
from earwitness_server.media.media_types import media_type_of
from earwitness_server.observability.tracing import tracing
from earwitness_server.routes.validate_options import checked
from earwitness_server.services import Services, services_of
from earwitness_server.storage.database import Admit, now_s
from earwitness_server.storage.job_spec import JobSpec
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.rows import FINISHED, Entry

router = APIRouter(prefix="/api/jobs", tags=["jobs"], route_class=GuardedRoute)
MayTranscribe = Annotated[Caller, Depends(require("transcribe"))]
MayRead = Annotated[Caller, Depends(require("read"))]
ERRORS = error_answers(400, 401, 403, 404, 409, 422, 429, 503, 507)
NO_BUFFERING = {"cache-control": "no-store", "x-accel-buffering": "no"}


class NewJob(BaseModel):
    """What is to be transcribed, and how."""

    model_config = ConfigDict(extra="forbid")

    upload: str = Field(max_length=64, description="Id of a finished upload.")
    name: str = Field(default="", max_length=1000, description="Empty: the upload's file name.")
    options: TranscribeOptions = Field(default_factory=TranscribeOptions)
    keep_audio: bool = True
    retention_days: float | None = Field(default=None, gt=0, le=36500)


@router.post("", status_code=201, responses={200: {"model": TranscriptSummary}, **ERRORS})
def accept(
    request: Request,
    response: Response,
    caller: MayTranscribe,
    job: NewJob,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> TranscriptSummary:
    """Accept a recording. Once this has answered, the job will be done."""
    services = services_of(request)
    key = (idempotency_key or "").strip() or None
    entry, fresh = _accepted_before(services, caller, job, key), False
    if entry is None:
        try:
            entry, fresh = _accept(services, caller, job, key)
        except EarwitnessError:
            # The same request at the same moment may have been faster, and used the upload up.
            entry = _accepted_before(services, caller, job, key)
            if entry is None:
                raise
    if not fresh:
        response.status_code = 200
    response.headers["location"] = f"/api/jobs/{entry.record.id}"
    return entry.summary


def _accepted_before(
    services: Services, caller: Caller, job: NewJob, key: str | None
) -> Entry | None:
    """What the key stands for already."""
    return services.queue.find_key(caller.owner, key, _request_hash(job)) if key else None


def _accept(services: Services, caller: Caller, job: NewJob, key: str | None) -> tuple[Entry, bool]:
    """The job, and whether it is this request's own."""
    settings = services.settings
    upload = services.uploads.get(caller.owner, job.upload)
    options = checked(services.registry, job.options)
    if not upload.complete:
        raise ApiError(
            409,
            f"{upload.length - upload.received} bytes of the upload are missing.",
            hint="Finish it first.",
            code="upload_incomplete",
        )
    # Asked here only to spare a large file the way; decided where the job is written down.
    with services.database.read() as connection:
        services.quotas.check_job(connection, caller)
    transcript_id = secrets.token_hex(12)
    audio = f"audio/{transcript_id}"
    fingerprint = services.uploads.join(upload, audio)
    days = job.retention_days or settings.retention_days
    order = JobSpec(
        transcript_id=transcript_id,
        owner=caller.owner,
        name=job.name or upload.name,
        options=options,
        audio=audio,
        audio_bytes=upload.length,
        media_type=media_type_of(job.name, upload.media_type),
        fingerprint=fingerprint,
        keep_audio=job.keep_audio,
        expires_s=now_s() + days * 86400 if days else None,
        idempotency_key=key,
        request_hash=_request_hash(job),
    )

    def admit(connection: sa.Connection) -> None:
        services.quotas.check_job(connection, caller)
        services.uploads.claim(connection, upload.id)

    try:
        entry = services.queue.accept(order, admit)
    except (ApiError, NotFoundError):
        services.objects.delete(audio)
        raise
    fresh = entry.record.id == transcript_id
    if not fresh:
        services.objects.delete(audio)
    # The job is written down: if the queue is away, the next sweep of any worker hands it over.
    with suppress(StorageError):
        services.workflows.enqueue(entry)
    services.uploads.end(upload.id)
    tracing.accepted(entry.record.id)
    return entry, fresh


def _admit(services: Services, caller: Caller) -> Admit:
    return lambda connection: services.quotas.check_job(connection, caller)


def _request_hash(job: NewJob) -> str:
    plain = json.dumps(job.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


@router.get("/{transcript_id}", responses=ERRORS)
def status(request: Request, caller: MayRead, transcript_id: str) -> JobView:
    """Where a job stands."""
    return services_of(request).library.get(caller.owner, transcript_id).view


@router.get("/{transcript_id}/result", responses=ERRORS)
def result(request: Request, caller: MayRead, transcript_id: str) -> Transcript:
    """The transcript of a job that is done."""
    services = services_of(request)
    entry = services.library.get(caller.owner, transcript_id)
    if entry.job.state != "done":
        error = entry.job.error
        raise ApiError(
            409,
            error.message if error else f"The job is {entry.job.state}, not done.",
            hint=error.hint if error else "Follow it with /events, or read what there is so far.",
            code=f"job_{entry.job.state}",
        )
    return services.library.read(caller.owner, transcript_id)


@router.post("/{transcript_id}/cancel", responses=ERRORS)
def cancel(request: Request, caller: MayTranscribe, transcript_id: str) -> JobView:
    """End a job after the batch in flight; what is committed stays."""
    services = services_of(request)
    services.library.get(caller.owner, transcript_id, to_change=True)
    entry = services.queue.change(transcript_id, "cancelled")
    if entry.job.state == "cancelled":
        services.workflows.cancel(entry)
    return entry.view


@router.post("/{transcript_id}/resume", responses=ERRORS)
def resume(request: Request, caller: MayTranscribe, transcript_id: str) -> JobView:
    """Go on with a failed or cancelled job from its last window."""
    services = services_of(request)
    entry = services.library.get(caller.owner, transcript_id, to_change=True)
    if entry.job.state not in ("failed", "cancelled"):
        raise ApiError(
            409,
            f"The job is {entry.job.state}.",
            hint="Only a failed or cancelled job can be resumed.",
            code=f"job_{entry.job.state}",
        )
    if not entry.record.audio_path:
        raise ApiError(409, "The audio was deleted.", hint="Upload it again.", code="audio_gone")
    entry = services.queue.restart(transcript_id, admit=_admit(services, caller))
    services.workflows.enqueue(entry)
    return entry.view


@router.get("/{transcript_id}/events", response_class=StreamingResponse, responses=ERRORS)
async def events(
    request: Request,
    caller: MayRead,
    transcript_id: str,
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Progress as server-sent events: `job` (a JobView) and `segments` (SegmentsSaved).

    A client that reconnects with Last-Event-ID gets what it missed; 204 says there is no more.
    """
    services = services_of(request)
    entry = await asyncio.to_thread(services.library.get, caller.owner, transcript_id)
    windows, segments, state = _position(last_event_id)
    if state == entry.job.state and state in FINISHED:
        return Response(status_code=204)
    stream = _events(services, transcript_id, windows, segments)
    return StreamingResponse(stream, media_type="text/event-stream", headers=NO_BUFFERING)


async def _events(
    services: Services, transcript_id: str, windows: int, segments: int
) -> AsyncGenerator[str]:
    try:
        # Let go when the server stops: who reconnects, here or elsewhere, goes on from there.
        stop = services.drain.begun
        async for progress in services.progress.follow(transcript_id, windows, stop=stop):
            if progress is None:
                yield ": still here\n\n"
                continue
            windows += len(progress.windows)
            fresh = _segments(progress, transcript_id, segments)
            segments += len(fresh.segments)
            state = progress.entry.job.state
            place = f"{windows}.{segments}.{state}"
            if fresh.segments:
                yield _event("segments", place if not progress.finished else "", fresh)
            yield _event("job", place, progress.entry.view)
    except NotFoundError:
        yield "event: gone\ndata: {}\n\n"


def _segments(progress: Progress, transcript_id: str, first: int) -> SegmentsSaved:
    found = tuple(segment for row in progress.windows for segment in row.segments)
    return SegmentsSaved(transcript_id, first, found)


def _event(name: str, place: str, body: object) -> str:
    data = json.dumps(to_plain(body), ensure_ascii=False)
    mark = f"id: {place}\n" if place else ""
    return f"event: {name}\n{mark}data: {data}\n\n"


def _position(last_event_id: str) -> tuple[int, int, str]:
    parts = last_event_id.split(".")
    if len(parts) == 3 and parts[0].isdecimal() and parts[1].isdecimal():
        return int(parts[0][:9]), int(parts[1][:9]), parts[2]
    return 0, 0, ""
