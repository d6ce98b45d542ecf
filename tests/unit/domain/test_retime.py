"""Times of the words of a corrected segment."""

from __future__ import annotations

import pytest
from earwitness.domain.retime import retime
from earwitness.transcript import Segment, Word
from hypothesis import given
from hypothesis import strategies as st


def spoken(text: str, words: list[str], start_s: float = 10.0, each_s: float = 0.5) -> Segment:
    timed = tuple(
        Word(word, start_s + i * each_s, start_s + (i + 1) * each_s, 0.9)
        for i, word in enumerate(words)
    )
    return Segment(start_s, start_s + len(words) * each_s, text, timed)


HEARD = spoken(" hello big world", [" hello", " big", " world"])


def timed(words: tuple[Word, ...]) -> list[tuple[str, float, float]]:
    return [(word.text, word.start_s, word.end_s) for word in words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello big world", [(" hello", 10, 10.5), (" big", 10.5, 11), (" world", 11, 11.5)]),
        ("hello, big world", [(" hello,", 10, 10.5), (" big", 10.5, 11), (" world", 11, 11.5)]),
        ("hello world", [(" hello", 10, 10.5), (" world", 11, 11.5)]),
        ("hello tiny world", [(" hello", 10, 10.5), (" tiny", 10.5, 11), (" world", 11, 11.5)]),
        ("goodbye", [(" goodbye", 10, 11.5)]),
        ("", []),
    ],
)
def test_unchanged_words_keep_their_times(
    text: str, expected: list[tuple[str, float, float]]
) -> None:
    assert timed(retime(HEARD, text)) == expected


def test_unchanged_words_keep_their_probability() -> None:
    assert [word.probability for word in retime(HEARD, "hello tiny world")] == [0.9, None, 0.9]


def test_script_without_spaces_keeps_the_heard_words() -> None:
    heard = spoken("東京都は大きい", ["東京都", "は", "大きい"])
    words = retime(heard, "京都は大きいね")
    assert [word.text for word in words] == ["京都", "は", "大きいね"]
    assert timed(words)[1:] == [("は", 10.5, 11.0), ("大きいね", 11.0, 11.5)]


def test_segment_without_words_stays_without_words() -> None:
    assert retime(Segment(0, 1, "hello"), "goodbye") == ()


@given(text=st.text(max_size=60))
def test_times_are_in_order_and_inside_the_segment(text: str) -> None:
    words = retime(HEARD, text)
    assert "".join(word.text for word in words).split() == (text.split() if text.strip() else [])
    last_s = 10.0
    for word in words:
        assert last_s <= word.start_s <= word.end_s <= 11.5
        last_s = word.start_s
