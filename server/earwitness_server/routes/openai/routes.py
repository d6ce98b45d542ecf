"""`/v1/audio/transcriptions`, `/v1/audio/translations`, `/v1/models`."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any

from earwitness.domain.records import iso
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.speech.settings import SpeechSettings
from earwitness.transcript import Segment, Task, Transcript
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from earwitness_server.errors import ApiError, error_answers, error_body
from earwitness_server.http.auth import require
from earwitness_server.inference.engine import Recording
from earwitness_server.inference.local_transcriber import LocalTranscriber
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.media.media_types import media_type_of
from earwitness_server.routes.openai import answer
from earwitness_server.routes.openai.direct import DirectGuard, DirectRoute
from earwitness_server.routes.openai.form import (
    Granularity,
    TranscriptionFields,
    TranscriptionForm,
    granularities,
    language_refused,
    options,
    speech_settings,
)
from earwitness_server.services import services_of
from earwitness_server.storage.database import now_s
from earwitness_server.storage.keys import Caller

router = APIRouter(prefix="/v1", tags=["openai"], route_class=DirectRoute)
MayTranscribe = Annotated[Caller, Depends(require("transcribe"))]
LetIn = Annotated[Caller, Depends(DirectGuard("transcribe").caller)]
ERRORS = error_answers(400, 401, 403, 404, 408, 413, 429, 503, 507)


@router.post("/audio/transcriptions", responses=ERRORS, response_class=Response)
async def transcriptions(request: Request, form: TranscriptionFields, _caller: LetIn) -> Response:
    """Transcribe a recording in its own language."""
    return await _answer(request, form, "transcribe")


@router.post("/audio/translations", responses=ERRORS, response_class=Response)
async def translations(request: Request, form: TranscriptionFields, _caller: LetIn) -> Response:
    """Transcribe a recording into English."""
    return await _answer(request, form, "translate")


@router.get("/models", responses=error_answers(401, 403, 429))
async def models(request: Request, _caller: MayTranscribe) -> dict[str, Any]:
    """The models on this server; `whisper-1` is the default one."""
    names = services_of(request).registry.names()
    return {"object": "list", "data": [_model(name) for name in names]}


@router.get("/models/{model_id:path}", responses=error_answers(401, 403, 404, 429))
async def model(request: Request, model_id: str, _caller: MayTranscribe) -> dict[str, Any]:
    """One model."""
    if not model_id:
        raise ApiError(
            404,
            "The name of a model is missing.",
            hint="GET /v1/models lists them.",
            code="model_not_found",
            param="model",
        )
    services_of(request).registry.resolve(model_id)
    return _model(model_id)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "earwitness"}


async def _answer(request: Request, form: TranscriptionForm, task: Task) -> Response:
    wanted = granularities(form)
    services = services_of(request)
    room: LocalTranscriber | QueuedTranscriber = request.app.state.room
    # The model's own id, so that the answer and the seed of sampling name what was really used.
    asked = options(form, services.registry, task, words=True)
    # The spooled file itself, which is deleted when the answer has ended.
    path = Path(str(form.file.file.name))
    try:
        fingerprint = await asyncio.to_thread(_digest, path)
        name = form.file.filename or ""
        media_type = media_type_of(name, form.file.content_type or "")
        recording = Recording(path, asked, fingerprint, media_type=media_type)
        hearing = _Hearing(room, recording, speech_settings(form), name)
        if form.stream:
            parts = hearing.events()
            # The first event is awaited here, so that a refusal still has its status.
            first = await anext(parts)
            return StreamingResponse(
                _after(first, parts), media_type="text/event-stream", headers=NO_BUFFERING
            )
        transcript = await hearing.whole()
        return _shaped(transcript, form.response_format, wanted)
    except BadRequestError as error:
        # The fields were read and the model is here: what is left for it to refuse is a language.
        raise language_refused(error.message, error.hint) from error


NO_BUFFERING = {"cache-control": "no-store", "x-accel-buffering": "no"}


def _shaped(transcript: Transcript, form: str, wanted: frozenset[Granularity]) -> Response:
    if form == "json":
        return JSONResponse(answer.simple(transcript))
    if form == "verbose_json":
        return JSONResponse(answer.verbose(transcript, wanted))
    return PlainTextResponse(answer.plain(transcript, form))


def _digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


async def _after(first: str, rest: AsyncGenerator[str]) -> AsyncGenerator[str]:
    yield first
    async for event in rest:
        yield event


class _Hearing:
    """One direct request."""

    def __init__(
        self,
        room: LocalTranscriber | QueuedTranscriber,
        recording: Recording,
        settings: SpeechSettings,
        name: str,
    ) -> None:
        self._room = room
        self._recording = recording
        self._settings = settings
        self._name = name
        self._segments: list[Segment] = []
        self._language: str | None = None
        self._probability: float | None = None
        self._duration_s = 0.0

    async def _windows(self) -> AsyncGenerator[list[Segment]]:
        async with aclosing(self._room.hear(self._recording, self._settings)) as batches:
            async for batch in batches:
                fresh = [segment for row in batch.windows for segment in row.segments]
                self._segments += fresh
                self._language = batch.resume.language or None
                self._probability = batch.resume.language_probability
                self._duration_s = batch.position_s
                yield fresh

    async def whole(self) -> Transcript:
        async for _fresh in self._windows():
            pass
        return self._transcript()

    def _transcript(self) -> Transcript:
        return Transcript(
            id="direct",
            name=self._name,
            created_at=iso(now_s()),
            duration_s=self._duration_s,
            model=self._recording.options.model,
            task=self._recording.options.task,
            language=self._language,
            language_probability=self._probability,
            segments=tuple(self._segments),
        )

    async def events(self) -> AsyncGenerator[str]:
        """Server-sent events: text as it is decoded, then all of it."""
        so_far = ""
        try:
            async for _fresh in self._windows():
                text = answer.full_text(self._transcript())
                if len(text) > len(so_far):
                    yield _event({"type": "transcript.text.delta", "delta": text[len(so_far) :]})
                    so_far = text
        except EarwitnessError as error:
            if not so_far:
                raise
            code = error.code if isinstance(error, ApiError) else None
            yield _event(error_body(str(error), kind="server_error", code=code))
            return
        done = self._transcript()
        yield _event(
            {"type": "transcript.text.done", "text": answer.full_text(done),
             "usage": answer.usage(done)}
        )  # fmt: skip


def _event(body: dict[str, Any]) -> str:
    name = body.get("type", "error")
    return f"event: {name}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"
