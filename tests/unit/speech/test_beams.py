"""The best hypothesis is found on the way back through a search."""

from __future__ import annotations

import pytest
from earwitness.speech.beams import BeamSteps, beam_steps, searched

NEVER = -1e30
# Two hypotheses over four steps: 10 leads to 11 and to 12, 20 dies out after the first step.
STEPS = BeamSteps(
    tokens=((10, 11, 13, 15), (20, 12, 14, 16)),
    log_probabilities=((-0.1, -0.2, -0.3, -0.4), (-0.5, -0.4, -0.1, -0.9)),
    parents=((0, 0, 1, 0), (0, 0, 0, 1)),
    endings=((NEVER, NEVER, NEVER, -0.9), (NEVER, NEVER, -0.6, -0.7)),
)


def test_the_likeliest_ending_a_token_wins() -> None:
    """-0.6 over 3, -0.9 over 4 and -0.7 over 4 tokens: the last, though not the largest sum."""
    best = searched(STEPS, 4, 0.25)
    assert best.tokens == (10, 11, 14)
    assert best.token_log_probabilities == pytest.approx((-0.1, -0.2, -0.1, -0.3))
    assert best.average_log_probability == pytest.approx(-0.7 / 4)
    assert best.finished
    assert best.no_speech_probability == 0.25


def test_steps_after_the_windows_own_end_do_not_count() -> None:
    best = searched(STEPS, 3, 0.0)
    assert best.tokens == (10, 12)
    assert sum(best.token_log_probabilities) == pytest.approx(-0.6)


def test_without_an_ending_the_likeliest_goes_as_far_as_it_got() -> None:
    best = searched(STEPS, 2, 0.0)
    assert best.tokens == (10, 11)
    assert best.token_log_probabilities == (-0.1, -0.2)
    assert not best.finished


def test_a_batch_is_cut_into_its_windows() -> None:
    tokens = list(range(2 * 2 * 3))
    floats = [float(token) for token in tokens]
    first, second = beam_steps((tokens, floats, tokens, floats), 2, 2)
    assert first.tokens == [[0, 1, 2], [3, 4, 5]]
    assert second.endings == [[6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]
