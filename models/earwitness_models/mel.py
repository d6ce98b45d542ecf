"""Whisper's log-mel spectrogram: the filters, and the spectrogram as ONNX nodes.

The definition is openai/whisper's `audio.py`: 25 ms Hann windows every 10 ms, 80 Slaney mel bands,
log10, the loudest 80 dB of a window, scaled to about -1 … 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .graph import Graph

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
BINS = WINDOW_SAMPLES // 2 + 1
FLOOR = 1e-10
RANGE_LOG10 = 8.0

_LINEAR_HZ = 200.0 / 3.0
_BREAK_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mel * _LINEAR_HZ
    knee = _BREAK_HZ / _LINEAR_HZ
    return np.where(mel < knee, linear, _BREAK_HZ * np.exp(_LOG_STEP * (mel - knee)))


def mel_filters(bands: int) -> NDArray[np.float32]:
    """Return triangular filters [bands, 201] on Slaney's mel scale, each of unit area per Hz."""
    top = _BREAK_HZ / _LINEAR_HZ + np.log(SAMPLE_RATE_HZ / 2 / _BREAK_HZ) / _LOG_STEP
    edges_hz = _mel_to_hz(np.linspace(0.0, top, bands + 2))
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, BINS)
    widths = np.diff(edges_hz)
    slopes = edges_hz[:, None] - bins_hz[None, :]
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    area = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return (triangles * area[:, None]).astype(np.float32)


def _spectrum_kernel(bins: NDArray[np.intp]) -> NDArray[np.float32]:
    """Windowed cosines then sines [2 x bins, 1, 400]."""
    time = np.arange(WINDOW_SAMPLES)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * time / WINDOW_SAMPLES)
    phase = 2 * np.pi * bins[:, None] * time[None, :] / WINDOW_SAMPLES
    waves = np.concatenate([np.cos(phase), np.sin(phase)]) * window
    return waves[:, None, :].astype(np.float32)


def log_mel(graph: Graph, audio: str, bands: int) -> str:
    """Add audio [batch, samples] -> log-mel [batch, bands, samples // 160].

    The Fourier transform is a convolution with the bins that the bands use. The edges are mirrored
    as in openai/whisper. openai/whisper computes one more frame and drops it; that frame is not
    computed here.
    """
    filters = mel_filters(bands)
    used = np.flatnonzero(filters.any(axis=0))
    half = WINDOW_SAMPLES // 2
    padded = graph.op("Pad", audio, graph.ints(0, half, 0, half - HOP_SAMPLES), mode="reflect")
    waves = graph.op(
        "Conv",
        graph.op("Unsqueeze", padded, graph.ints(1)),
        graph.constant(_spectrum_kernel(used)),
        strides=[HOP_SAMPLES],
    )
    both = np.concatenate([filters[:, used], filters[:, used]], axis=1)
    power = graph.op("MatMul", graph.constant(both), graph.op("Mul", waves, waves))
    log = graph.op("Log", graph.op("Max", power, graph.float(FLOOR)))
    log10 = graph.op("Mul", log, graph.float(1 / np.log(10)))
    loudest = graph.op("ReduceMax", log10, graph.ints(1, 2), keepdims=1)
    clipped = graph.op("Max", log10, graph.op("Sub", loudest, graph.float(RANGE_LOG10)))
    return graph.op("Mul", graph.op("Add", clipped, graph.float(4.0)), graph.float(0.25))
