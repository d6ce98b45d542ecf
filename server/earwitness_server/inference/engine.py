"""The engine: models in memory and the voice activity detector, shared by all transcriptions."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
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


class Engine:
    """Loads each model once; every transcription uses it."""

    def __init__(
        self,
        folder: Path,
        default: str,
        *,
        device: str = "auto",
        threads: int = 0,
        limits: DecodeLimits | None = None,
    ) -> None:
        """Use the models in `folder`; `default` is the id of the one used where none is named.

        `threads`: of one model; 0: at most four.
        """
        self._folder = folder
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._limits = limits or DecodeLimits()
        self.default = default
        self._loaded: dict[str, WhisperModel] = {}
        self._lock = threading.Lock()
        devices: Any = ctranslate2
        cuda = devices.get_cuda_device_count() > 0
        self.device = ("cuda" if cuda else "cpu") if device == "auto" else device
        silero = folder / VAD_FOLDER
        has_silero = (silero / FILE_NAME).is_file()
        found = SileroVad(silero) if has_silero else EnergyVad(cast("LevelMeter", Loudness()))
        self._vad = cast("Vad", found)

    def models(self) -> list[str]:
        """Return the ids of the models in the folder, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(each.name for each in self._folder.iterdir() if is_model(each))

    def load(self, model_id: str) -> WhisperModel:
        """Return the model, loaded now if it is not in memory.

        Raises:
            BadRequestError: this server has no such model.
            ModelError: it is damaged, or does not fit.
        """
        name = model_id or self.default
        with self._lock:
            if name not in self._loaded:
                if name not in self.models():
                    raise BadRequestError(
                        f"There is no model {name!r:.80} on this server.",
                        hint=f"Use one of: {', '.join(self.models()) or 'none is installed'}.",
                    )
                self._loaded[name] = WhisperModel(
                    self._folder / name,
                    device=self.device,
                    compute_type="float16" if self.device == "cuda" else "int8",
                    threads=self._threads,
                )
            return self._loaded[name]

    async def transcribe(
        self,
        recording: Recording,
        *,
        settings: SpeechSettings | None = None,
        opened: Callable[[float], None] = lambda _duration_s: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Batch]:
        """Yield batches of windows.

        `opened` is called with the length that the container claims; 0 where it claims none.

        Raises:
            MediaError: the recording cannot be decoded.
            BadRequestError: this server lacks the model, or the model lacks the language.
            ModelError: the computation failed.
        """
        model = self.load(recording.options.model)
        audio = await DecodedAudio.open(
            recording.path,
            recording.options.audio_track,
            self._limits,
            recording.media_type,
        )
        try:
            opened(audio.duration_s or 0.0)
            batches = transcribe(
                cast("AudioSource", audio),
                self._vad,
                cast("SpeechModel", model),
                recording.options,
                recording.resume,
                fingerprint=recording.fingerprint,
                settings=settings,
                stop=stop,
            )
            async with aclosing(cast("AsyncGenerator[Batch]", batches)) as each:
                async for batch in each:
                    yield batch
        finally:
            await audio.close()
