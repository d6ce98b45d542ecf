"""Numbers to sample with, and shares of a whole."""

from __future__ import annotations

import math
import random

from earwitness.speech.protocols import DecodeRequest


def uniforms(request: DecodeRequest) -> list[list[float]]:
    """[steps, rows] in [0, 1), none at temperature 0.

    Each row's numbers depend on its own seed only, so that a row alone samples as in its batch.
    """
    if not request.temperature:
        return []
    sources = [random.Random(seed) for seed in request.seeds]  # noqa: S311, sampling keeps no secret
    return [[source.random() for source in sources] for _ in range(request.max_new_tokens)]


def softmax(logits: dict[str, float]) -> dict[str, float]:
    """Each key's share."""
    most = max(logits.values())
    weights = {key: math.exp(value - most) for key, value in logits.items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}
