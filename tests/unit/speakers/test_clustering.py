"""Voices that speak at once belong to different people, unless they are one voice."""

from __future__ import annotations

import math

import pytest
from earwitness.speakers.clustering import Range, Voice, cluster
from earwitness.speakers.settings import ClusterSettings

ANYBODY = Range()


def voices(cosine: float, count: int = 10) -> list[Voice]:
    """Two groups of voices that are alike by a cosine; the first of each speak at once, once."""
    vectors = [[1.0, 0.0], [cosine, math.sqrt(1 - cosine * cosine)]]
    return [
        Voice(vectors[n % 2], 5.0, frozenset({1 - n}) if n < 2 else frozenset())
        for n in range(2 * count)
    ]


@pytest.mark.parametrize(("cosine", "people"), [(0.95, 1), (0.65, 2), (0.2, 2)])
def test_one_voice_that_was_heard_as_two_at_once_is_one_person(cosine: float, people: int) -> None:
    assert len(set(cluster(voices(cosine), ClusterSettings(), ANYBODY))) == people


def test_alike_voices_that_never_speak_at_once_are_one_person() -> None:
    alone = [Voice(each.vector, each.heard_s) for each in voices(0.65)]
    assert set(cluster(alone, ClusterSettings(), ANYBODY)) == {0}
