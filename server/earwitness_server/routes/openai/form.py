"""The multipart fields of a transcription request, and their rules."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from earwitness.domain.terms import MAX_CHARACTERS, MAX_TERMS, clean_terms
from earwitness.messages import TranscribeOptions
from earwitness.speech.settings import DecodingSettings, SpeechSettings
from earwitness.transcript import Task
from fastapi import Form, UploadFile
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as StarletteFile

from earwitness_server.inference.errors import UnsupportedValueError
from earwitness_server.inference.model_registry import ModelRegistry

ResponseFormat = Literal["json", "text", "srt", "verbose_json", "vtt"]
_FORMATS = ", ".join(f"'{each}'" for each in get_args(ResponseFormat))
Granularity = Literal["word", "segment"]


def _known_here(asked: object) -> object:
    # A client that asks for OpenAI's own format is told why it is missing, not only what there is.
    if asked == "diarized_json":
        raise PydanticCustomError(
            "unsupported_value",
            "This server cannot tell speakers apart. Use one of {formats}",
            {"formats": _FORMATS},
        )
    return asked


class TranscriptionForm(BaseModel, extra="ignore", populate_by_name=True):
    """Fields of `POST /v1/audio/transcriptions`, bracketed names included."""

    file: UploadFile
    model: str = Field(min_length=1, max_length=200)
    language: str = Field(default="", max_length=40)
    prompt: str = Field(default="", max_length=10_000)
    terms: list[Annotated[str, Field(max_length=MAX_CHARACTERS)]] = Field(
        default=[], alias="terms[]", max_length=MAX_TERMS
    )
    response_format: Annotated[ResponseFormat, BeforeValidator(_known_here)] = "json"
    temperature: float = Field(default=0.0, ge=0.0, le=1.0)
    timestamp_granularities: list[Granularity] = Field(
        default=[], alias="timestamp_granularities[]", max_length=2
    )
    include: list[Literal["logprobs"]] = Field(default=[], alias="include[]", max_length=1)
    stream: bool = False
    chunking_strategy: str = Field(default="", max_length=1000)

    def granularities(self) -> frozenset[Granularity]:
        """Return which times the answer carries.

        Raises:
            UnsupportedValueError: the fields contradict each other.
        """
        asked = frozenset(self.timestamp_granularities)
        if asked and self.response_format != "verbose_json":
            raise _unsupported(
                "Timestamp granularities need response_format=verbose_json.",
                "timestamp_granularities",
            )
        if self.include:
            raise _unsupported("Log-probabilities of tokens are not available.", "include")
        return asked or frozenset(("segment",))

    def options(self, registry: ModelRegistry, task: Task) -> TranscribeOptions:
        """Return the options for the engine, with the times of words.

        Raises:
            UnknownModelError: this server has no such model.
            UnsupportedValueError: the model cannot do this.
        """
        model = registry.resolve(self.model, to_translate=task == "translate")
        language = registry.language(self.language, model)
        terms = clean_terms(self.terms)
        return TranscribeOptions(model, language, task, prompt=self.prompt, terms=terms)

    def speech_settings(self) -> SpeechSettings:
        """Return the settings for a temperature: above 0 that one; 0 means the usual ladder."""
        if self.temperature == 0:
            return SpeechSettings()
        return SpeechSettings(decoding=DecodingSettings(temperatures=(self.temperature,)))


_LISTS = re.compile(r"(timestamp_granularities|include|terms)(?:\[\d{0,3}\])?")


def with_lists(fields: FormData) -> FormData:
    """Return the fields with each list under its name with `[]`, a value an entry.

    Clients send `name`, `name[]` or `name[0]`, and several values apart, with commas or as JSON.
    """
    entries: list[tuple[str, str | StarletteFile]] = []
    for name, value in fields.multi_items():
        match = _LISTS.fullmatch(name)
        if match is None or not isinstance(value, str):
            entries.append((name, value))
            continue
        parts = [part.strip(" []\"'") for part in value.split(",")]
        for part in filter(None, parts):
            entry = (f"{match[1]}[]", part)
            if entry not in entries:
                entries.append(entry)
    return FormData(entries)


TranscriptionFields = Annotated[
    TranscriptionForm, Form(media_type="multipart/form-data", description="The recording.")
]


def _unsupported(message: str, field: str) -> UnsupportedValueError:
    return UnsupportedValueError(message, hint="Change that field.", field=field)
