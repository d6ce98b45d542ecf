"""Our analysis on native ONNX Runtime, with the time of each part."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from earwitness.speakers.diarization import Diarization, diarize
from earwitness.speakers.protocols import WINDOW_SAMPLES, Samples
from earwitness.speakers.windows import SpeakerWindow, analyse

from bench.native_model import ArrayAudio, as_array, decode_audio
from bench.speakers.voices import RATE_HZ


@dataclass
class NativeModels:
    """`SpeakerModels` over the exported graphs. Counts processor time."""

    folder: Path
    threads: int = 2
    segmentation_s: float = 0.0
    embedding_s: float = 0.0
    embedded_s: float = 0.0
    """Audio that was embedded."""
    _segmentation: onnxruntime.InferenceSession = field(init=False)
    _embedding: onnxruntime.InferenceSession = field(init=False)

    def __post_init__(self) -> None:
        self._segmentation = self._session("segmentation")
        self._embedding = self._session("embedding")

    def _session(self, name: str) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = str(self.folder / f"{name}.onnx")
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    async def segment(self, windows: Sequence[Samples]) -> list[list[float]]:
        """Run one batch."""
        batch = np.zeros((len(windows), WINDOW_SAMPLES), np.float32)
        for row, window in zip(batch, windows, strict=True):
            row[: len(window)] = as_array(window)
        began = time.process_time()
        answers = np.asarray(self._segmentation.run(["speakers"], {"audio": batch})[0])
        self.segmentation_s += time.process_time() - began
        return [answer.reshape(-1).tolist() for answer in answers]

    async def embed(self, stretch: Samples) -> list[float]:
        """Run one stretch."""
        audio = np.ascontiguousarray(as_array(stretch))[None]
        began = time.process_time()
        vector = np.asarray(self._embedding.run(["embeddings"], {"audio": audio})[0])[0]
        self.embedding_s += time.process_time() - began
        self.embedded_s += len(stretch) / RATE_HZ
        return vector.tolist()


@dataclass(frozen=True)
class Analysis:
    """What was found in a recording, and the processor time it took, in seconds."""

    found: Diarization
    windows: int
    embedded_s: float
    segmentation_s: float
    embedding_s: float
    clustering_s: float
    """Python's own part: activity, clustering, turns."""


def analyse_file(path: Path, folder: Path) -> Analysis:
    """Analyse a recording with the exported models of a folder."""
    return asyncio.run(_analyse(path, folder))


async def _analyse(path: Path, folder: Path) -> Analysis:
    audio = ArrayAudio(decode_audio(path))
    models = NativeModels(folder)
    began = time.process_time()
    windows: list[SpeakerWindow] = []
    async for batch in analyse(audio, models):
        windows += batch
    found = diarize(windows)
    took_s = time.process_time() - began
    own_s = took_s - models.segmentation_s - models.embedding_s
    return Analysis(
        found,
        len(windows),
        models.embedded_s,
        models.segmentation_s,
        models.embedding_s,
        own_s,
    )
