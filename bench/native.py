"""Engines without a browser: faster-whisper, our graphs on ONNX Runtime, the server's engine."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ctranslate2
from earwitness.errors import MediaError
from earwitness.messages import TranscribeOptions
from earwitness.speech.transcribe import Batch, transcribe
from earwitness_server.inference.engine import Engine
from earwitness_server.inference.transcriber import Recording
from faster_whisper import WhisperModel

from bench.native_model import ArrayAudio, NativeWhisper, SileroVad, decode_audio
from bench.page import from_transcript
from bench.paths import MODELS, ROOT, fingerprint, weights_folder
from bench.results import Result, ResultWord


class FasterWhisper:
    """faster-whisper with the weights of the page's model, in int8 and with voice activity on."""

    def __init__(self, model: str, beam: int = 1, threads: int = 2, words: bool = True) -> None:
        self.name = f"faster-whisper-{model}-beam{beam}"
        folder = weights_folder(model)
        self.fingerprint = fingerprint([version("faster-whisper"), folder.name])
        self._beam = beam
        self._words = words
        self._model = WhisperModel(str(folder), compute_type="int8", cpu_threads=threads)

    def transcribe(self, path: Path, clip: str) -> Result:
        """Run faster-whisper's `transcribe` with language detection."""
        ctranslate2.set_random_seed(0)
        began = time.monotonic()
        found, info = self._model.transcribe(
            str(path), beam_size=self._beam, vad_filter=True, word_timestamps=self._words
        )
        segments = list(found)
        return Result(
            clip=clip,
            text=" ".join(segment.text.strip() for segment in segments),
            language=info.language,
            segments=tuple((segment.start, segment.end) for segment in segments),
            words=tuple(
                ResultWord(word.word.strip(), word.start, word.end)
                for segment in segments
                for word in segment.words or ()
            ),
            took_s=time.monotonic() - began,
        )


class NativeEarwitness:
    """Our graphs and decoding policy on native ONNX Runtime."""

    def __init__(
        self,
        model: str,
        threads: int = 2,
        words: bool = True,
        terms: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`terms`: names and terms to expect, by recording."""
        self.name = f"native-{model}" + ("-terms" if terms else "")
        folder = MODELS / model
        self.fingerprint = fingerprint(
            [
                ROOT / "py" / "earwitness" / "speech",
                ROOT / "bench" / "native_model.py",
                folder / "manifest.json",
                *_written_out(terms),
            ]
        )
        self._words = words
        self._terms = terms or {}
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._model = NativeWhisper(folder, threads)
        self._vad = SileroVad(MODELS / "silero-vad" / "vad.onnx", threads)

    def transcribe(self, path: Path, clip: str) -> Result:
        """Run `earwitness.speech.transcribe` as the page does."""
        began = time.monotonic()
        # Playwright runs an event loop of its own in this thread.
        transcript = self._thread.submit(asyncio.run, self._transcribe(path, clip)).result()
        result = from_transcript(transcript, clip, time.monotonic() - began)
        counts = {name: transcript[name] for name in ("windows", "retries")}
        return dataclasses.replace(result, **counts)

    async def _transcribe(self, path: Path, clip: str) -> dict[str, Any]:
        audio = ArrayAudio(decode_audio(path))
        options = TranscribeOptions(words=self._words, terms=self._terms.get(clip, ()))
        return await _gather(
            transcribe(audio, self._vad, self._model, options, fingerprint="bench")
        )


class ServerEngine:
    """The server's engine: CTranslate2 with our decoding policy and the server's media decoder."""

    def __init__(
        self, model: str, threads: int = 2, terms: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """`terms`: names and terms to expect, by recording."""
        self.name = f"server-{model}" + ("-terms" if terms else "")
        self._terms = terms or {}
        self.fingerprint = fingerprint(
            [
                ROOT / "py" / "earwitness" / "speech",
                ROOT / "server" / "earwitness_server" / "inference",
                version("ctranslate2"),
                weights_folder(model).name,
                *_written_out(terms),
            ]
        )
        self._thread = ThreadPoolExecutor(max_workers=1)
        folder = ROOT / "build" / "server-models"
        self._engine = Engine(folder, model, device="cpu", threads=threads)

    def transcribe(self, path: Path, clip: str) -> Result:
        """Transcribe a file as a job of the server does."""
        began = time.monotonic()
        options = TranscribeOptions(words=True, terms=self._terms.get(clip, ()))
        recording = Recording(path, options, "bench")
        try:
            result = self._thread.submit(asyncio.run, self._transcribe(recording)).result()
        except MediaError as error:
            took_s = time.monotonic() - began
            return Result(clip, "", "", (), (), took_s, refused=str(error))
        return dataclasses.replace(
            from_transcript(result, clip, time.monotonic() - began),
            windows=result["windows"],
            retries=result["retries"],
        )

    async def _transcribe(self, recording: Recording) -> dict[str, Any]:
        return await _gather(self._engine.transcribe(recording))


def _written_out(terms: Mapping[str, tuple[str, ...]] | None) -> list[str]:
    return [json.dumps(sorted(terms.items()))] if terms else []


async def _gather(batches: AsyncIterator[Batch]) -> dict[str, Any]:
    """Join batches to a transcript with its numbers of windows and of further decodes."""
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
