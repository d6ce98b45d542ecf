"""The engine: models in memory and the voice activity detector, shared by all transcriptions."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import ctranslate2
from earwitness.domain.speakers import speaker_range
from earwitness.engine_messages import ResumePoint, SpeakerWindow
from earwitness.errors import BadRequestError
from earwitness.speakers.diarization import Diarization, diarize
from earwitness.speakers.protocols import SpeakerModels
from earwitness.speakers.recognition import recognise
from earwitness.speakers.windows import analyse
from earwitness.speech.channels import CHANNELS, Channels, levels_of_run, speech_levels
from earwitness.speech.energy import EnergyVad, LevelMeter
from earwitness.speech.protocols import AudioSource, SpeechModel, Vad
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch, transcribe

from earwitness_server.inference.known_voices import KnownVoice, voice_vector
from earwitness_server.inference.model_folder import installed_models
from earwitness_server.inference.speaker_models import OnnxSpeakerModels, has_speakers
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
        self._speaker_models: OnnxSpeakerModels | None = None
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
        return installed_models(self._folder)

    def tells_speakers(self) -> bool:
        """Return whether the models that tell speakers apart are in the folder."""
        return has_speakers(self._folder)

    async def find_speakers(
        self,
        recording: Recording,
        known: Sequence[KnownVoice] = (),
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> Diarization:
        """Return who speaks when, as many people as the options ask for.

        People that are alike a known voice have its name.

        Raises:
            SpeakersUnavailableError: the models are not installed.
            MediaError: the recording cannot be decoded.
            UnsupportedValueError: a known voice cannot be used.
            ModelError: the computation failed.
        """
        models = cast("SpeakerModels", self._speakers())
        vectors = {each.name: await voice_vector(each, models, self._limits) for each in known}
        least, most = speaker_range(recording.options.speakers) or (1, None)
        windows: list[SpeakerWindow] = []
        async with self._open(recording) as audio:
            is_stereo = audio.channels == CHANNELS
            levels = await self._channel_levels(recording, stop) if is_stereo else None
            if levels is None:
                async for batch in analyse(cast("AudioSource", audio), models, stop=stop):
                    windows += batch
        if levels is not None:
            async with AsyncExitStack() as opened:
                sides = await self._sides(recording, opened)
                async for batch in analyse(_channels(sides, levels), models, stop=stop):
                    windows += batch
        found = diarize(windows, least, most)
        return recognise(found, windows, vectors).found if vectors else found

    @asynccontextmanager
    async def _open(
        self, recording: Recording, channel: int | None = None
    ) -> AsyncGenerator[DecodedAudio]:
        audio = await DecodedAudio.open(
            recording.path,
            recording.options.audio_track,
            self._limits,
            recording.media_type,
            channel=channel,
        )
        try:
            yield audio
        finally:
            await audio.close()

    async def _sides(self, recording: Recording, opened: AsyncExitStack) -> list[DecodedAudio]:
        """Each channel of a recording, until the end of `opened`."""
        return [
            await opened.enter_async_context(self._open(recording, channel))
            for channel in range(CHANNELS)
        ]

    async def _channel_levels(
        self, recording: Recording, stop: Callable[[], bool]
    ) -> tuple[float, ...] | None:
        """The level of speech in each channel, if each holds a voice; otherwise None."""
        async with AsyncExitStack() as opened:
            audios = cast("list[AudioSource]", await self._sides(recording, opened))
            return await speech_levels(audios, cast("LevelMeter", Loudness()), stop=stop)

    def _speakers(self) -> OnnxSpeakerModels:
        with self._lock:
            if self._speaker_models is None:
                self._speaker_models = OnnxSpeakerModels(self._folder, self._threads)
            return self._speaker_models

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
        async with AsyncExitStack() as stack:
            audio = await stack.enter_async_context(self._open(recording))
            levels = await levels_of_run(
                recording.resume or ResumePoint(),
                tells_speakers=bool(recording.options.speakers),
                channels=audio.channels,
                measure=lambda: self._channel_levels(recording, stop),
            )
            heard = cast("AudioSource | Channels", audio)
            if levels:
                await stack.aclose()
                sides = await self._sides(recording, stack)
                audio, heard = sides[0], _channels(sides, levels)
            opened(audio)
            batches = transcribe(
                heard,
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


def _channels(sides: Sequence[DecodedAudio], levels: Sequence[float]) -> Channels:
    return Channels(cast("list[AudioSource]", sides), levels, cast("LevelMeter", Loudness()))
