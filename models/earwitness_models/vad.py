"""Rewrites Silero's voice activity detector with matrix products instead of convolutions.

The published graph convolves each 32 ms frame by itself: 256 taps over 640 samples, then three taps
over four, four, two and one columns. The set-up of these small convolutions takes longer than their
computation. The rewritten graph computes each layer for all frames in one product, with the same
results.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from .graph import FLOAT, Graph

CONTEXT_SAMPLES = 64
FRAME_SAMPLES = 512
STATE = 128
_HOP, _BINS = 128, 129
_STRIDES = (1, 2, 2, 1)

Array = NDArray[np.float32]


@dataclass(frozen=True)
class VadWeights:
    """The weights of the published graph."""

    basis: Array
    """Fourier basis [2 x bins, 1, taps]: real parts, then imaginary parts."""
    convolutions: list[tuple[Array, Array]]
    """Kernel [out, in, 3] and bias of each convolution."""
    recurrent: list[Array]
    """The inputs W, R and B of ONNX's LSTM."""
    output: tuple[Array, Array]
    """Kernel [1, state, 1] and bias."""


def read_vad(published: onnx.ModelProto) -> VadWeights:
    """Return the weights by their position in the graph, because not all names are stable."""
    stored = {each.name: numpy_helper.to_array(each) for each in published.graph.initializer}

    def of(kind: str) -> list[list[Any]]:
        nodes = [node for node in published.graph.node if node.op_type == kind]
        return [[stored[name] for name in node.input if name in stored] for node in nodes]

    [basis], *convolutions, output = of("Conv")
    [recurrent] = of("LSTM")
    return VadWeights(
        basis, [(kernel, bias) for kernel, bias in convolutions], recurrent, (output[0], output[1])
    )


def vad_model(weights: VadWeights) -> onnx.ModelProto:
    """Build `vad.onnx`.

    Inputs: `input` float32 [frames, 576], for each frame the 64 samples before it and its 512
    samples of 16 kHz mono; `h` and `c` float32 [1, 1, 128], the state (zeros at first).
    Outputs: `speech_probs` float32 [frames]; `hn` and `cn`, the state after the last frame.
    """
    graph = Graph("silero_vad")
    samples = graph.input("input", FLOAT, ["frames", CONTEXT_SAMPLES + FRAME_SAMPLES])
    state = [graph.input(name, FLOAT, [1, 1, STATE]) for name in ("h", "c")]
    x = _spectrum(graph, samples, weights.basis)
    for (kernel, bias), stride in zip(weights.convolutions, _STRIDES, strict=True):
        x = _convolution(graph, x, kernel, bias, stride)
    stored = [graph.store("recurrent", each) for each in weights.recurrent]
    output, *after = graph.ops("LSTM", 3, x, *stored, "", *state, hidden_size=STATE)
    kernel, bias = weights.output
    output = graph.op("Relu", graph.reshape(output, -1, STATE))
    scores = graph.op("MatMul", output, graph.store("output", kernel[0]))
    scores = graph.op("Add", scores, graph.constant(bias))
    graph.output(graph.reshape(graph.op("Sigmoid", scores), -1), FLOAT, ["frames"], "speech_probs")
    for value, name in zip(after, ("hn", "cn"), strict=True):
        graph.output(value, FLOAT, [1, 1, STATE], name)
    return graph.model("Speech probability of each 32 ms frame; layout silero-sequence-1.")


def _spectrum(graph: Graph, samples: str, basis: Array) -> str:
    """The magnitudes of four overlapping parts of each frame: [frames, 4, bins]."""
    padded = graph.op("Pad", samples, graph.ints(0, 0, 0, CONTEXT_SAMPLES), mode="reflect")
    hops = graph.reshape(padded, 0, -1, _HOP)
    pieces = _beside(graph, hops, taps=2)
    product = graph.op("MatMul", pieces, graph.store("fourier", basis[:, 0, :].T))
    squares = graph.op("Mul", product, product)
    parts = graph.ops("Split", 2, squares, graph.ints(_BINS, _BINS), axis=2)
    return graph.op("Sqrt", graph.op("Add", *parts))


def _convolution(graph: Graph, x: str, kernel: Array, bias: Array, stride: int) -> str:
    """A convolution of three taps, padded with one zero on both sides, and ReLU."""
    padded = graph.op("Pad", x, graph.ints(0, 1, 0, 0, 1, 0))
    taps = _beside(graph, padded, taps=3, stride=stride)
    flat = kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0])
    product = graph.op("MatMul", taps, graph.store("convolution", flat))
    return graph.op("Relu", graph.op("Add", product, graph.constant(bias)))


def _beside(graph: Graph, x: str, taps: int, stride: int = 1) -> str:
    """The `taps` input columns of each output column, side by side: [frames, out, …]."""
    parts: list[str] = []
    for tap in range(taps):
        stop = tap - taps + 1 or np.iinfo(np.int64).max
        bounds = [graph.ints(bound) for bound in (tap, stop, 1, stride)]
        parts.append(graph.op("Slice", x, *bounds))
    return graph.op("Concat", *parts, axis=2)
