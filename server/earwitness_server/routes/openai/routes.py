"""`/v1/audio/transcriptions`, `/v1/audio/translations`, `/v1/models`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from earwitness.domain.media_types import media_type_of
from earwitness.domain.records import iso
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.speech.settings import SpeechSettings
from earwitness.transcript import Task, Transcript
from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from earwitness_server.drain import StoppingError
from earwitness_server.errors import ANSWERS, ApiError, error_answers, error_body
from earwitness_server.http import sse
from earwitness_server.http.auth import MayTranscribe
from earwitness_server.inference.collected_text import CollectedText
from earwitness_server.inference.errors import UnsupportedValueError
from earwitness_server.inference.known_voices import KnownVoice
from earwitness_server.inference.transcriber import Recording, Transcriber
from earwitness_server.observability.metrics import DIRECT
from earwitness_server.routes.openai import answer
from earwitness_server.routes.openai.direct import DirectGuard, DirectRoute
from earwitness_server.routes.openai.form import TranscriptionFields, TranscriptionForm
from earwitness_server.routes.openai.references import known_voices
from earwitness_server.services import CurrentServices, Services
from earwitness_server.storage.database import now_s
from earwitness_server.storage.keys import Caller

router = APIRouter(prefix="/v1", tags=["openai"], route_class=DirectRoute)
LetIn = Annotated[Caller, Depends(DirectGuard("transcribe").caller)]
NOTICE_HEADER = "Earwitness-Notice"
PROMPT_NOTICE = "The prompt is too long. Only its end was used."
ERRORS = error_answers(400, 401, 403, 404, 408, 413, 429, 503, 507)


@router.post("/audio/transcriptions", responses=ERRORS, response_class=Response)
async def transcriptions(
    services: CurrentServices, form: TranscriptionFields, _caller: LetIn
) -> Response:
    """Transcribe a recording in its own language."""
    return await _answer(services, form, "transcribe")


@router.post("/audio/translations", responses=ERRORS, response_class=Response)
async def translations(
    services: CurrentServices, form: TranscriptionFields, _caller: LetIn
) -> Response:
    """Transcribe a recording into English."""
    return await _answer(services, form, "translate")


@router.head("/models", include_in_schema=False)
@router.get("/models", responses=error_answers(401, 403, 429))
async def models(services: CurrentServices, _caller: MayTranscribe) -> dict[str, Any]:
    """The models on this server; `whisper-1` is the default one."""
    return {"object": "list", "data": [_model(name) for name in services.registry.names()]}


@router.head("/models/{model_id:path}", include_in_schema=False)
@router.get("/models/{model_id:path}", responses=error_answers(401, 403, 404, 429))
async def model(services: CurrentServices, model_id: str, _caller: MayTranscribe) -> dict[str, Any]:
    """One model."""
    if not model_id:
        raise ApiError(
            404,
            "The name of a model is missing.",
            hint="GET /v1/models lists them.",
            code="model_not_found",
            param="model",
        )
    services.registry.resolve(model_id)
    return _model(model_id)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "earwitness"}


async def _answer(services: Services, form: TranscriptionForm, task: Task) -> Response:
    wanted = form.granularities()
    # The model's own id, so that the answer and the seed of sampling name the model used.
    chosen = form.options(services.registry, task)
    # The spooled file itself, which is deleted when the answer has ended.
    path = Path(str(form.file.file.name))
    try:
        fingerprint = await asyncio.to_thread(_digest, path)
        name = form.file.filename or ""
        media_type = media_type_of(name, form.file.content_type or "")
        recording = Recording(path, chosen, fingerprint, media_type=media_type)
        names, references = form.known_speaker_names, form.known_speaker_references
        # Streamed events of speakers begin when the references have been used.
        with known_voices(names, references, services.temporary.folder) as known:
            direct = _DirectRequest(
                services.transcriber, recording, form.speech_settings(), name, known
            )
            if form.stream:
                events = direct.events()
                # The first event is awaited here, so that a refusal still has its status.
                first = await anext(events)
                return sse.stream(_after(first, events))
            transcript = await direct.whole()
    except UnsupportedValueError:
        raise
    except BadRequestError as error:
        # The fields are valid and the model is here: all that it can still refuse is a language.
        raise UnsupportedValueError(error.message, hint=error.hint, field="language") from error
    notice = {NOTICE_HEADER: PROMPT_NOTICE} if direct.prompt_used else None
    if form.response_format == "json":
        return JSONResponse(answer.simple(transcript), headers=notice)
    if form.response_format == "diarized_json":
        return JSONResponse(answer.diarized(transcript), headers=notice)
    if form.response_format == "verbose_json":
        return JSONResponse(answer.verbose(transcript, wanted), headers=notice)
    return PlainTextResponse(answer.plain(transcript, form.response_format), headers=notice)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


async def _after(first: str, rest: AsyncGenerator[str]) -> AsyncGenerator[str]:
    yield first
    async for event in rest:
        yield event


@dataclass
class _DirectRequest:
    """One transcription whose client waits for it."""

    transcriber: Transcriber
    recording: Recording
    settings: SpeechSettings
    name: str
    known: Sequence[KnownVoice] = ()

    def __post_init__(self) -> None:
        self._collected = CollectedText(self.recording.options)

    @property
    def prompt_used(self) -> str:
        """The end of a prompt that is too long; empty: all of it is used."""
        return self._collected.prompt_used

    async def _batches(self) -> AsyncGenerator[None]:
        """Take in batches; yields after each of them."""
        batches = self.transcriber.transcribe(self.recording, self.settings)
        with DIRECT.track_inprogress():
            async with aclosing(batches):
                async for batch in batches:
                    self._collected.add(batch)
                    yield

    async def whole(self) -> Transcript:
        """Return the transcript of the whole recording, with speakers if they are wanted."""
        async for _ in self._batches():
            pass
        transcript = self._transcript()
        if not self.recording.options.speakers:
            return transcript
        found = await self.transcriber.find_speakers(self.recording, self.known)
        return answer.with_speakers(transcript, found)

    def _transcript(self) -> Transcript:
        return self._collected.transcript("direct", self.name, iso(now_s()))

    async def events(self) -> AsyncGenerator[str]:
        """Yield server-sent events: the text as it is decoded, then the whole text."""
        if self.recording.options.speakers:
            whole = await self.whole()
            for segment in answer.diarized_segments(whole):
                yield _event(segment)
            yield _done(whole)
            return
        so_far = ""
        try:
            async for _ in self._batches():
                text = answer.full_text(self._transcript())
                if len(text) > len(so_far):
                    yield _event({"type": "transcript.text.delta", "delta": text[len(so_far) :]})
                    so_far = text
        except EarwitnessError as error:
            if not so_far:
                raise
            code = ANSWERS[StoppingError].code if isinstance(error, StoppingError) else None
            yield sse.event("error", error_body(500, str(error), code=code))
            return
        yield _done(self._transcript())


def _done(transcript: Transcript) -> str:
    text, usage = answer.full_text(transcript), answer.usage(transcript)
    return _event({"type": "transcript.text.done", "text": text, "usage": usage})


def _event(body: dict[str, Any]) -> str:
    return sse.event(body["type"], body)
