"""Which recognised words are doubtful, so that a reader checks them."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.transcript import Segment, Word

DOUBTFUL_BELOW = 0.5
"""A word whose probability is lower is doubtful."""


def is_doubtful(word: Word) -> bool:
    """Return whether a reader should check the word; False where its probability is unknown."""
    return word.probability is not None and word.probability < DOUBTFUL_BELOW


def doubtful_words(segments: Sequence[Segment]) -> tuple[tuple[int, int], ...]:
    """Return the places (segment, word) of all doubtful words, in order."""
    return tuple(
        (number, index)
        for number, segment in enumerate(segments)
        for index, word in enumerate(segment.words)
        if is_doubtful(word)
    )
