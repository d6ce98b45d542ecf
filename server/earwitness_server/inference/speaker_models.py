"""The models that tell speakers apart, on ONNX Runtime, behind the `SpeakerModels` Protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from earwitness.errors import ModelError
from earwitness.speakers.protocols import WINDOW_SAMPLES

from earwitness_server.inference.errors import SpeakersUnavailableError
from earwitness_server.inference.vad import onnx_runtime
from earwitness_server.media.source import Pcm

FOLDER = "speakers"
FILES = ("segmentation.onnx", "embedding.onnx")


def has_speakers(models: Path) -> bool:
    """Return whether a folder of models has those that tell speakers apart."""
    return all((models / FOLDER / name).is_file() for name in FILES)


class OnnxSpeakerModels:
    """One session of each model for all recordings: they have no state between calls."""

    def __init__(self, models: Path, threads: int) -> None:
        """Load them from a folder of models; `threads`: of one computation.

        Raises:
            SpeakersUnavailableError: they are not installed.
            ModelError: they are damaged.
        """
        if not has_speakers(models):
            raise SpeakersUnavailableError
        runtime = onnx_runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._segmentation: Any
            self._embedding: Any
            self._segmentation, self._embedding = (
                runtime.InferenceSession(
                    (models / FOLDER / name).read_bytes(),
                    options,
                    providers=["CPUExecutionProvider"],
                )
                for name in FILES
            )
        except Exception as error:
            raise ModelError(
                "The speaker models are damaged.",
                hint="Delete their folder and install them again.",
                detail=f"{type(error).__name__}: {error}",
            ) from error

    async def segment(self, windows: Sequence[Pcm]) -> list[list[float]]:
        """Return for each window the probabilities that its people speak.

        Raises:
            ModelError: the computation failed.
        """
        batch = np.zeros((len(windows), WINDOW_SAMPLES), np.float32)
        for row, window in zip(batch, windows, strict=True):
            row[: len(window)] = window
        answers = await _computed(self._segmentation, "speakers", batch)
        return [answer.reshape(-1).tolist() for answer in answers]

    async def embed(self, stretch: Pcm) -> list[float]:
        """Return a vector of length 1 for the voice in a stretch.

        Raises:
            ModelError: the computation failed.
        """
        answers = await _computed(self._embedding, "embeddings", stretch[None])
        return answers[0].tolist()


async def _computed(session: Any, output: str, audio: Pcm) -> Any:
    """Run a model; whatever ONNX Runtime raises has no class of its own but `Exception`."""
    try:
        answers = await asyncio.to_thread(session.run, [output], {"audio": audio})
    except Exception as error:
        raise ModelError(
            "The speaker models failed.",
            hint="Free memory on the server, then find the speakers again.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    return answers[0]
