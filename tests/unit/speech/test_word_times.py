"""Word times: time warping, trimming to speech, and hallucinations."""

from __future__ import annotations

import math
import random

import pytest
from earwitness.speech.activity import Span
from earwitness.speech.alignment import first_frames
from earwitness.speech.hallucination import anomaly_score, is_anomalous, is_hallucinated
from earwitness.speech.planner import Window
from earwitness.speech.settings import TextSettings
from earwitness.speech.timing import place_in_file
from earwitness.transcript import Word
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.speech.scripted import Tape, seconds

SETTINGS = TextSettings()


def best_path_weight(weights: list[list[float]]) -> float:
    """The most weight a monotonic path can collect, by the textbook recurrence."""
    best = [[-math.inf] * len(weights[0]) for _ in weights]
    for i, row in enumerate(weights):
        for j, value in enumerate(row):
            before = [0.0] if i == j == 0 else []
            before += [best[i - 1][j]] if i else []
            before += [best[i][j - 1]] if j else []
            before += [best[i - 1][j - 1]] if i and j else []
            best[i][j] = value + max(before)
    return best[-1][-1]


def weight_of(weights: list[list[float]], firsts: list[int]) -> float:
    """The most that a path entering each row at `firsts` collects."""
    total, frames = 0.0, len(weights[0])
    for i, row in enumerate(weights):
        following = firsts[i + 1] if i + 1 < len(firsts) else frames - 1
        ends = {following, following - 1} if i + 1 < len(firsts) else {following}
        total += max(sum(row[firsts[i] : end + 1]) for end in ends if end >= firsts[i])
    return total


@given(st.integers(1, 7), st.integers(1, 12), st.randoms(use_true_random=False))
def test_path_has_the_largest_weight(tokens: int, frames: int, rng: random.Random) -> None:
    weights = [[rng.uniform(-1, 1) for _ in range(frames)] for _ in range(tokens)]
    firsts = first_frames(weights, frames)
    assert firsts == sorted(firsts)
    assert firsts[0] == 0
    assert weight_of(weights, firsts) == pytest.approx(best_path_weight(weights))


def test_tokens_begin_at_their_weight() -> None:
    weights = [[1.0 if 10 * i <= j < 10 * (i + 1) else 0.0 for j in range(60)] for i in range(5)]
    assert first_frames(weights, 50) == [0, 10, 20, 30, 40]


def test_no_tokens_or_frames() -> None:
    assert first_frames([], 10) == []
    assert first_frames([[1.0], [2.0]], 0) == [0, 0]


def window(*speech_s: tuple[float, float], start_s: float = 10.0, stop_s: float = 20.0) -> Window:
    spans = tuple(Span(seconds(a), seconds(b)) for a, b in speech_s)
    start, stop = seconds(start_s), seconds(stop_s)
    return Window(start, stop, spans, Tape((), start, stop))


def times(words: list[Word]) -> list[tuple[float, float]]:
    return [(word.start_s, word.end_s) for word in words]


def test_words_are_placed_in_the_file_and_trimmed_to_speech() -> None:
    words = [Word(" a", 0.0, 2.0), Word(" b", 2.0, 9.0)]
    assert times(place_in_file(words, window((11, 12.5), (13, 14)))) == [(10.9, 12.0), (12.9, 14.1)]


def test_words_of_a_follow_up_begin_after_earlier_words() -> None:
    words = [Word(" a", 0.0, 1.0), Word(" b", 1.0, 2.0)]
    assert times(place_in_file(words, window((10, 20)), 10.5)) == [(10.5, 11.0), (11.0, 12.0)]
    assert times(place_in_file(words, window((10, 20)), 30)) == [(20.0, 20.0), (20.0, 20.0)]


def test_word_outside_speech_stays_in_its_window() -> None:
    assert times(place_in_file([Word(" a", 8.0, 15.0)], window((11, 12)))) == [(18.0, 20.0)]


@given(
    st.lists(st.tuples(st.floats(0, 12), st.floats(0, 12)), max_size=10),
    st.lists(st.floats(10, 20), min_size=2, max_size=6, unique=True),
)
def test_placed_words_are_in_order_and_inside_their_window(
    raw: list[tuple[float, float]], edges: list[float]
) -> None:
    edges = sorted(edges)
    speech = list(zip(edges[::2], edges[1::2], strict=False))
    words = [Word(" w", min(pair), max(pair)) for pair in raw]
    flat = [edge for pair in times(place_in_file(words, window(*speech))) for edge in pair]
    assert flat == sorted(flat)
    assert all(10 <= edge <= 20 for edge in flat)


def test_improbable_short_and_long_words_are_anomalous() -> None:
    assert anomaly_score(Word(" a", 0, 0.3, 0.9), SETTINGS) == 0
    assert anomaly_score(Word(" a", 0, 0.3, 0.1), SETTINGS) == 1
    assert anomaly_score(Word(" a", 0, 3.0, 0.9), SETTINGS) == 1
    assert anomaly_score(Word(" a", 0, 0.033, 0.9), SETTINGS) == pytest.approx(1.5)
    assert anomaly_score(Word(" a", 0, 0.3, None), SETTINGS) == 0


def said(start_s: float, probability: float, count: int = 4) -> list[Word]:
    return [
        Word(f" w{i}", start_s + 0.4 * i, start_s + 0.4 * i + 0.4, probability)
        for i in range(count)
    ]


def test_segment_is_anomalous_with_its_words() -> None:
    assert is_anomalous(said(0, 0.1), SETTINGS)
    assert not is_anomalous(said(0, 0.6), SETTINGS)
    assert not is_anomalous([*said(0, 0.9, 6), *said(2.4, 0.1, 2)], SETTINGS)
    assert not is_anomalous([Word(" ...", 0, 5, 0.01)], SETTINGS)


def test_anomalous_words_over_silence_are_hallucinated() -> None:
    speech = [Span(seconds(0), seconds(3)), Span(seconds(10), seconds(11.6))]
    assert is_hallucinated(said(5, 0.1), speech, SETTINGS)
    assert is_hallucinated(said(10, 0.1), speech, SETTINGS)
    assert not is_hallucinated(said(10, 0.7), speech, SETTINGS)
    assert not is_hallucinated(said(1, 0.1), speech, SETTINGS)
    assert not is_hallucinated([], speech, SETTINGS)


def test_anomalous_words_over_long_speech_are_kept() -> None:
    """Two voices at once make every word improbable, and may be all that is in a recording."""
    long, short = Span(seconds(10), seconds(14)), Span(seconds(10), seconds(12))
    assert not is_hallucinated(said(10, 0.1, 10), [long], SETTINGS)
    assert is_hallucinated(said(10, 0.1, 5), [short], SETTINGS)
