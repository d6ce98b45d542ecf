"""A cheap watch over rows that repeat themselves, so that one does not hold up its batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from .graph import Graph

LONGEST_PERIOD = 64
LEAST_REPEATS = 3
LEAST_TOKENS = 32
"""Short periods must fill this many tokens: people do say "no, no, no"."""


def thresholds() -> NDArray[np.int64]:
    """For each period 1 … 64, how many tokens in a row must equal the one a period before.

    A stretch of r periods of p tokens has (r - 1) p such tokens.
    """
    periods = np.arange(1, LONGEST_PERIOD + 1, dtype=np.int64)
    repeats = np.maximum(LEAST_REPEATS, -(-LEAST_TOKENS // periods))
    return (repeats - 1) * periods


@dataclass(frozen=True)
class RepetitionGuard:
    """Writes the watch into the body of the decode loop.

    Two states a row: the last 64 symbols, newest first, and for each period the length of the
    present run of tokens equal to the one a period earlier. Timestamps count as one symbol,
    since a repeated sentence carries new times.
    """

    graph: Graph
    timestamp_begin: int

    def watch(self, tokens: str, recent: str, runs: str) -> tuple[str, str, str]:
        """Adds one step for `tokens` [batch, 1].

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
