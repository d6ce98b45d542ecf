"""The states that the decode loop carries from step to step, and from run to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .graph import BOOL, FLOAT, INT64
from .guard import LONGEST_PERIOD
from .text import Head
from .weights import WhisperWeights

KINDS = {FLOAT: "float32", INT64: "int64", BOOL: "bool"}


@dataclass(frozen=True)
class State:
    """A carried tensor. A dimension without a name may differ between steps."""

    name: str
    kind: int
    """A `TensorProto` data type."""
    shape: Sequence[int | str | None]
    grows_along: int | None = None
    """The axis of a tensor that is large, and is empty before the first step."""

    def as_json(self) -> dict[str, Any]:
        """Return what a run without a run before it gives: -1 stands for the batch size."""
        dims = [-1 if size == "batch" else size or 0 for size in self.shape]
        return {"name": self.name, "type": KINDS[self.kind], "shape": dims}


def loop_states(weights: WhisperWeights, alignment_heads: Sequence[Head]) -> list[State]:
    """Return the states of the loop in the order of its inputs."""
    cache = ["batch", weights.heads, None, weights.head_dim]
    return [
        State("tokens", INT64, ["batch", None]),
        State("places", INT64, [None]),
        State("mask", FLOAT, ["batch", None, None]),
        State("looked_at", INT64, [None]),
        State("finished", BOOL, ["batch", 1]),
        State("totals", FLOAT, [None, 1]),
        State("ended_in_timestamp", BOOL, [None, 1]),
        State("before_it", BOOL, [None, 1]),
        State("newest_timestamp", INT64, [None, 1]),
        State("recent", INT64, [None, LONGEST_PERIOD]),
        State("runs", INT64, [None, LONGEST_PERIOD]),
        State("looped", BOOL, ["batch", 1]),
        State("no_speech", FLOAT, ["batch", None]),
        State("first_logits", FLOAT, ["batch", None, weights.vocabulary], grows_along=1),
        State("attention", FLOAT, ["batch", len(alignment_heads), None, None]),
        *[
            State(f"self_{kind}_{layer}", FLOAT, cache, grows_along=2)
            for layer in range(len(weights.decoder_layers))
            for kind in ("key", "value")
        ],
    ]


def handed_on(states: Sequence[State]) -> list[State]:
    """Return the states that a run can hand on: all but the attention, which each step replaces."""
    return [each for each in states if each.name != "attention"]
