"""The named choices of how exactly a model is stored and computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .graph import Graph, Store
from .quantise import (
    Embeddings,
    full_embeddings,
    int8_embeddings,
    store_full,
    store_int8,
)
from .weights import Array


@dataclass(frozen=True)
class Precision:
    """One choice. `describe` goes into the manifest."""

    name: str
    encoder: Store
    decoder: Store
    embed: Callable[[Graph, Array], Embeddings]
    fast_gelu: bool
    describe: dict[str, str]


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision(
            "fp32",
            store_full,
            store_full,
            full_embeddings,
            fast_gelu=False,
            describe={"name": "fp32", "encoder": "float32", "decoder": "float32", "gelu": "exact"},
        ),
        Precision(
            "int8-weights",
            store_int8,
            store_int8,
            int8_embeddings,
            fast_gelu=True,
            describe={
                "name": "int8-weights",
                "encoder": "int8 weights, float32 arithmetic",
                "decoder": "int8 weights, float32 arithmetic",
                "gelu": "tanh",
            },
        ),
    )
}
DEFAULT_PRECISION = "int8-weights"
