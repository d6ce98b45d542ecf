"""Which language is spoken, from what the model believes of several windows."""

from __future__ import annotations

from collections.abc import Sequence


def combine(votes: Sequence[tuple[dict[str, float], float]]) -> dict[str, float]:
    """Mean of (probabilities, seconds of speech), weighted by the seconds; sums to 1."""
    total = sum(weight for _, weight in votes)
    combined: dict[str, float] = {}
    for probabilities, weight in votes:
        for language, probability in probabilities.items():
            share = probability * (weight / total if total else 1 / len(votes))
            combined[language] = combined.get(language, 0.0) + share
    return combined


def best(probabilities: dict[str, float]) -> tuple[str, float]:
    """The most probable language and its probability."""
    return max(probabilities.items(), key=lambda item: item[1])
