"""Rows that repeat themselves are stopped; ordinary speech is not."""

from __future__ import annotations

import numpy as np
import pytest
from earwitness_models.graph import BOOL, INT64, Graph
from earwitness_models.guard import (
    LEAST_REPEATS,
    LEAST_TOKENS,
    LONGEST_PERIOD,
    RepetitionGuard,
)

from tests.models.native import run, session

BEGIN = 1000


@pytest.fixture(scope="module")
def stops_after():
    graph = Graph("guard")
    graph.input("tokens", INT64, ["batch", 1])
    for name in ("recent", "runs"):
        graph.input(name, INT64, ["batch", LONGEST_PERIOD])
    guard = RepetitionGuard(graph, BEGIN)
    found, recent, runs = guard.detect("tokens", "recent", "runs")
    graph.output(found, BOOL, ["batch", 1], "found")
    graph.output(recent, INT64, ["batch", LONGEST_PERIOD], "new_recent")
    graph.output(runs, INT64, ["batch", LONGEST_PERIOD], "new_runs")
    runner = session(graph.model("guard"))

    def stops(tokens: list[int]) -> int | None:
        """After how many tokens the guard stops the row."""
        state = {
            "recent": np.full((1, LONGEST_PERIOD), -1),
            "runs": np.zeros((1, LONGEST_PERIOD), dtype=np.int64),
        }
        for count, token in enumerate(tokens, start=1):
            result = run(runner, state | {"tokens": np.array([[token]])})
            if result["found"][0, 0]:
                return count
            state = {name: result[f"new_{name}"] for name in state}
        return None

    return stops


@pytest.mark.parametrize("period", [1, 2, 3, 7, 16, 31, 64])
def test_repetition_stops_at_the_limit(stops_after, period: int) -> None:
    random = np.random.default_rng(period)
    opening = list(range(500, 511))
    sentence = random.permutation(400)[:period].tolist()
    repeats = max(LEAST_REPEATS, -(-LEAST_TOKENS // period))
    assert stops_after(opening + sentence * 40) == len(opening) + repeats * period
    assert stops_after(opening + sentence * (repeats - 1)) is None


def test_timestamps_between_repeats_are_ignored(stops_after) -> None:
    tokens: list[int] = []
    for second in range(40):
        tokens += [BEGIN + 50 * second, 11, 12, 13, 14, 15, 16, BEGIN + 50 * second + 50]
    assert stops_after(tokens) == 32


def test_word_may_be_repeated_ten_times(stops_after) -> None:
    assert stops_after([1, 2, 3, *[7, 8] * 10, 4, 5, 6]) is None


def test_distinct_tokens_are_not_stopped(stops_after) -> None:
    assert stops_after(list(range(300))) is None
