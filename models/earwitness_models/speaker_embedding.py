"""Builds `embedding.onnx`: a vector that is similar for stretches of speech of the same voice.

The network is CAM++ of 3D-Speaker (Apache-2.0), trained on Chinese and English: two-dimensional
convolutions over log-mel bands, three densely connected blocks over time with a mask that is
computed from the context of 2 s, and the mean and deviation over time.

The published network computes the mask of every frame, although it is the same in each 2 s. Here
it is computed once for each, and normalisations that follow a convolution are part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from .fbank import BANDS, centred_fbank
from .graph import FLOAT, Graph
from .quantise import int8_by_output, store_half
from .weights import Array

DIMENSIONS = 192
SHORTEST_SAMPLES = 1_840
"""Ten frames. The published network was trained on 3 s; short stretches give uncertain vectors."""
CONTEXT_FRAMES = 100
"""Frames of 20 ms that share a mask."""
_EPSILON = 1e-5
_DILATIONS = {1: 1, 2: 2, 3: 2}
_IN_INT8 = ("xvector.block2", "xvector.block3", "xvector.dense")
"""Two thirds of the weights, which cost the least in int8: a vector and that of the published
weights have a cosine of 0.999 so, and of 0.996 with all weights in int8."""

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class _Normalisation:
    scale: Array
    shift: Array


def embedding_model(tensors: Tensors) -> onnx.ModelProto:
    """Build the graph from the tensors of the published checkpoint.

    Input: `audio` float32 [batch, samples], 16 kHz mono, each row one voice; at least 1,840
    samples. Output: `embeddings` float32 [batch, 192], each of length 1.
    """
    return _Builder(Graph("speaker_embedding"), tensors).model()


class _Builder:
    def __init__(self, graph: Graph, tensors: Tensors) -> None:
        self.graph = graph
        self.tensors = tensors

    def model(self) -> onnx.ModelProto:
        graph = self.graph
        audio = graph.input("audio", FLOAT, ["batch", "samples"])
        bands = graph.op("Transpose", centred_fbank(graph, audio), perm=[0, 2, 1])
        x = self._head(graph.op("Unsqueeze", bands, graph.ints(1)))
        name = "xvector.tdnn"
        after = self._normalisation(f"{name}.nonlinear.batchnorm")
        x = self._convolve(x, f"{name}.linear", after, strides=[2], pads=[2, 2])
        x = graph.op("Relu", x)
        for block, dilation in _DILATIONS.items():
            x = self._block(x, f"xvector.block{block}", dilation)
            x = self._activate(x, f"xvector.transit{block}.nonlinear.batchnorm")
            x = self._convolve(x, f"xvector.transit{block}.linear", None)
        x = self._activate(x, "xvector.out_nonlinear.batchnorm")
        graph.output(self._pool(x), FLOAT, ["batch", DIMENSIONS], "embeddings")
        return graph.model("A vector of length 1 for each stretch of one voice; CAM++.")

    def _normalisation(self, name: str) -> _Normalisation:
        """A batch normalisation as a factor and a summand for each channel."""
        get = self.tensors.get
        mean, variance = self.tensors[f"{name}.running_mean"], self.tensors[f"{name}.running_var"]
        scale = 1 / np.sqrt(variance.astype(np.float64) + _EPSILON)
        weight, bias = get(f"{name}.weight"), get(f"{name}.bias")
        scale = scale if weight is None else scale * weight
        shift = -mean * scale + (0 if bias is None else bias)
        return _Normalisation(scale.astype(np.float32), shift.astype(np.float32))

    def _convolve(self, x: str, name: str, after: _Normalisation | None, **attributes: Any) -> str:
        """Add a convolution with the normalisation that follows it."""
        weight = self.tensors[f"{name}.weight"].astype(np.float32)
        bias = self.tensors.get(f"{name}.bias")
        if after:
            weight = weight * after.scale.reshape(-1, *[1] * (weight.ndim - 1))
            bias = after.shift if bias is None else bias * after.scale + after.shift
        inputs = [x, self._kernel(name, weight)]
        if bias is not None:
            inputs.append(self.graph.constant(bias.astype(np.float32)))
        return self.graph.op("Conv", *inputs, **attributes)

    def _kernel(self, name: str, weight: Array) -> str:
        """Store a kernel [out, in, …] in float16, or in int8 with a scale for each output."""
        root = self.graph.root
        if not name.startswith(_IN_INT8):
            return store_half(root, "kernel", weight)
        small, scale = int8_by_output(weight.reshape(len(weight), -1), 0)
        shape = (-1, *[1] * (weight.ndim - 1))
        wide = root.op("Cast", root.store("kernel", small.reshape(weight.shape)), to=FLOAT)
        return root.op("Mul", wide, root.store("kernel_scale", scale.reshape(shape)))

    def _activate(self, x: str, name: str) -> str:
        """Add a normalisation and ReLU over channels [batch, channels, frames]."""
        graph, norm = self.graph, self._normalisation(name)
        scaled = graph.op("Mul", x, graph.constant(norm.scale[:, None]))
        return graph.op("Relu", graph.op("Add", scaled, graph.constant(norm.shift[:, None])))

    def _head(self, x: str) -> str:
        """Convolutions over bands and time; returns [batch, channels x bands / 8, frames]."""
        x = self._convolve_plane(x, "head.conv1", "head.bn1", 1)
        for name, stride in (("layer1.0", 2), ("layer1.1", 1), ("layer2.0", 2), ("layer2.1", 1)):
            x = self._residual(x, f"head.{name}", stride)
        x = self._convolve_plane(x, "head.conv2", "head.bn2", 2)
        channels = self.tensors["head.conv2.weight"].shape[0]
        return self.graph.reshape(x, 0, channels * BANDS // 8, -1)

    def _convolve_plane(self, x: str, name: str, norm: str, stride: int) -> str:
        x = self._convolve(
            x, name, self._normalisation(norm), strides=[stride, 1], pads=[1, 1, 1, 1]
        )
        return self.graph.op("Relu", x)

    def _residual(self, x: str, name: str, stride: int) -> str:
        inner = self._convolve_plane(x, f"{name}.conv1", f"{name}.bn1", stride)
        second = self._normalisation(f"{name}.bn2")
        inner = self._convolve(inner, f"{name}.conv2", second, pads=[1, 1, 1, 1])
        if f"{name}.shortcut.0.weight" in self.tensors:
            after = self._normalisation(f"{name}.shortcut.1")
            x = self._convolve(x, f"{name}.shortcut.0", after, strides=[stride, 1])
        return self.graph.op("Relu", self.graph.op("Add", inner, x))

    def _block(self, x: str, name: str, dilation: int) -> str:
        """Layers that each add channels to those they read."""
        stretches = self._stretches(x)
        layer = 1
        while f"{name}.tdnnd{layer}.linear1.weight" in self.tensors:
            added = self._dense(x, f"{name}.tdnnd{layer}", dilation, stretches)
            x = self.graph.op("Concat", x, added, axis=1)
            layer += 1
        return x

    def _dense(self, x: str, name: str, dilation: int, stretches: _Stretches) -> str:
        x = self._activate(x, f"{name}.nonlinear1.batchnorm")
        after = self._normalisation(f"{name}.nonlinear2.batchnorm")
        x = self.graph.op("Relu", self._convolve(x, f"{name}.linear1", after))
        local = self._convolve(
            x, f"{name}.cam_layer.linear_local", None, dilations=[dilation], pads=[dilation] * 2
        )
        return self._masked(local, x, f"{name}.cam_layer", stretches)

    def _stretches(self, x: str) -> _Stretches:
        """How [batch, channels, frames] is cut into stretches of `CONTEXT_FRAMES`."""
        graph = self.graph
        frames = graph.slice(graph.op("Shape", x), graph.ints(2), graph.ints(3), 0)
        upwards = graph.op("Add", frames, graph.ints(CONTEXT_FRAMES - 1))
        count = graph.op("Div", upwards, graph.ints(CONTEXT_FRAMES))
        whole = graph.op("Mul", count, graph.ints(CONTEXT_FRAMES))
        missing = graph.op("Sub", whole, frames)
        pads = graph.op("Concat", graph.ints(0, 0, 0, 0, 0), missing, axis=0)
        scalar = graph.op("Squeeze", count)
        starts = graph.op("Range", graph.int(0), scalar, graph.int(1))
        starts = graph.op("Mul", starts, graph.ints(CONTEXT_FRAMES))
        left = graph.op("Sub", frames, starts)
        lengths = graph.op("Min", left, graph.ints(CONTEXT_FRAMES))
        return _Stretches(pads, frames, graph.op("Cast", lengths, to=FLOAT))

    def _masked(self, local: str, x: str, name: str, stretches: _Stretches) -> str:
        """Multiply `local` by a mask from the mean of `x` overall and in each stretch."""
        graph = self.graph
        cut = self._cut(x, stretches)
        sums = graph.op("ReduceSum", cut, graph.ints(3), keepdims=0)
        means = graph.op("Div", sums, stretches.lengths)
        overall = graph.op("ReduceMean", x, graph.ints(2), keepdims=1)
        context = graph.op("Add", means, overall)
        hidden = graph.op("Relu", self._convolve(context, f"{name}.linear1", None))
        mask = graph.op("Sigmoid", self._convolve(hidden, f"{name}.linear2", None))
        mask = graph.op("Unsqueeze", mask, graph.ints(3))
        product = graph.op("Mul", self._cut(local, stretches), mask)
        joined = graph.reshape(product, 0, 0, -1)
        return graph.slice(joined, graph.ints(0), stretches.frames, 2)

    def _cut(self, x: str, stretches: _Stretches) -> str:
        """[batch, channels, stretches, `CONTEXT_FRAMES`], the last one padded with zeros."""
        padded = self.graph.op("Pad", x, stretches.pads)
        return self.graph.reshape(padded, 0, 0, -1, CONTEXT_FRAMES)

    def _pool(self, x: str) -> str:
        """Mean and deviation over time, then the vector of length 1."""
        graph = self.graph
        mean = graph.op("ReduceMean", x, graph.ints(2), keepdims=1)
        offset = graph.op("Sub", x, mean)
        squares = graph.op("ReduceSum", graph.op("Mul", offset, offset), graph.ints(2), keepdims=1)
        frames = graph.slice(graph.op("Shape", x), graph.ints(2), graph.ints(3), 0)
        others = graph.op("Cast", graph.op("Sub", frames, graph.ints(1)), to=FLOAT)
        deviation = graph.op("Sqrt", graph.op("Div", squares, others))
        both = graph.op("Concat", mean, deviation, axis=1)
        after = self._normalisation("xvector.dense.nonlinear.batchnorm")
        vector = graph.reshape(self._convolve(both, "xvector.dense.linear", after), 0, -1)
        length = graph.op("ReduceL2", vector, graph.ints(1), keepdims=1)
        return graph.op("Div", vector, graph.op("Max", length, graph.float(1e-12)))


@dataclass(frozen=True)
class _Stretches:
    """Names of values that describe the cut."""

    pads: str
    """int64 [6]: zeros to append to [batch, channels, frames]."""
    frames: str
    """int64 [1]"""
    lengths: str
    """float32 [stretches]: frames in each."""
