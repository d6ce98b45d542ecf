"""Transcribe files on this machine, with the server's engine and models and without a server."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from earwitness.domain.finished_transcript import finished_transcript
from earwitness.domain.media_types import media_type_of
from earwitness.domain.records import iso
from earwitness.domain.speakers import apply_turns, speakers_of, turns_of
from earwitness.errors import BadRequestError, EarwitnessError, ModelError
from earwitness.messages import TranscribeOptions
from earwitness.speakers.diarization import Diarization
from earwitness.transcript import Transcript

from earwitness_server.cli.terminal import Progress, note
from earwitness_server.cli.transcriber import Transcribed
from earwitness_server.inference.collected_text import CollectedText
from earwitness_server.inference.engine import Engine
from earwitness_server.inference.errors import UnknownModelError
from earwitness_server.inference.install import available, install_missing
from earwitness_server.inference.model_registry import ModelRegistry
from earwitness_server.inference.transcriber import Recording
from earwitness_server.media.source import DecodedAudio
from earwitness_server.routes.validate_options import validate_options
from earwitness_server.services import engine_of
from earwitness_server.settings import Settings


class DeviceTranscriber:
    """Transcribes with the models in the folder of the settings."""

    def __init__(self, engine: Engine, options: TranscribeOptions) -> None:
        """`options`: as `validate_options` returns them."""
        self._engine = engine
        self._options = options

    async def transcribe(self, path: Path, progress: Progress) -> Transcribed:
        """Return the transcript of a file.

        Raises:
            MediaError: it cannot be decoded.
            ModelError: the computation failed.
            OSError: the file cannot be read.
        """
        progress.show("reading")
        fingerprint = await asyncio.to_thread(_digest, path)
        media_type = media_type_of(path.name, "")
        recording = Recording(path, self._options, fingerprint, media_type=media_type)
        transcript = await self._words(recording, progress)
        if not self._options.speakers:
            return Transcribed(transcript)
        progress.show("telling speakers apart")
        try:
            found = await self._engine.find_speakers(recording)
        except EarwitnessError as error:
            return Transcribed(transcript, str(error))
        return Transcribed(with_speakers(transcript, found))

    async def _words(self, recording: Recording, progress: Progress) -> Transcript:
        duration_s = 0.0

        def opened(audio: DecodedAudio) -> None:
            nonlocal duration_s
            duration_s = audio.duration_s or 0.0

        collected = CollectedText(self._options)
        batches = self._engine.transcribe(recording, opened=opened)
        async with aclosing(batches):
            async for batch in batches:
                collected.add(batch)
                progress.show("transcribing", batch.position_s, duration_s)
        if collected.prompt_used:
            note("The prompt is too long. Only its end was used.")
        return collected.transcript(secrets.token_hex(12), recording.path.name, iso(time.time()))


def device_transcriber(settings: Settings, options: TranscribeOptions) -> DeviceTranscriber:
    """Return what transcribes on this machine; fetches the model if it is missing.

    Raises:
        ModelError: a model is missing and cannot be fetched.
        BadRequestError: the options cannot work.
    """
    engine = engine_of(settings)
    names = sorted({*engine.models(), *available()})
    registry = ModelRegistry(lambda: names, settings.default_model)
    if options.speakers and not engine.tells_speakers():
        raise ModelError(
            "The models that tell speakers apart are missing.",
            hint=f"Fetch them: earwitness models speakers --into {settings.models}",
        )
    try:
        checked = validate_options(registry, options)
    except UnknownModelError as error:
        raise BadRequestError(
            f"There is no model {options.model!r:.100} in {settings.models}.",
            hint=f"Use one of: {', '.join(names)}.",
        ) from error
    install_missing(checked.model, settings.models, note)
    # Opened again: a voice detector has come with the model.
    return DeviceTranscriber(engine_of(settings), checked)


def with_speakers(transcript: Transcript, found: Diarization) -> Transcript:
    """Return the transcript as the library has it after an analysis of the speakers."""
    opened = finished_transcript(transcript, TranscribeOptions()).opened
    opened = apply_turns(opened, found.speakers, found.turns)
    return replace(
        transcript,
        segments=tuple(opened.segments),
        speakers=speakers_of(opened),
        turns=turns_of(opened.document.speakers),
    )


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
