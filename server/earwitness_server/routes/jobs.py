"""Jobs: accept, follow, cancel and resume."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Annotated

import sqlalchemy as sa
from earwitness.domain import jobs as transitions
from earwitness.domain.media_types import media_type_of
from earwitness.domain.redaction import hide, parts_of
from earwitness.errors import EarwitnessError, NotFoundError, StorageError
from earwitness.messages import JobView, SegmentsSaved, TranscribeOptions, TranscriptSummary
from earwitness.serialization import AddedFields, to_plain
from earwitness.transcript import Transcript
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from earwitness_server.errors import ApiError, error_answers
from earwitness_server.http import sse
from earwitness_server.http.auth import MayRead, MayTranscribe
from earwitness_server.http.old_pages import ApiRoute, added_fields
from earwitness_server.observability.tracing import tracing
from earwitness_server.routes.validate_options import validate_options
from earwitness_server.services import CurrentServices, Services
from earwitness_server.storage.database import now_s
from earwitness_server.storage.errors import RefusedError
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.queue import JobSpec
from earwitness_server.storage.rows import FINISHED, Entry

router = APIRouter(
    prefix="/api/jobs",
    tags=["jobs"],
    route_class=ApiRoute,
    responses=error_answers(400, 401, 403, 404, 409, 422, 429, 503, 507),
)


class NewJob(BaseModel, extra="forbid"):
    """What is to be transcribed, and how."""

    upload: str = Field(max_length=64, description="Id of a finished upload.")
    name: str = Field(default="", max_length=1000, description="Empty: the upload's file name.")
    options: TranscribeOptions = Field(default_factory=TranscribeOptions)
    keep_audio: bool = True
    retention_days: float | None = Field(default=None, gt=0, le=36500)


@router.post("", status_code=201, responses={200: {"model": TranscriptSummary}})
def accept(
    services: CurrentServices,
    response: Response,
    caller: MayTranscribe,
    job: NewJob,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> TranscriptSummary:
    """Accept a recording. Once this has answered, the job will be done."""
    key = (idempotency_key or "").strip() or None
    transcript_id = secrets.token_hex(12)
    entry = _accepted_before(services, caller, job, key)
    if entry is None:
        try:
            entry = _accept(services, caller, job, key, transcript_id)
        except EarwitnessError:
            # The same request, sent at the same moment, may have taken the upload first.
            entry = _accepted_before(services, caller, job, key)
            if entry is None:
                raise
    if entry.record.id != transcript_id:
        response.status_code = 200
    response.headers["location"] = f"/api/jobs/{entry.record.id}"
    return entry.summary


def _accepted_before(
    services: Services, caller: Caller, job: NewJob, key: str | None
) -> Entry | None:
    """Return the job that was accepted under this idempotency key; None if there is none."""
    return services.queue.find_by_key(caller.owner, key, _request_hash(job)) if key else None


def _accept(
    services: Services, caller: Caller, job: NewJob, key: str | None, transcript_id: str
) -> Entry:
    """Create the job, and return it; or return another that has this idempotency key."""
    upload = services.uploads.get(caller.owner, job.upload)
    options = validate_options(services.registry, job.options)
    if missing := upload.length - upload.received:
        raise ApiError(
            409,
            f"{missing} bytes of the upload are missing.",
            hint="Finish it first.",
            code="upload_incomplete",
        )
    # Checked here only to save the copy of a large file; decided when the job is written.
    with services.database.read() as connection:
        services.quotas.check_job(connection, caller)
    audio = f"audio/{transcript_id}"
    fingerprint = services.uploads.join(upload, audio)
    days = job.retention_days or services.settings.retention_days
    spec = JobSpec(
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
        entry = services.queue.accept(spec, admit)
    except (RefusedError, NotFoundError):
        services.objects.delete(audio)
        raise
    if entry.record.id != transcript_id:
        services.objects.delete(audio)
    # The job is stored: if the queue is unavailable, the next sweep of a worker enqueues it.
    with suppress(StorageError):
        services.workflows.enqueue(entry)
    services.uploads.delete(upload.id)
    tracing.link_job(entry.record.id)
    return entry


def _request_hash(job: NewJob) -> str:
    # A field added since leaves the hash of a request without it as it was.
    plain = job.model_dump(mode="json") | {"options": to_plain(job.options, "set")}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


@router.get("/{transcript_id}")
def status(services: CurrentServices, caller: MayRead, transcript_id: str) -> JobView:
    """Where a job stands."""
    return services.library.get(caller.owner, transcript_id).view


@router.get("/{transcript_id}/result")
def result(services: CurrentServices, caller: MayRead, transcript_id: str) -> Transcript:
    """The transcript of a job that is done."""
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


@router.post("/{transcript_id}/cancel")
def cancel(services: CurrentServices, caller: MayTranscribe, transcript_id: str) -> JobView:
    """End a job after the batch in flight; what is committed stays."""
    services.library.get(caller.owner, transcript_id, to_change=True)
    entry = services.queue.change(transcript_id, transitions.cancel)
    if entry.job.state == "cancelled":
        services.workflows.cancel(entry)
    return entry.view


@router.post("/{transcript_id}/resume")
def resume(services: CurrentServices, caller: MayTranscribe, transcript_id: str) -> JobView:
    """Go on with a failed or cancelled job from its last window."""
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
    entry = services.queue.restart(
        transcript_id, lambda connection: services.quotas.check_job(connection, caller)
    )
    services.workflows.enqueue(entry)
    return entry.view


@router.get("/{transcript_id}/events", response_class=StreamingResponse)
async def events(
    services: CurrentServices,
    request: Request,
    caller: MayRead,
    transcript_id: str,
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Progress as server-sent events: `job` (a JobView) and `segments` (SegmentsSaved).

    A client that reconnects with Last-Event-ID gets what it missed; 204 says there is no more.
    """
    entry = await asyncio.to_thread(services.library.get, caller.owner, transcript_id)
    windows, segments, state = _position(last_event_id)
    if state == entry.job.state and state in FINISHED:
        return Response(status_code=204)
    added = added_fields(request.headers)
    return sse.stream(_events(services, transcript_id, windows, segments, added))


async def _events(
    services: Services, transcript_id: str, windows: int, segments: int, added: AddedFields
) -> AsyncGenerator[str]:
    try:
        # Ends when the server stops: a client that reconnects, here or elsewhere, continues.
        stop = services.drain.begun.is_set
        async for progress in services.progress.follow(transcript_id, windows, stop=stop):
            if progress is None:
                yield sse.KEEP_ALIVE
                continue
            rows = progress.windows
            windows += len(rows)
            parts = parts_of(progress.entry.document.redactions)
            fresh = tuple(hide(segment, parts) for row in rows for segment in row.segments)
            saved = SegmentsSaved(transcript_id, segments, fresh)
            segments += len(fresh)
            state = progress.entry.job.state
            event_id = f"{windows}.{segments}.{state}"
            if fresh:
                yield sse.event(
                    "segments", to_plain(saved, added), "" if progress.finished else event_id
                )
            yield sse.event("job", to_plain(progress.entry.view, added), event_id)
    except NotFoundError:
        yield sse.event("gone", {})


def _position(last_event_id: str) -> tuple[int, int, str]:
    parts = last_event_id.split(".")
    if len(parts) == 3 and parts[0].isdecimal() and parts[1].isdecimal():
        return int(parts[0][:9]), int(parts[1][:9]), parts[2]
    return 0, 0, ""
