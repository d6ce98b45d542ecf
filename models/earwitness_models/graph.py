"""Builds ONNX graphs: each call adds a node and returns the names of its outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
EVERY = int(np.iinfo(np.int64).max)
"""The end of a slice that goes to the end of the axis."""
_CONTRIB = frozenset(
    {"FastGelu", "Gelu", "MatMulIntegerToFloat", "MultiHeadAttention", "SkipLayerNormalization"}
)

Store = Callable[["Graph", str, NDArray[Any]], str]
"""Stores a weight matrix in a graph; returns the name of its float32 value."""
Multiply = Callable[["Graph", str, str, NDArray[Any]], str]
"""Adds x [batch, length, in] times a named weight [in, out]; returns the product's name."""


Attend = Callable[["Graph", str, str, str, int, int], str]
"""Adds attention over queries, keys and values [batch, length, d], with a number of heads and their
size; returns the name of the result [batch, length, d]."""


class Graph:
    """One ONNX graph under construction.

    A loop body is a `Graph` with a parent. It may use the parent's values by name. Its weights are
    stored in the outermost graph, so that the runtime packs them once.
    """

    def __init__(self, name: str, parent: Graph | None = None) -> None:
        self.name = name
        self.root: Graph = parent.root if parent else self
        self._nodes: list[onnx.NodeProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._count = 0

    def fresh(self, hint: str) -> str:
        """Return a value name that is unique in the model."""
        self.root._count += 1
        return f"{hint}_{self.root._count}"

    def input(self, name: str, kind: int, shape: Sequence[int | str | None]) -> str:
        """Declare an input; `kind` is a `TensorProto` data type. Returns its name."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, list(shape)))
        return name

    def output(
        self,
        value: str,
        kind: int,
        shape: Sequence[int | str | None] | None,
        name: str | None = None,
    ) -> None:
        """Declare an output. If a public `name` is given, the value is copied to it.

        Without a `shape` the output may have any shape.
        """
        if name is not None:
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        dims = None if shape is None else list(shape)
        self._outputs.append(helper.make_tensor_value_info(name or value, kind, dims))

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(self, kind: str, outputs: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add a node with several outputs. An empty input name omits that input."""
        names = [self.fresh(kind) for _ in range(outputs)]
        domain = "com.microsoft" if kind in _CONTRIB else ""
        self._nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def constant(self, value: NDArray[Any]) -> str:
        """Store a tensor and return its name; equal tensors of the model are stored once."""
        key = (str(value.dtype), tuple(value.shape), value.tobytes())
        if key not in self.root._constants:
            self.root._constants[key] = self.store("constant", value)
        return self.root._constants[key]

    def store(self, hint: str, value: NDArray[Any]) -> str:
        """Store a tensor in the outermost graph and return its name."""
        name = self.fresh(hint)
        self.root._initializers[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def constants(self) -> frozenset[str]:
        """Return the names of the stored tensors of the whole model."""
        return frozenset(self.root._initializers)

    def ints(self, *values: int) -> str:
        """Store an int64 vector."""
        return self.constant(np.array(values, dtype=np.int64))

    def int(self, value: int) -> str:
        """Store an int64 scalar."""
        return self.constant(np.array(value, dtype=np.int64))

    def float(self, value: float) -> str:
        """Store a float32 scalar."""
        return self.constant(np.array(value, dtype=np.float32))

    def slice(self, data: str, start: str, end: str, axis: int) -> str:
        """Add data[start:end] along one axis; bounds are names of int64 vectors of length one."""
        return self.op("Slice", data, start, end, self.ints(axis))

    def reshape(self, data: str, *shape: int) -> str:
        """Add a reshape with ONNX's rules: 0 keeps a dimension, -1 is computed."""
        return self.op("Reshape", data, self.ints(*shape))

    def loop(self, body: Graph, trips: str, condition: str, states: Sequence[str]) -> list[str]:
        """Add a `Loop`; returns the final states followed by the scan outputs."""
        names = [self.fresh("Loop") for _ in range(len(body._outputs) - 1)]
        self._nodes.append(
            helper.make_node("Loop", [trips, condition, *states], names, body=body.proto())
        )
        return names

    def branch(self, condition: str, then: Graph, otherwise: Graph) -> list[str]:
        """Add an `If`; both branches must have declared the same outputs. Returns the outputs."""
        names = [self.fresh("If") for _ in then._outputs]
        then_branch, else_branch = then.proto(), otherwise.proto()
        self._nodes.append(
            helper.make_node(
                "If", [condition], names, then_branch=then_branch, else_branch=else_branch
            )
        )
        return names

    def proto(self) -> onnx.GraphProto:
        """Return the finished graph."""
        return helper.make_graph(
            self._nodes,
            self.name,
            self._inputs,
            self._outputs,
            initializer=list(self._initializers.values()),
        )

    def model(self, documentation: str) -> onnx.ModelProto:
        """Return the finished model, for ONNX Runtime 1.20 and newer."""
        return helper.make_model(
            self.proto(),
            opset_imports=[
                helper.make_opsetid("", OPSET),
                helper.make_opsetid("com.microsoft", 1),
            ],
            ir_version=9,
            producer_name="earwitness",
            doc_string=documentation,
        )


FLOAT = int(TensorProto.FLOAT)
INT64 = int(TensorProto.INT64)
BOOL = int(TensorProto.BOOL)
