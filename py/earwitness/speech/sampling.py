"""Random numbers for sampling tokens, and probabilities of logits."""

from __future__ import annotations

import math
import random

from earwitness.speech.protocols import DecodeRequest


def uniforms(request: DecodeRequest) -> list[list[float]]:
    """Return random numbers [steps, rows] in [0, 1); none at temperature 0.

    The numbers of a row depend only on its seed, so a row samples the same alone as in a batch.
    """
    if not request.temperature:
        return []
    sources = [random.Random(seed) for seed in request.seeds]  # noqa: S311, sampling keeps no secret
    return [[source.random() for source in sources] for _ in range(request.max_new_tokens)]


def softmax(logits: dict[str, float]) -> dict[str, float]:
    """Return the probability of each key."""
    most = max(logits.values())
    weights = {key: math.exp(value - most) for key, value in logits.items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}
