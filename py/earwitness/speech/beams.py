"""Read the best hypothesis from the steps of a beam search.

For each step the engine stores the token of each beam and the beam of the step before that it
continues, so that it copies nothing while it searches. The best hypothesis is read backwards, once.
It has the largest sum of log-probabilities, EOT included, divided by the number of tokens, as in
CTranslate2 and openai/whisper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import Competitor, Hypothesis

NO_ENDING = -1e29
"""A total up to this means that the hypothesis did not end there."""
COMPETITOR_TOKENS = 8
"""Tokens of a competitor that are kept: a word or two, and where the texts meet again."""
MAX_BEHIND = 3.0
"""A competitor's log-probability may be so much below that of the text in its place."""


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
        competitors = _competitors(steps, length, 0, values)
        return Hypothesis(tokens, values, no_speech_probability, False, competitors)
    _, beam, step = best
    tokens, values = _walk(steps, beam, step - 1)
    end = min(0.0, steps.endings[beam][step] - sum(values))
    competitors = _competitors(steps, length, beam, values)
    return Hypothesis(tokens, (*values, end), no_speech_probability, True, competitors)


def _walk(steps: BeamSteps, beam: int, last: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return tokens and log-probabilities of a beam up to step `last`."""
    tokens: list[int] = []
    values: list[float] = []
    for step in range(last, -1, -1):
        tokens.append(int(steps.tokens[beam][step]))
        values.append(steps.log_probabilities[beam][step])
        beam = int(steps.parents[beam][step])
    return tuple(reversed(tokens)), tuple(reversed(values))


def _competitors(
    steps: BeamSteps, length: int, beam: int, values: Sequence[float]
) -> tuple[Competitor, ...]:
    """Return what the search tried beside a hypothesis; `beam`: where it stands at its last step.

    `values`: log-probabilities of its tokens.
    """
    path = [0] * len(values)
    for step in range(len(values) - 1, -1, -1):
        path[step] = beam
        beam = int(steps.parents[beam][step])
    found: list[tuple[float, Competitor]] = []
    for last, leaf in _leaves(steps, length):
        tokens, own, first = _leave(steps, path, last, leaf)
        behind = sum(values[first : last + 1]) - sum(own)
        if not tokens or behind > MAX_BEHIND:
            continue
        kept = tokens[:COMPETITOR_TOKENS]
        ended = len(kept) == len(tokens) and _ends(steps, length, last, leaf)
        found.append((behind, Competitor(first, kept, ended)))
    found.sort(key=lambda each: each[0])
    return tuple(dict.fromkeys(competitor for _, competitor in found))


def _leaves(steps: BeamSteps, length: int) -> Iterator[tuple[int, int]]:
    """Yield step and beam of each token that no later one continues."""
    for step in range(length):
        continued = {int(row[step + 1]) for row in steps.parents if step + 1 < length}
        beams = range(len(steps.tokens))
        yield from ((step, beam) for beam in beams if beam not in continued)


def _leave(
    steps: BeamSteps, path: Sequence[int], last: int, beam: int
) -> tuple[tuple[int, ...], list[float], int]:
    """Return tokens and log-probabilities that a beam does not share with a path, and the first's
    index.
    """
    tokens: list[int] = []
    values: list[float] = []
    step = last
    while step >= 0 and not (step < len(path) and path[step] == beam):
        tokens.append(int(steps.tokens[beam][step]))
        values.append(steps.log_probabilities[beam][step])
        beam = int(steps.parents[beam][step])
        step -= 1
    return tuple(reversed(tokens)), values, step + 1


def _ends(steps: BeamSteps, length: int, last: int, beam: int) -> bool:
    return last + 1 < length and steps.endings[beam][last + 1] > NO_ENDING
