"""Read the best hypothesis from the steps of a beam search.

For each step the engine stores the token of each beam and the beam of the step before that it
continues, so that it copies nothing while it searches. The best hypothesis is read backwards, once.
It has the largest sum of log-probabilities, EOT included, divided by the number of tokens, as in
CTranslate2 and openai/whisper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import Hypothesis

NO_ENDING = -1e29
"""A total up to this means that the hypothesis did not end there."""


@dataclass(frozen=True, slots=True)
class BeamSteps:
    """The search of one window, each field [beams, steps]."""

    tokens: Sequence[Sequence[int]]
    log_probabilities: Sequence[Sequence[float]]
    """Log-probabilities of `tokens`."""
    parents: Sequence[Sequence[int]]
    """The beam of the step before that each token continues."""
    endings: Sequence[Sequence[float]]
    """The total log-probability of the beam of the step before, if it ends here instead of going
    on; `NO_ENDING` or less where it does not end."""


def likeliest_tokens(steps: BeamSteps, length: int) -> tuple[int, ...]:
    """Return the tokens of the likeliest hypothesis after `length` steps."""
    return _walk(steps, 0, length - 1)[0]


def best_hypothesis(steps: BeamSteps, length: int, no_speech_probability: float) -> Hypothesis:
    """Return the likeliest hypothesis that ended within `length` steps, else the likeliest one."""
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
    """Return tokens and log-probabilities of a beam up to step `last`."""
    tokens: list[int] = []
    values: list[float] = []
    for step in range(last, -1, -1):
        tokens.append(int(steps.tokens[beam][step]))
        values.append(steps.log_probabilities[beam][step])
        beam = int(steps.parents[beam][step])
    return tuple(reversed(tokens)), tuple(reversed(values))
