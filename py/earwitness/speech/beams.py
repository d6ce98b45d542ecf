"""What a beam search left behind -> the best hypothesis of a window.

An engine that searches keeps, for each step, what each of its hypotheses wrote and which hypothesis
of the step before it goes on from; nothing is copied while it searches. Here the way back is walked
once. Ranking is CTranslate2's and openai/whisper's: the sum of log-probabilities, end included,
divided by the number of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from earwitness.speech.protocols import Hypothesis

NO_ENDING = -1e29
"""A total below this is none: the hypothesis did not end there."""


@dataclass(frozen=True, slots=True)
class BeamSteps:
    """One window's search, each [beams, steps]; steps beyond the window's own end do not count."""

    tokens: Sequence[Sequence[int]]
    log_probabilities: Sequence[Sequence[float]]
    """Of these tokens."""
    parents: Sequence[Sequence[int]]
    """Which hypothesis of the step before each token continues."""
    endings: Sequence[Sequence[float]]
    """The whole log-probability of a hypothesis of the step before that ends instead of writing
    this step's token; `NO_ENDING` or less where none does."""


def beam_steps(
    values: tuple[Sequence[int], Sequence[float], Sequence[int], Sequence[float]],
    windows: int,
    beams: int,
) -> list[BeamSteps]:
    """Cut the four flat [windows, beams, steps] of a batch into windows."""
    steps = len(values[0]) // (windows * beams)

    def rows(flat: Sequence[int] | Sequence[float], window: int) -> list[Any]:
        first = window * beams
        return [flat[row * steps : (row + 1) * steps] for row in range(first, first + beams)]

    return [BeamSteps(*(rows(flat, window) for flat in values)) for window in range(windows)]


def searched(steps: BeamSteps, length: int, no_speech_probability: float) -> Hypothesis:
    """The likeliest ended hypothesis of the first `length` steps; else the likeliest there is."""
    best: tuple[float, int, int] | None = None
    for step in range(1, length):
        for beam, ending in enumerate(row[step] for row in steps.endings):
            if ending > NO_ENDING and (best is None or ending / (step + 1) > best[0]):
                best = (ending / (step + 1), beam, step)
    if best is None:
        tokens, values = _walk(steps, 0, length - 1)
        return Hypothesis(tokens, values, no_speech_probability, finished=False)
    _, beam, step = best
    tokens, values = _walk(steps, beam, step - 1)
    end = min(0.0, steps.endings[beam][step] - sum(values))
    return Hypothesis(tokens, (*values, end), no_speech_probability, finished=True)


def _walk(steps: BeamSteps, beam: int, last: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Tokens and log-probabilities that led to a hypothesis after step `last`."""
    tokens: list[int] = []
    values: list[float] = []
    for step in range(last, -1, -1):
        tokens.append(int(steps.tokens[beam][step]))
        values.append(steps.log_probabilities[beam][step])
        beam = int(steps.parents[beam][step])
    return tuple(reversed(tokens)), tuple(reversed(values))
