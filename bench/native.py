"""The engines that need no browser: faster-whisper, our graphs natively, and our server's."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ctranslate2
from earwitness.errors import MediaError
from earwitness.messages import TranscribeOptions
from earwitness.speech.transcribe import Batch, transcribe
from earwitness_server.inference.engine import Engine, EngineOptions, Recording
from faster_whisper import WhisperModel

from bench.heard import Heard, HeardWord
from bench.native_model import ArrayAudio, NativeWhisper, SileroVad, decode_audio
from bench.page import from_transcript
from bench.places import MODELS, ROOT, fingerprint, weights_folder


class FasterWhisper:
    """faster-whisper on the weights that the page's model was made from: int8, VAD on."""

    def __init__(self, model: str, beam: int = 1, threads: int = 2, words: bool = True) -> None:
        self.name = f"faster-whisper-{model}-beam{beam}"
        folder = weights_folder(model)
        self.fingerprint = fingerprint([version("faster-whisper"), folder.name])
        self._beam = beam
        self._words = words
        self._model = WhisperModel(str(folder), compute_type="int8", cpu_threads=threads)

    def hear(self, path: Path, clip: str) -> Heard:
        """Its own `transcribe`, the language detected."""
        ctranslate2.set_random_seed(0)
        began = time.monotonic()
        found, info = self._model.transcribe(
            str(path), beam_size=self._beam, vad_filter=True, word_timestamps=self._words
        )
        segments = list(found)
        return Heard(
            clip=clip,
            text=" ".join(segment.text.strip() for segment in segments),
            language=info.language,
            segments=tuple((segment.start, segment.end) for segment in segments),
            words=tuple(
                HeardWord(word.word.strip(), word.start, word.end)
                for segment in segments
                for word in segment.words or ()
            ),
            took_s=time.monotonic() - began,
        )


class NativeEarwitness:
    """Our graphs and our policy on native ONNX Runtime: what the page could reach at best."""

    def __init__(self, model: str, threads: int = 2, words: bool = True) -> None:
        self.name = f"native-{model}"
        folder = MODELS / model
        self.fingerprint = fingerprint(
            [
                ROOT / "py" / "earwitness" / "speech",
                ROOT / "bench" / "native_model.py",
                folder / "manifest.json",
            ]
        )
        self._words = words
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._model = NativeWhisper(folder, threads)
        self._vad = SileroVad(MODELS / "silero-vad" / "vad.onnx", threads)

    def hear(self, path: Path, clip: str) -> Heard:
        """The same driver as the page's."""
        began = time.monotonic()
        # The browser's driver has an event loop of its own in this thread.
        transcript = self._thread.submit(asyncio.run, self._transcribe(path)).result()
        heard = from_transcript(transcript, clip, time.monotonic() - began)
        counts = {name: transcript[name] for name in ("windows", "retries")}
        return dataclasses.replace(heard, **counts)

    async def _transcribe(self, path: Path) -> dict[str, Any]:
        audio = ArrayAudio(decode_audio(path))
        options = TranscribeOptions(words=self._words)
        return await _gather(
            transcribe(audio, self._vad, self._model, options, fingerprint="bench")
        )


class ServerEngine:
    """The server's engine: CTranslate2 under our policy, files decoded as the server does."""

    def __init__(self, model: str, threads: int = 2) -> None:
        self.name = f"server-{model}"
        self.fingerprint = fingerprint(
            [
                ROOT / "py" / "earwitness" / "speech",
                ROOT / "server" / "earwitness_server" / "inference",
                version("ctranslate2"),
                weights_folder(model).name,
            ]
        )
        self._thread = ThreadPoolExecutor(max_workers=1)
        folder = ROOT / "build" / "server-models"
        self._engine = Engine(EngineOptions(folder, model, device="cpu", threads=threads))

    def hear(self, path: Path, clip: str) -> Heard:
        """As a job on the server would."""
        began = time.monotonic()
        recording = Recording(path, TranscribeOptions(words=True), "bench")
        try:
            heard = self._thread.submit(asyncio.run, self._hear(recording)).result()
        except MediaError as error:
            took_s = time.monotonic() - began
            return Heard(clip, "", "", (), (), took_s, refused=str(error))
        return dataclasses.replace(
            from_transcript(heard, clip, time.monotonic() - began),
            windows=heard["windows"],
            retries=heard["retries"],
        )

    async def _hear(self, recording: Recording) -> dict[str, Any]:
        return await _gather(self._engine.transcribe(recording))


async def _gather(batches: AsyncIterator[Batch]) -> dict[str, Any]:
    """The shape of a transcript, and how many windows it took and how many were heard again."""
    segments: list[dict[str, Any]] = []
    language, windows, retries = "", 0, 0
    async for batch in batches:
        language = batch.resume.language
        windows += len(batch.windows)
        retries += sum(row.retries for row in batch.windows)
        segments += [
            dataclasses.asdict(segment) for row in batch.windows for segment in row.segments
        ]
    return {"segments": segments, "language": language, "windows": windows, "retries": retries}
