"""The engine: models in memory and the voice activity detector, shared by all transcriptions."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import ctranslate2
from earwitness.errors import BadRequestError
from earwitness.speech.energy import EnergyVad, LevelMeter
from earwitness.speech.protocols import AudioSource, SpeechModel, Vad
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch, transcribe

from earwitness_server.inference.model_folder import is_model
from earwitness_server.inference.transcriber import Recording
from earwitness_server.inference.vad import FILE_NAME, Loudness, SileroVad
from earwitness_server.inference.whisper import WhisperModel
from earwitness_server.media.source import DecodedAudio, DecodeLimits

VAD_FOLDER = "silero-vad"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Where the models are, and what they run on."""

    folder: Path
    default: str
    device: str = "auto"
    threads: int = 0
    limits: DecodeLimits = field(default_factory=DecodeLimits)


class Engine:
    """Loads each model once; every transcription uses it."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._loaded: dict[str, WhisperModel] = {}
        self._lock = threading.Lock()
        devices: Any = ctranslate2
        cuda = devices.get_cuda_device_count() > 0
        self.device = ("cuda" if cuda else "cpu") if options.device == "auto" else options.device
        silero = options.folder / VAD_FOLDER
        has_silero = (silero / FILE_NAME).is_file()
        found = SileroVad(silero) if has_silero else EnergyVad(cast("LevelMeter", Loudness()))
        self._vad = cast("Vad", found)

    @property
    def default(self) -> str:
        """The id of the model used where none is named."""
        return self._options.default

    def models(self) -> list[str]:
        """Return the ids of the models in the folder, sorted."""
        folder = self._options.folder
        if not folder.is_dir():
            return []
        return sorted(each.name for each in folder.iterdir() if is_model(each))

    def load(self, model_id: str) -> WhisperModel:
        """Return the model, loaded now if it is not in memory.

        Raises:
            BadRequestError: this server has no such model.
            ModelError: it is damaged, or does not fit.
        """
        name = model_id or self._options.default
        with self._lock:
            if name not in self._loaded:
                if name not in self.models():
                    raise BadRequestError(
                        f"There is no model {name!r:.80} on this server.",
                        hint=f"Use one of: {', '.join(self.models()) or 'none is installed'}.",
                    )
                self._loaded[name] = WhisperModel(
                    self._options.folder / name,
                    device=self.device,
                    compute_type="float16" if self.device == "cuda" else "int8",
                    threads=self._options.threads or min(4, os.cpu_count() or 1),
                )
            return self._loaded[name]

    async def transcribe(
        self,
        recording: Recording,
        *,
        settings: SpeechSettings | None = None,
        opened: Callable[[DecodedAudio], None] = lambda _audio: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Batch]:
        """Yield batches of windows.

        `opened` is called with the decoding, which tells the container's length, and at its end
        whether the file is cut off.

        Raises:
            MediaError: the recording cannot be decoded.
            BadRequestError: this server lacks the model, or the model lacks the language.
            ModelError: the computation failed.
        """
        model = self.load(recording.options.model)
        audio = await DecodedAudio.open(
            recording.path,
            recording.options.audio_track,
            self._options.limits,
            recording.media_type,
        )
        try:
            opened(audio)
            batches = transcribe(
                cast("AudioSource", audio),
                self._vad,
                cast("SpeechModel", model),
                recording.options,
                recording.resume,
                fingerprint=recording.fingerprint,
                settings=settings,
                start_s=recording.start_s,
                end_s=recording.end_s,
                stop=stop,
            )
            async with aclosing(cast("AsyncGenerator[Batch]", batches)) as each:
                async for batch in each:
                    yield batch
        finally:
            await audio.close()
