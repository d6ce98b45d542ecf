"""The best hypothesis of a beam search."""

from __future__ import annotations

import pytest
from earwitness.speech.beams import BeamSteps, best_hypothesis, likeliest_tokens

NEVER = -1e30
# Two hypotheses over four steps: 10 leads to 11 and to 12, 20 dies out after the first step.
STEPS = BeamSteps(
    tokens=((10, 11, 13, 15), (20, 12, 14, 16)),
    log_probabilities=((-0.1, -0.2, -0.3, -0.4), (-0.5, -0.4, -0.1, -0.9)),
    parents=((0, 0, 1, 0), (0, 0, 0, 1)),
    endings=((NEVER, NEVER, NEVER, -0.9), (NEVER, NEVER, -0.6, -0.7)),
)


def test_hypothesis_with_the_best_mean_wins() -> None:
    """-0.6 over 3, -0.9 over 4 and -0.7 over 4 tokens: the last, though not the largest sum."""
    best = best_hypothesis(STEPS, 4, 0.25)
    assert best.tokens == (10, 11, 14)
    assert best.token_log_probabilities == pytest.approx((-0.1, -0.2, -0.1, -0.3))
    assert best.average_log_probability == pytest.approx(-0.7 / 4)
    assert best.finished
    assert best.no_speech_probability == 0.25


def test_steps_after_the_end_of_a_window_are_ignored() -> None:
    best = best_hypothesis(STEPS, 3, 0.0)
    assert best.tokens == (10, 12)
    assert sum(best.token_log_probabilities) == pytest.approx(-0.6)


def test_likeliest_hypothesis_is_unfinished_if_none_ends() -> None:
    best = best_hypothesis(STEPS, 2, 0.0)
    assert best.tokens == (10, 11)
    assert best.token_log_probabilities == (-0.1, -0.2)
    assert not best.finished


def test_likeliest_text_so_far_is_read_before_any_ends() -> None:
    assert likeliest_tokens(STEPS, 3) == (10, 12, 13)
