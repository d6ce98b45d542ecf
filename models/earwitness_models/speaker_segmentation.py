"""Builds `segmentation.onnx`: who of up to three people speaks in each frame of a stretch of audio.

The network is pyannote's segmentation-3.0 (MIT): band-pass filters learned by their two cut-off
frequencies (SincNet), two convolutions, four bidirectional LSTMs and a classifier over the sets of
at most two of three people. The graph returns the probability of each person instead of each set,
because the probabilities of overlapping windows can be averaged for people and not for sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from .graph import FLOAT, Graph
from .quantise import store_half
from .weights import Array

SAMPLE_RATE_HZ = 16_000
SPEAKERS = 3
"""People told apart in one window."""
TOGETHER = 2
"""People that may speak at once."""
HOP_SAMPLES = 270
"""Samples between two frames: a stride of 10, then three pools of 3."""
FIELD_SAMPLES = 991
"""Samples that one frame sees."""
_LOWEST_HZ, _NARROWEST_HZ = 50.0, 50.0
_STRIDE, _POOL = 10, 3
_EPSILON, _LEAK = 1e-5, 0.01

Tensors = Mapping[str, NDArray[Any]]


def sets_of_speakers() -> list[tuple[int, ...]]:
    """Return the classes of the network in their order: nobody, one person, two people."""
    people = range(SPEAKERS)
    return [each for size in range(TOGETHER + 1) for each in combinations(people, size)]


def sinc_filters(low_hz: Array, band_hz: Array, times: Array, window: Array) -> Array:
    """Return band-pass filters [2 x bands, 1, taps]: symmetric ones, then antisymmetric ones.

    `low_hz` and `band_hz` are the learned parameters [bands, 1]. `times` [1, half] are
    2 pi t of the taps before the middle, `window` [half] is their window.
    """
    low = _LOWEST_HZ + np.abs(low_hz.astype(np.float64))
    high = np.clip(
        low + _NARROWEST_HZ + np.abs(band_hz.astype(np.float64)), _LOWEST_HZ, SAMPLE_RATE_HZ / 2
    )
    half = times.astype(np.float64)
    taper = window / (half / 2)
    even = (np.sin(high @ half) - np.sin(low @ half)) * taper
    odd = (np.cos(low @ half) - np.cos(high @ half)) * taper
    middle = 2 * (high - low)
    symmetric = np.concatenate([even, middle, even[:, ::-1]], axis=1)
    antisymmetric = np.concatenate([odd, np.zeros_like(middle), -odd[:, ::-1]], axis=1)
    filters = np.concatenate([symmetric / middle, antisymmetric / middle])
    return filters[:, None, :].astype(np.float32)


def segmentation_model(tensors: Tensors) -> onnx.ModelProto:
    """Build the graph from the tensors of the published checkpoint.

    Input: `audio` float32 [batch, samples], 16 kHz mono, best 10 s as in training.
    Output: `speakers` float32 [batch, frames, 3], the probability that each person speaks. Frame i
    is centred on sample 495 + 270 i. The order of the people is the model's own in each window.
    """
    graph = Graph("speaker_segmentation")
    audio = graph.input("audio", FLOAT, ["batch", "samples"])
    x = graph.op("Unsqueeze", audio, graph.ints(1))
    x = _norm(graph, x, tensors, "sincnet.wav_norm1d")
    bank = "sincnet.conv1d.0.filterbank"
    names = ("low_hz_", "band_hz_", "n_", "window_")
    filters = sinc_filters(*(tensors[f"{bank}.{name}"] for name in names))
    x = graph.op("Abs", graph.op("Conv", x, store_half(graph, "sinc", filters), strides=[_STRIDE]))
    x = _pool(graph, x, tensors, 0)
    for layer in (1, 2):
        kernel = store_half(graph, "convolution", tensors[f"sincnet.conv1d.{layer}.weight"])
        bias = graph.constant(tensors[f"sincnet.conv1d.{layer}.bias"])
        x = _pool(graph, graph.op("Conv", x, kernel, bias), tensors, layer)
    x = graph.op("Transpose", x, perm=[2, 0, 1])
    layer = 0
    while f"lstm.weight_ih_l{layer}" in tensors:
        x = _recurrent(graph, x, tensors, layer)
        layer += 1
    x = graph.op("Transpose", x, perm=[1, 0, 2])
    for name in ("linear.0", "linear.1"):
        x = graph.op("LeakyRelu", _linear(graph, x, tensors, name), alpha=_LEAK)
    shares = graph.op("Softmax", _linear(graph, x, tensors, "classifier"), axis=-1)
    members = np.array([[float(who in each) for who in range(SPEAKERS)]
                        for each in sets_of_speakers()], dtype=np.float32)  # fmt: skip
    people = graph.op("MatMul", shares, graph.constant(members))
    graph.output(people, FLOAT, ["batch", "frames", SPEAKERS], "speakers")
    return graph.model("Who of three people speaks, for every 270 samples; pyannote segmentation.")


def _norm(graph: Graph, x: str, tensors: Tensors, name: str) -> str:
    values = [graph.constant(tensors[f"{name}.{part}"]) for part in ("weight", "bias")]
    return graph.op("InstanceNormalization", x, *values, epsilon=_EPSILON)


def _pool(graph: Graph, x: str, tensors: Tensors, layer: int) -> str:
    pooled = graph.op("MaxPool", x, kernel_shape=[_POOL], strides=[_POOL])
    normed = _norm(graph, pooled, tensors, f"sincnet.norm1d.{layer}")
    return graph.op("LeakyRelu", normed, alpha=_LEAK)


def _linear(graph: Graph, x: str, tensors: Tensors, name: str) -> str:
    weight = store_half(graph, "linear", tensors[f"{name}.weight"].T)
    return graph.op("Add", graph.op("MatMul", x, weight), graph.constant(tensors[f"{name}.bias"]))


def _recurrent(graph: Graph, x: str, tensors: Tensors, layer: int) -> str:
    """A bidirectional LSTM over [frames, batch, in]; returns [frames, batch, 2 x hidden]."""

    def both(kind: str) -> Array:
        names = (f"lstm.{kind}_l{layer}", f"lstm.{kind}_l{layer}_reverse")
        return np.stack([_gates(tensors[name]) for name in names])

    size = tensors[f"lstm.weight_hh_l{layer}"].shape[1]
    weights = store_half(graph, "recurrent", both("weight_ih"))
    state = store_half(graph, "recurrent", both("weight_hh"))
    biases = np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)
    inputs = [x, weights, state, graph.constant(biases)]
    output = graph.ops("LSTM", 1, *inputs, hidden_size=size, direction="bidirectional")[0]
    merged = graph.op("Transpose", output, perm=[0, 2, 1, 3])
    return graph.reshape(merged, 0, 0, 2 * size)


def _gates(values: Array) -> Array:
    """PyTorch's order (input, forget, cell, output) to ONNX's (input, output, forget, cell)."""
    given, forget, cell, output = np.split(values, 4)
    return np.concatenate([given, output, forget, cell])
