"""Detects rows that repeat themselves, so that such a row does not delay its batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from .graph import Graph

LONGEST_PERIOD = 64
LEAST_REPEATS = 3
LEAST_TOKENS = 32
"""Shorter repetitions are allowed, because people say "no, no, no"."""


def thresholds() -> NDArray[np.int64]:
    """For each period 1 … 64, the number of consecutive tokens that equal the one a period before.

    r repetitions of p tokens have (r - 1) p such tokens.
    """
    periods = np.arange(1, LONGEST_PERIOD + 1, dtype=np.int64)
    repeats = np.maximum(LEAST_REPEATS, -(-LEAST_TOKENS // periods))
    return (repeats - 1) * periods


@dataclass(frozen=True)
class RepetitionGuard:
    """Writes the detection into the body of the decode loop.

    Each row has two states: the last 64 symbols, newest first, and for each period the length of
    the current run of tokens that equal the one a period earlier. All timestamps count as one
    symbol, because a repeated sentence has new times.
    """

    graph: Graph
    timestamp_begin: int

    def detect(self, tokens: str, recent: str, runs: str) -> tuple[str, str, str]:
        """Add one step for `tokens` [batch, 1].

        Returns whether each row repeats itself (bool [batch, 1]) and the two new states
        (int64 [batch, 64] each).
        """
        graph = self.graph
        symbol = graph.op("Min", tokens, graph.int(self.timestamp_begin))
        same = graph.op("Equal", recent, symbol)
        longer = graph.op("Add", runs, graph.int(1))
        runs = graph.op("Where", same, longer, graph.int(0))
        reached = graph.op("GreaterOrEqual", runs, graph.constant(thresholds()[None, :]))
        as_number = graph.op("Cast", reached, to=int(TensorProto.INT32))
        most = graph.op("ReduceMax", as_number, graph.ints(1), keepdims=1)
        older = graph.slice(recent, graph.ints(0), graph.ints(LONGEST_PERIOD - 1), 1)
        recent = graph.op("Concat", symbol, older, axis=1)
        return graph.op("Cast", most, to=int(TensorProto.BOOL)), recent, runs
