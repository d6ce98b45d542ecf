"""Kaldi's log-mel filter bank as ONNX nodes: 25 ms Povey windows every 10 ms, 80 bands.

Removing a window's mean, pre-emphasis, windowing and the Fourier transform are linear, so that one
matrix does all four.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .graph import EVERY, Graph

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
BANDS = 80
_TRANSFORM_SAMPLES = 512
_PREEMPHASIS = 0.97
_LOWEST_HZ = 20.0
_FLOOR = float(np.finfo(np.float32).eps)
_BLOCK_SAMPLES = 80
"""Divides the window and the hop: a window is five blocks, a hop is two."""


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(hz / 700.0)


def mel_bands() -> NDArray[np.float32]:
    """Return triangles [80, 256] between 20 Hz and 8 kHz, even on the mel scale, of height 1."""
    low, high = _mel(np.array([_LOWEST_HZ, SAMPLE_RATE_HZ / 2]))
    step = (high - low) / (BANDS + 1)
    left = low + step * np.arange(BANDS)[:, None]
    bins = _TRANSFORM_SAMPLES // 2
    mel = _mel(np.arange(bins) * SAMPLE_RATE_HZ / _TRANSFORM_SAMPLES)[None, :]
    rising, falling = (mel - left) / step, (left + 2 * step - mel) / step
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def spectrum_matrix() -> NDArray[np.float32]:
    """Return [400, 2 x 256]: a window's samples to the real, then the imaginary parts."""
    centred = np.eye(WINDOW_SAMPLES) - 1.0 / WINDOW_SAMPLES
    emphasis = np.eye(WINDOW_SAMPLES) - _PREEMPHASIS * np.eye(WINDOW_SAMPLES, k=-1)
    emphasis[0, 0] -= _PREEMPHASIS
    time = np.arange(WINDOW_SAMPLES)
    povey = (0.5 - 0.5 * np.cos(2 * np.pi * time / (WINDOW_SAMPLES - 1))) ** 0.85
    bins = np.arange(_TRANSFORM_SAMPLES // 2)
    phase = 2 * np.pi * bins[:, None] * time[None, :] / _TRANSFORM_SAMPLES
    waves = np.concatenate([np.cos(phase), -np.sin(phase)])
    return ((waves * povey) @ emphasis @ centred).T.astype(np.float32)


def centred_fbank(graph: Graph, audio: str) -> str:
    """Add audio [batch, samples] -> log-mel bands [batch, frames, 80] without their mean.

    There are (samples - 400) // 160 + 1 frames; further samples are dropped.
    """
    samples = graph.slice(graph.op("Shape", audio), graph.ints(1), graph.ints(2), 0)
    beyond = graph.op("Sub", samples, graph.ints(WINDOW_SAMPLES))
    frames = graph.op("Div", beyond, graph.ints(HOP_SAMPLES))
    used = graph.op("Mul", frames, graph.ints(HOP_SAMPLES))
    used = graph.op("Add", used, graph.ints(WINDOW_SAMPLES))
    blocks = graph.reshape(graph.slice(audio, graph.ints(0), used, 1), 0, -1, _BLOCK_SAMPLES)
    parts: list[str] = []
    for block in range(WINDOW_SAMPLES // _BLOCK_SAMPLES):
        stop = block + 1 - WINDOW_SAMPLES // _BLOCK_SAMPLES or EVERY
        bounds = [graph.ints(bound) for bound in (block, stop, 1, HOP_SAMPLES // _BLOCK_SAMPLES)]
        parts.append(graph.op("Slice", blocks, *bounds))
    windows = graph.op("Concat", *parts, axis=2)
    waves = graph.op("MatMul", windows, graph.constant(spectrum_matrix()))
    bins = _TRANSFORM_SAMPLES // 2
    squares = graph.op("Mul", waves, waves)
    power = graph.op("Add", *graph.ops("Split", 2, squares, graph.ints(bins, bins), axis=2))
    bands = graph.op("MatMul", power, graph.constant(mel_bands().T))
    log = graph.op("Log", graph.op("Max", bands, graph.float(_FLOOR)))
    mean = graph.op("ReduceMean", log, graph.ints(1), keepdims=1)
    return graph.op("Sub", log, mean)
