"""Which recognised words are doubtful, so that a reader checks them.

A word's chance of being wrong is estimated by logistic regression from what the model says of it
and of its sentence. `build.py bench doubts` finds the weights on one half of its recordings and
compares the chances with the errors in the other half (decision 97).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.transcript import Segment, Word

DOUBTFUL_FROM = 1 / 3
"""A word is doubtful if the chance that it is wrong is at least this."""
_CONSTANT = -1.388
_WEIGHTS = (-0.945, -2.789)
_EDGE = 0.005
"""Probabilities count as at least this, and at most 1 minus this."""
_AVERAGE_MIN = -2.0
"""Average log-probabilities count as at least this."""
_AVERAGE_USUAL = -0.3
"""Of a segment whose average is unknown."""


def clues(word: Word, segment: Segment) -> tuple[float, float]:
    """Return what the chance that a word is wrong is estimated from.

    That is the logit of its probability, and the average log-probability of its segment. A word
    whose probability is unknown counts as certain.
    """
    return _logit(1.0 if word.probability is None else word.probability), _average(segment)


def chance_of_error(word: Word, segment: Segment) -> float:
    """Return the chance that a word of a segment is wrong."""
    own, average = clues(word, segment)
    return 1 / (1 + math.exp(-(_CONSTANT + _WEIGHTS[0] * own + _WEIGHTS[1] * average)))


def doubtful_words(segments: Sequence[Segment]) -> tuple[tuple[int, int], ...]:
    """Return the places (segment, word) of all doubtful words, in order.

    Words that the user typed or found right are not doubtful.
    """
    return tuple(
        (number, index) for number, segment in enumerate(segments) for index in _doubtful(segment)
    )


def _doubtful(segment: Segment) -> list[int]:
    """Return the doubtful words of a segment: one comparison a word, as a text may have 200,000."""
    own = (_logit(DOUBTFUL_FROM) - _CONSTANT - _WEIGHTS[1] * _average(segment)) / _WEIGHTS[0]
    limit = min(1 / (1 + math.exp(-own)), 1 - _EDGE)
    return [
        index
        for index, word in enumerate(segment.words)
        if word.probability is not None and word.probability <= limit
    ]


def _average(segment: Segment) -> float:
    average = segment.average_log_probability
    return _AVERAGE_USUAL if average is None else max(_AVERAGE_MIN, average)


def _logit(probability: float) -> float:
    share = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(share / (1 - share))
