"""Whisper's log-mel spectrogram (openai/whisper, audio.py) in numpy."""

from __future__ import annotations

from functools import cache

import numpy as np
from earwitness.speech.whisper import HOP_SAMPLES, SAMPLE_RATE_HZ
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

N_FFT = 400
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@cache
def filters(mels: int) -> Floats:
    """Return Slaney-style mel filters, area-normalised, shape [mels, N_FFT // 2 + 1]."""
    low_hz, log_from_hz = 200.0 / 3, 1000.0
    log_from = log_from_hz / low_hz
    log_step = np.log(6.4) / 27.0
    top = log_from + np.log(SAMPLE_RATE_HZ / 2 / log_from_hz) / log_step
    points = np.asarray(np.linspace(0.0, float(top), mels + 2), np.float64)
    log_part = log_from_hz * np.exp(log_step * (points - log_from))
    edges_hz: Doubles = np.where(points < log_from, points * low_hz, log_part)
    bins_hz = np.asarray(np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE_HZ), np.float64)
    widths: Doubles = np.diff(edges_hz)
    ramps: Doubles = edges_hz[:, None] - bins_hz[None, :]
    rising: Doubles = -ramps[:-2] / widths[:-1, None]
    falling: Doubles = ramps[2:] / widths[1:, None]
    weights: Doubles = np.maximum(0, np.minimum(rising, falling))
    weights *= (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]
    return weights.astype(np.float32)


def log_mel(audio: Floats, mels: int) -> Floats:
    """Return the spectrogram of `audio` [samples], shape [mels, samples // HOP_SAMPLES]."""
    padded = np.pad(audio, N_FFT // 2, mode="reflect")
    frames = sliding_window_view(padded, N_FFT)[::HOP_SAMPLES][: len(audio) // HOP_SAMPLES]
    window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=1)).astype(np.float32) ** 2
    spectrogram = np.log10(np.maximum(filters(mels) @ power.T, 1e-10))
    spectrogram = np.maximum(spectrogram, spectrogram.max() - 8.0)
    return ((spectrogram + 4.0) / 4.0).astype(np.float32)
