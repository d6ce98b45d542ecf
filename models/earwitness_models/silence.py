"""Computes the keys and values of the silence at the end of a 30 s window, once, at export.

Whisper was trained on 30 s windows. If a window ends with the speech, the decoder often repeats the
sentence instead of stopping. The encoder's graph therefore appends the keys and values of the last
six seconds of a mostly silent window to those of the audio, without encoding that silence again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mel import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES, mel_filters
from .weights import (
    Convolution,
    EncoderLayer,
    FeedForward,
    Linear,
    Norm,
    SelfAttention,
    WhisperWeights,
    as_float32,
)

SILENT_FRAMES = 300
_WINDOW_S = 30

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SilentLayer:
    """Cross-attention keys and values of the silence for one decoder layer."""

    key: Floats
    """[d, frames]"""
    value: Floats
    """[d, frames]"""


def silent_layers(weights: WhisperWeights) -> list[SilentLayer]:
    """Run the encoder in numpy on two seconds of sound and 28 of silence."""
    x = _embed(weights, _log_mel(sound_then_silence(), weights.mels))
    for layer in weights.encoder_layers:
        x = _layer(x, layer, weights.heads)
    encoded = _norm(x, weights.encoder_norm)[-SILENT_FRAMES:]
    layers: list[SilentLayer] = []
    for layer in weights.decoder_layers:
        key, value = np.split(_linear(encoded, layer.cross.key_value), 2, axis=1)
        layers.append(SilentLayer(np.ascontiguousarray(key.T), np.ascontiguousarray(value.T)))
    return layers


def sound_then_silence() -> NDArray[np.float64]:
    """Return a gliding tone and silence; the tone sets the floor of the spectrogram."""
    time = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 200 + 60 * np.sin(2 * np.pi * 3 * time)
    loudness = 0.1 * (1 + np.sin(2 * np.pi * 4 * time))
    audio = np.zeros(_WINDOW_S * SAMPLE_RATE_HZ)
    start = SAMPLE_RATE_HZ // 2
    audio[start : start + len(time)] = loudness * np.sin(2 * np.pi * pitch_hz * time)
    return audio


def _log_mel(audio: NDArray[np.float64], bands: int) -> Floats:
    """[bands, samples // 160], as in openai/whisper."""
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1]
    padded = np.pad(audio, WINDOW_SAMPLES // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES]
    power = np.abs(np.fft.rfft(frames[: len(audio) // HOP_SAMPLES] * window)) ** 2
    log = np.log10(np.maximum(mel_filters(bands) @ power.T, 1e-10))
    return ((np.maximum(log, log.max() - 8) + 4) / 4).astype(np.float32)


def _embed(weights: WhisperWeights, mel: Floats) -> Floats:
    first, second = weights.convolutions
    x = _gelu(_convolve(_gelu(_convolve(mel, first, 1)), second, 2))
    return x.T + as_float32(weights.encoder_positions)


def _convolve(x: Floats, layer: Convolution, stride: int) -> Floats:
    padded = np.pad(x, ((0, 0), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
    weight = as_float32(layer.weight)
    flat = windows.transpose(0, 2, 1).reshape(-1, windows.shape[1])
    return weight.reshape(len(weight), -1) @ flat + as_float32(layer.bias)[:, None]


def _layer(x: Floats, layer: EncoderLayer, heads: int) -> Floats:
    x = x + _attend(_norm(x, layer.attention.norm), layer.attention, heads)
    return x + _feed_forward(x, layer.feed_forward)


def _attend(x: Floats, layer: SelfAttention, heads: int) -> Floats:
    parts = np.split(_linear(x, layer.query_key_value), 3, axis=1)
    query, key, value = (part.reshape(len(x), heads, -1).transpose(1, 0, 2) for part in parts)
    mixed = np.empty_like(query)
    for head in range(heads):
        scores = query[head] @ key[head].T * np.float32(query.shape[2] ** -0.5)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        mixed[head] = shares @ value[head] / shares.sum(axis=1, keepdims=True)
    return _linear(mixed.transpose(1, 0, 2).reshape(len(x), -1), layer.output)


def _feed_forward(x: Floats, layer: FeedForward) -> Floats:
    return _linear(_gelu(_linear(_norm(x, layer.norm), layer.up)), layer.down)


def _linear(x: Floats, layer: Linear) -> Floats:
    y = x @ as_float32(layer.weight).T
    return y if layer.bias is None else y + as_float32(layer.bias)


def _norm(x: Floats, norm: Norm) -> Floats:
    centred = x - x.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(1e-5))
    return centred / spread * as_float32(norm.gamma) + as_float32(norm.beta)


def _gelu(x: Floats) -> Floats:
    """GELU in its tanh form, which is close enough for silence."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)
    return np.float32(0.5) * x * (1 + np.tanh(inner))
