"""The precisions in which a model can be stored and computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .graph import Attend, Graph, Multiply, Store
from .quantise import (
    Embeddings,
    FullEmbeddings,
    Int8Embeddings,
    WidenedEmbeddings,
    attend_full,
    attend_int8,
    multiply_full,
    multiply_int8,
    multiply_widened,
    store_full,
    store_int8,
)
from .weights import Array


@dataclass(frozen=True)
class Precision:
    """One precision. `describe` is written to the manifest."""

    name: str
    store: Store
    encoder: Multiply
    attend: Attend
    """Attention of the encoder. The decoder's attention is too short to matter."""
    decoder: Multiply
    embed: Callable[[Graph, Array], Embeddings]
    fast_gelu: bool
    describe: dict[str, str]


_WIDENED = "int8 weights, float32 arithmetic"
_ROUNDED = "int8 weights, int8 activations with a scale a token"
PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision(
            "fp32",
            store_full,
            multiply_full,
            attend_full,
            multiply_full,
            FullEmbeddings,
            fast_gelu=False,
            describe={"name": "fp32", "encoder": "float32", "decoder": "float32", "gelu": "exact"},
        ),
        Precision(
            "int8-weights",
            store_int8,
            multiply_widened,
            attend_full,
            multiply_widened,
            WidenedEmbeddings,
            fast_gelu=True,
            describe={
                "name": "int8-weights",
                "encoder": _WIDENED,
                "decoder": _WIDENED,
                "gelu": "tanh",
            },
        ),
        Precision(
            "int8-encoder",
            store_int8,
            multiply_int8,
            attend_int8,
            multiply_widened,
            WidenedEmbeddings,
            fast_gelu=True,
            describe={
                "name": "int8-encoder",
                "encoder": _ROUNDED,
                "decoder": _WIDENED,
                "gelu": "tanh",
            },
        ),
        Precision(
            "int8",
            store_int8,
            multiply_int8,
            attend_int8,
            multiply_int8,
            Int8Embeddings,
            fast_gelu=True,
            describe={"name": "int8", "encoder": _ROUNDED, "decoder": _ROUNDED, "gelu": "tanh"},
        ),
    )
}
DEFAULT_PRECISION = "int8-encoder"
