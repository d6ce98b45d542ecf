"""The steps of a decode that came in several runs."""

from __future__ import annotations

from typing import Any

from earwitness.speech.decode_steps import SHORTEST_PIECE, DecodedSteps, next_piece

EOT = 99
NEVER = -1e30


def run(tokens: list[list[list[int]]], lengths: list[int], **changes: Any) -> dict[str, Any]:
    """The outputs of a run: tokens [windows, beams, steps]."""
    flat = [token for window in tokens for beam in window for token in beam]
    values = {
        "tokens": flat,
        "log_probabilities": [-0.5] * len(flat),
        "parents": [0] * len(flat),
        "endings": [NEVER] * len(flat),
        "lengths": lengths,
        "no_speech_probability": [0.25] * len(tokens),
        "looped": [False] * len(tokens),
    }
    return values | changes


def test_runs_of_a_greedy_decode_make_one_text_for_each_window() -> None:
    steps = DecodedSteps(2, 1)
    steps.add(**run([[[1, 2, 3]], [[7, EOT, EOT]]], [3, 1]))
    assert steps.likeliest() == [(1, 2, 3), (7,)]
    steps.add(**run([[[4, EOT]], [[EOT, EOT]]], [1, 0]))
    first, second = steps.hypotheses()
    assert first.tokens == (1, 2, 3, 4)
    assert len(first.token_log_probabilities) == 5
    assert second.tokens == (7,)
    assert first.finished
    assert second.finished
    assert second.no_speech_probability == 0.25


def test_text_that_the_limit_or_the_guard_stopped_is_unfinished() -> None:
    steps = DecodedSteps(2, 1)
    steps.add(**run([[[1, 2]], [[3, EOT]]], [2, 1], looped=[False, True]))
    assert [each.finished for each in steps.hypotheses()] == [False, False]


def test_runs_of_a_search_are_read_backwards_across_runs() -> None:
    steps = DecodedSteps(1, 2)
    steps.add(**run([[[1, 3], [2, 4]]], [2], parents=[0, 1, 0, 0]))
    assert steps.likeliest() == [(2, 3)]
    ending = [NEVER, -1.0, NEVER, NEVER]
    steps.add(**run([[[5, 6], [7, 8]]], [2], parents=[1, 0, 0, 0], endings=ending))
    [best] = steps.hypotheses()
    assert best.tokens == (1, 4, 5)
    assert best.finished


def test_window_without_a_token_has_no_text_yet() -> None:
    steps = DecodedSteps(1, 1)
    steps.add(**run([[[EOT]]], [0]))
    assert steps.likeliest() == [()]


def test_next_run_is_as_long_as_the_pace_allows() -> None:
    assert next_piece(24, 1.6) == 24
    assert next_piece(24, 0.8) == 48
    assert next_piece(24, 60.0) == SHORTEST_PIECE
    assert next_piece(24, 0.0) > 448
