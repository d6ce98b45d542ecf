"""Speech spans from probabilities."""

from __future__ import annotations

import asyncio
import math
from itertools import pairwise

from earwitness.speech.activity import Span, find_speech, overlap
from earwitness.speech.energy import EnergyVad
from earwitness.speech.settings import VadSettings
from earwitness.speech.silero import VAD_FRAME_S
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.speech.scripted import Tape

SETTINGS = VadSettings(min_speech_s=2 * VAD_FRAME_S, min_silence_s=3 * VAD_FRAME_S)


def spans(*probabilities: float) -> list[tuple[int, int]]:
    return [(s.start, s.stop) for s in find_speech(probabilities, SETTINGS)]


def test_speech_ends_with_long_silence() -> None:
    assert spans(0, 0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.9) == [(1, 6), (9, 10)]


def test_probability_between_thresholds_continues_speech() -> None:
    assert spans(0.4, 0.4, 0.9, 0.4, 0.4, 0.4, 0.4, 0.1, 0.1, 0.1) == [(2, 7)]
    assert spans(0.4, 0.4, 0.4) == []


def test_short_speech_is_noise() -> None:
    assert spans(0.1, 0.9, 0.1, 0.1, 0.1, 0.1) == []


def test_speech_at_the_end_counts_at_any_length() -> None:
    assert spans(0.1, 0.1, 0.9) == [(2, 3)]
    assert spans(0.9, 0.9, 0.1) == [(0, 2)]


@given(st.lists(st.floats(0, 1), max_size=200))
def test_spans_are_in_order_and_apart_and_cover_long_runs(probabilities: list[float]) -> None:
    found = find_speech(probabilities, SETTINGS)
    assert all(0 <= s.start < s.stop <= len(probabilities) for s in found)
    assert all(a.stop + 3 <= b.start for a, b in pairwise(found))
    for frame in range(len(probabilities) - 1):
        if min(probabilities[frame : frame + 2]) >= SETTINGS.threshold:
            assert any(s.start <= frame < s.stop for s in found)


def test_overlap_counts_the_part_inside_spans() -> None:
    assert overlap([Span(0, 10), Span(20, 30)], 5, 25) == 10
    assert overlap([Span(0, 10)], 10, 20) == 0


class Meter:
    """Levels as scripted."""

    def __init__(self, levels: list[float]) -> None:
        self.levels = levels

    async def levels_dbfs(self, samples: object) -> list[float]:
        return self.levels


def energy(levels: list[float]) -> list[bool]:
    probabilities = asyncio.run(EnergyVad(Meter(levels)).speech_probabilities(Tape((), 0, 0)))
    return [p >= 0.5 for p in probabilities]


def test_energy_detects_sound_above_the_background() -> None:
    levels = [-50.0] * 20 + [-20.0] * 10 + [-48.0] * 20
    assert energy(levels) == [False] * 20 + [True] * 10 + [False] * 20


def test_energy_ignores_silence_and_steady_noise() -> None:
    assert not any(energy([-math.inf] * 50))
    assert not any(energy([-20.0] * 50))
    assert not any(energy([-90.0, -75.0] * 25))
    assert energy([]) == []
