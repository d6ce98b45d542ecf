"""The steps of a decode, as the engine's graph answers them in one run or in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from earwitness.speech.beams import BeamSteps, best_hypothesis, likeliest_tokens
from earwitness.speech.protocols import Hypothesis

PIECE_S = 1.6
"""Aimed at for one run of the graph where somebody waits for the text so far."""
FIRST_PIECE = 24
"""Steps of the first run, whose speed is not known yet."""
SHORTEST_PIECE = 8
OUTPUTS = ("tokens", "log_probabilities", "lengths", "no_speech_probability", "looped")
"""What is read of each run, by the names of the graph's outputs and of `DecodedSteps.add`."""
SEARCH_OUTPUTS = (*OUTPUTS, "parents", "endings")
"""The same for a search with beams."""
_Value = TypeVar("_Value", int, float)


def next_piece(steps: int, took_s: float) -> int:
    """Return how many steps to run next, after so many took that long."""
    return max(SHORTEST_PIECE, round(steps * PIECE_S / max(took_s, 0.01)))


@dataclass
class DecodedSteps:
    """What the runs of one decode gave so far, with the runs put one behind the other."""

    windows: int
    beams: int
    _tokens: list[list[int]] = field(init=False)
    _log_probabilities: list[list[float]] = field(init=False)
    _parents: list[list[int]] = field(init=False)
    _endings: list[list[float]] = field(init=False)
    """Each [windows * beams, steps]."""

    def __post_init__(self) -> None:
        rows = self.windows * self.beams
        self._tokens = [[] for _ in range(rows)]
        self._log_probabilities = [[] for _ in range(rows)]
        self._parents = [[] for _ in range(rows)]
        self._endings = [[] for _ in range(rows)]
        self._lengths = [0] * self.windows
        self._silences = [0.0] * self.windows
        self._looped = [False] * self.windows

    @property
    def count(self) -> int:
        """The number of steps."""
        return len(self._tokens[0])

    def add(
        self,
        *,
        tokens: Sequence[int],
        log_probabilities: Sequence[float],
        lengths: Sequence[int],
        no_speech_probability: Sequence[float],
        looped: Sequence[bool],
        parents: Sequence[int] = (),
        endings: Sequence[float] = (),
    ) -> None:
        """Add the outputs of a run; those with a value a step are flat [windows, beams, steps]."""
        _append(self._tokens, tokens)
        _append(self._log_probabilities, log_probabilities)
        _append(self._parents, parents)
        _append(self._endings, endings)
        self._lengths = [a + int(b) for a, b in zip(self._lengths, lengths, strict=True)]
        self._silences = list(no_speech_probability)
        self._looped = list(looped)

    def likeliest(self) -> list[tuple[int, ...]]:
        """Return the tokens of each window's likeliest hypothesis so far."""
        if self.beams == 1:
            return [each.tokens for each in self.hypotheses()]
        return [
            likeliest_tokens(self._window(window), length) if length else ()
            for window, length in enumerate(self._lengths)
        ]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what `add` needs."""
        return OUTPUTS if self.beams == 1 else SEARCH_OUTPUTS

    def hypotheses(self) -> list[Hypothesis]:
        """Return the hypothesis of each window."""
        hear = self._greedy if self.beams == 1 else self._best
        return [hear(window) for window in range(self.windows)]

    def _best(self, window: int) -> Hypothesis:
        return best_hypothesis(self._window(window), self._lengths[window], self._silences[window])

    def _greedy(self, window: int) -> Hypothesis:
        length = self._lengths[window]
        finished = length < self.count and not self._looped[window]
        return Hypothesis(
            tokens=tuple(int(token) for token in self._tokens[window][:length]),
            token_log_probabilities=tuple(self._log_probabilities[window][: length + finished]),
            no_speech_probability=self._silences[window],
            finished=finished,
        )

    def _window(self, window: int) -> BeamSteps:
        rows = slice(window * self.beams, (window + 1) * self.beams)
        return BeamSteps(
            self._tokens[rows],
            self._log_probabilities[rows],
            self._parents[rows],
            self._endings[rows],
        )


def _append(rows: list[list[_Value]], flat: Sequence[_Value]) -> None:
    steps = len(flat) // len(rows)
    for index, row in enumerate(rows):
        row += flat[index * steps : (index + 1) * steps]
