"""The multipart fields of a transcription request, and what they may not be together."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from earwitness.messages import TranscribeOptions
from earwitness.speech.settings import DecodingSettings, SpeechSettings, VadSettings
from earwitness.transcript import Task
from fastapi import File, Form, UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from earwitness_server.errors import ApiError
from earwitness_server.inference.model_registry import ModelRegistry

ResponseFormat = Literal["json", "text", "srt", "verbose_json", "vtt"]
_FORMATS = ", ".join(f"'{each}'" for each in get_args(ResponseFormat))
Granularity = Literal["word", "segment"]


def _known_here(asked: object) -> object:
    # Whoever asks for OpenAI's own format shall hear why it is missing, not only what there is.
    if asked == "diarized_json":
        raise PydanticCustomError(
            "unsupported_value",
            "This server cannot tell speakers apart. Use one of {formats}",
            {"formats": _FORMATS},
        )
    return asked


class TranscriptionForm(BaseModel):
    """Fields of `POST /v1/audio/transcriptions`, bracketed names included."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    file: UploadFile
    model: str = Field(min_length=1, max_length=200)
    language: str = Field(default="", max_length=40)
    prompt: str = Field(default="", max_length=10_000)
    response_format: Annotated[ResponseFormat, BeforeValidator(_known_here)] = "json"
    temperature: float = Field(default=0.0, ge=0.0, le=1.0)
    timestamp_granularities: list[Granularity] = Field(
        default=[], alias="timestamp_granularities[]", max_length=2
    )
    include: list[Literal["logprobs"]] = Field(default=[], alias="include[]", max_length=1)
    stream: bool = False
    chunking_strategy: str = Field(default="", max_length=1000)


TranscriptionFields = Annotated[
    TranscriptionForm, Form(media_type="multipart/form-data", description="The recording.")
]
UploadedFile = Annotated[UploadFile, File()]


def granularities(form: TranscriptionForm) -> frozenset[Granularity]:
    """Which times the answer carries.

    Raises:
        ApiError: the fields contradict each other.
    """
    asked = frozenset(form.timestamp_granularities)
    if asked and form.response_format != "verbose_json":
        raise _refused(
            "Timestamp granularities come only with response_format=verbose_json.",
            "timestamp_granularities",
        )
    if form.include:
        raise _refused("Log-probabilities of tokens are not available here.", "include")
    return asked or frozenset(("segment",))


def options(
    form: TranscriptionForm, registry: ModelRegistry, task: Task, words: bool
) -> TranscribeOptions:
    """What the engine is told.

    Raises:
        ApiError: there is no such model or language, or this model does not know it.
    """
    resolve = registry.resolve_to_translate if task == "translate" else registry.resolve
    model = resolve(form.model)
    return TranscribeOptions(
        model=model,
        language=registry.language(form.language, model),
        task=task,
        words=words,
        prompt=form.prompt,
    )


def speech_settings(form: TranscriptionForm) -> SpeechSettings:
    """A temperature of its own is used as it is; 0 means the usual ladder."""
    if form.temperature == 0:
        return SpeechSettings(vad=VadSettings())
    return SpeechSettings(decoding=DecodingSettings(temperatures=(form.temperature,)))


def language_refused(message: str, hint: str) -> ApiError:
    """The model does not know the language asked for."""
    return ApiError(400, message, hint=hint, param="language", code="unsupported_value")


def _refused(message: str, param: str) -> ApiError:
    return ApiError(400, message, hint="Change that field.", param=param, code="unsupported_value")
