"""Word times: the warping path, trimming to speech, and words that nobody said."""

from __future__ import annotations

import math
import random

import pytest
from earwitness.speech.activity import Span
from earwitness.speech.alignment import first_frames
from earwitness.speech.hallucination import anomaly, is_invented, is_odd
from earwitness.speech.planner import Window
from earwitness.speech.settings import TextSettings
from earwitness.speech.timing import settle, without_echo
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
def test_the_path_is_the_best_one(tokens: int, frames: int, rng: random.Random) -> None:
    weights = [[rng.uniform(-1, 1) for _ in range(frames)] for _ in range(tokens)]
    firsts = first_frames(weights, frames)
    assert firsts == sorted(firsts)
    assert firsts[0] == 0
    assert weight_of(weights, firsts) == pytest.approx(best_path_weight(weights))


def test_tokens_begin_where_their_weight_is() -> None:
    weights = [[1.0 if 10 * i <= j < 10 * (i + 1) else 0.0 for j in range(60)] for i in range(5)]
    assert first_frames(weights, 50) == [0, 10, 20, 30, 40]


def test_no_tokens_and_no_frames() -> None:
    assert first_frames([], 10) == []
    assert first_frames([[1.0], [2.0]], 0) == [0, 0]


def window(*speech_s: tuple[float, float], start_s: float = 10.0, stop_s: float = 20.0) -> Window:
    spans = tuple(Span(seconds(a), seconds(b)) for a, b in speech_s)
    start, stop = seconds(start_s), seconds(stop_s)
    return Window(start, stop, spans, Tape((), start, stop))


def times(words: list[Word]) -> list[tuple[float, float]]:
    return [(word.start_s, word.end_s) for word in words]


def test_words_are_moved_to_the_file_and_trimmed_to_speech() -> None:
    words = [Word(" a", 0.0, 2.0), Word(" b", 2.0, 9.0)]
    assert times(settle(words, window((11, 12.5), (13, 14)))) == [(10.9, 12.0), (12.9, 14.1)]


def test_words_of_a_follow_up_begin_after_what_was_heard() -> None:
    words = [Word(" a", 0.0, 1.0), Word(" b", 1.0, 2.0)]
    assert times(settle(words, window((10, 20)), 10.5)) == [(10.5, 11.0), (11.0, 12.0)]
    assert times(settle(words, window((10, 20)), 30)) == [(20.0, 20.0), (20.0, 20.0)]


def test_an_echo_at_a_seam_is_dropped() -> None:
    def spoken(text: str) -> list[Word]:
        return [Word(f" {part}", 0, 1) for part in text.split()]

    def kept(before: str, after: str) -> str:
        return "".join(word.text for word in without_echo(spoken(before), spoken(after))).strip()

    assert kept("able to work in", "In, our presence") == "our presence"
    assert kept("able to work in", "To work in our presence") == "our presence"
    assert kept("able to work", "in our presence") == "in our presence"
    assert kept("", "in our presence") == "in our presence"
    assert kept("in", "in") == ""


def test_a_word_outside_all_speech_stays_in_its_window() -> None:
    assert times(settle([Word(" a", 8.0, 15.0)], window((11, 12)))) == [(18.0, 20.0)]


@given(
    st.lists(st.tuples(st.floats(0, 12), st.floats(0, 12)), max_size=10),
    st.lists(st.floats(10, 20), min_size=2, max_size=6, unique=True),
)
def test_settled_words_never_go_back_or_leave(
    raw: list[tuple[float, float]], edges: list[float]
) -> None:
    edges = sorted(edges)
    speech = list(zip(edges[::2], edges[1::2], strict=False))
    words = [Word(" w", min(pair), max(pair)) for pair in raw]
    flat = [edge for pair in times(settle(words, window(*speech))) for edge in pair]
    assert flat == sorted(flat)
    assert all(10 <= edge <= 20 for edge in flat)


def test_odd_words_are_improbable_or_of_odd_length() -> None:
    assert anomaly(Word(" a", 0, 0.3, 0.9), SETTINGS) == 0
    assert anomaly(Word(" a", 0, 0.3, 0.1), SETTINGS) == 1
    assert anomaly(Word(" a", 0, 3.0, 0.9), SETTINGS) == 1
    assert anomaly(Word(" a", 0, 0.033, 0.9), SETTINGS) == pytest.approx(1.5)
    assert anomaly(Word(" a", 0, 0.3, None), SETTINGS) == 0


def said(start_s: float, probability: float, count: int = 4) -> list[Word]:
    return [
        Word(f" w{i}", start_s + 0.4 * i, start_s + 0.4 * i + 0.4, probability)
        for i in range(count)
    ]


def test_a_segment_is_odd_when_its_words_are() -> None:
    assert is_odd(said(0, 0.1), SETTINGS)
    assert not is_odd(said(0, 0.6), SETTINGS)
    assert not is_odd([*said(0, 0.9, 6), *said(2.4, 0.1, 2)], SETTINGS)
    assert not is_odd([Word(" ...", 0, 5, 0.01)], SETTINGS)


def test_odd_words_over_silence_or_alone_in_it_are_invented() -> None:
    speech = [Span(seconds(0), seconds(3)), Span(seconds(10), seconds(11.6))]
    assert is_invented(said(5, 0.1), speech, SETTINGS)
    assert is_invented(said(10, 0.1), speech, SETTINGS)
    assert not is_invented(said(10, 0.7), speech, SETTINGS)
    assert not is_invented(said(1, 0.1), speech, SETTINGS)
    assert not is_invented([], speech, SETTINGS)
