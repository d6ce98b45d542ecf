"""Silero voice activity detection on ONNX Runtime, behind the `Vad` Protocol."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import numpy as np
from earwitness.errors import ModelError
from earwitness.speech.silero import (
    VAD_CONTEXT_SAMPLES,
    VAD_FRAME_SAMPLES,
    VAD_STATE_SIZE,
    VAD_WARM_UP_SAMPLES,
)

from earwitness_server.media.source import Pcm

FILE_NAME = "silero_vad_16k_sequence.onnx"


class Loudness:
    """Measures levels for `EnergyVad`, which replaces Silero where its file is missing."""

    async def levels_dbfs(self, samples: Pcm) -> list[float]:
        """Return the root mean square of each frame in dB of full scale; -inf for silence."""
        count = -(-len(samples) // VAD_FRAME_SAMPLES)
        padded = np.zeros(count * VAD_FRAME_SAMPLES, np.float32)
        padded[: len(samples)] = samples
        power = np.square(padded.reshape(count, VAD_FRAME_SAMPLES)).mean(axis=1)
        with np.errstate(divide="ignore"):
            return (10 * np.log10(power)).tolist()


def onnx_runtime() -> Any:
    """Return ONNX Runtime with telemetry off; its builds report to their maker by default."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

    return onnxruntime


class SileroVad:
    """One session for all transcriptions: it has no state between calls."""

    def __init__(self, folder: Path) -> None:
        runtime = onnx_runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session: Any = runtime.InferenceSession(
                (folder / FILE_NAME).read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError(
                "The voice activity model is missing or damaged.",
                hint="Delete its folder, and fetch it again with `earwitness models`.",
                detail=f"{type(error).__name__}: {error}",
            ) from error

    async def speech_probabilities(self, samples: Pcm) -> list[float]:
        """Return one probability for each frame of `VAD_FRAME_SAMPLES`, after a warm-up."""
        return await asyncio.to_thread(self._run, samples)

    def _run(self, samples: Pcm) -> list[float]:
        warm_up = min(VAD_WARM_UP_SAMPLES // VAD_FRAME_SAMPLES, len(samples) // VAD_FRAME_SAMPLES)
        samples = np.concatenate([samples[: warm_up * VAD_FRAME_SAMPLES][::-1], samples])
        count = -(-len(samples) // VAD_FRAME_SAMPLES)
        if count == 0:
            return []
        padded = np.zeros(VAD_CONTEXT_SAMPLES + count * VAD_FRAME_SAMPLES, np.float32)
        padded[VAD_CONTEXT_SAMPLES : VAD_CONTEXT_SAMPLES + len(samples)] = samples
        starts = np.arange(count)[:, None] * VAD_FRAME_SAMPLES
        frames = padded[starts + np.arange(VAD_CONTEXT_SAMPLES + VAD_FRAME_SAMPLES)]
        state = np.zeros((1, 1, VAD_STATE_SIZE), np.float32)
        outputs = self._session.run(None, {"input": frames, "h": state, "c": state})
        return outputs[0].reshape(-1).tolist()[warm_up:]
