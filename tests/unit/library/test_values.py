"""The library's plain values: words after an edit, estimates, names, tags, layers."""

from __future__ import annotations

import pytest
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.estimate import DEFAULT_FACTORS, Speeds
from earwitness.domain.records import (
    check_id,
    clean_name,
    clean_tags,
    iso,
    seconds,
)
from earwitness.domain.retime import retime
from earwitness.domain.transcription import PREVIEW_MAX, count_words, preview
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError
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
def test_words_that_stay_keep_their_times(
    text: str, expected: list[tuple[str, float, float]]
) -> None:
    assert timed(retime(HEARD, text)) == expected


def test_words_that_stay_keep_their_probability() -> None:
    assert [word.probability for word in retime(HEARD, "hello tiny world")] == [0.9, None, 0.9]


def test_scripts_without_spaces_keep_the_words_that_were_heard() -> None:
    heard = spoken("東京都は大きい", ["東京都", "は", "大きい"])
    words = retime(heard, "京都は大きいね")
    assert [word.text for word in words] == ["京都", "は", "大きいね"]
    assert timed(words)[1:] == [("は", 10.5, 11.0), ("大きいね", 11.0, 11.5)]


def test_a_segment_without_words_gets_none() -> None:
    assert retime(Segment(0, 1, "hello"), "goodbye") == ()


@given(text=st.text(max_size=60))
def test_times_stay_in_order_and_inside(text: str) -> None:
    words = retime(HEARD, text)
    assert "".join(word.text for word in words).split() == (text.split() if text.strip() else [])
    last_s = 10.0
    for word in words:
        assert last_s <= word.start_s <= word.end_s <= 11.5
        last_s = word.start_s


def window(number: int, *spans: tuple[float, float, str]) -> WindowRow:
    segments = tuple(Segment(start, end, text) for start, end, text in spans)
    return WindowRow(number, number, spans[0][0], spans[-1][1], segments)


def test_layers_show_the_newest_run_as_far_as_it_has_come() -> None:
    base = [window(0, (0, 10, "a"), (10, 20, "b")), window(1, (20, 30, "c"), (30, 40, "d"))]
    over = [window(0, (10, 20, "B")), window(1, (20, 30, "C"))]
    half = Document("x", (Layer(1, finished=True), Layer(2, 10.0, 30.0, until_s=20.0)))
    opened = OpenDocument(half, {1: base, 2: over[:1]})
    assert [s.text for s in opened.segments] == ["a", "B", "c", "d"]
    whole = Document("x", (Layer(1, finished=True), Layer(2, 10.0, 30.0, 30.0, finished=True)))
    assert opened.add(whole, over[1:]) == 2
    assert [s.text for s in opened.segments] == ["a", "B", "C", "d"]


def test_layers_below_a_whole_run_are_not_read() -> None:
    layers = (Layer(1, finished=True), Layer(2, finished=True), Layer(3, 5.0, 9.0))
    assert [layer.run for layer in Document("x", layers).visible()] == [2, 3]


def test_estimates_learn_and_forget() -> None:
    speeds = Speeds()
    assert speeds.measured("base") is None
    assert speeds.factor("base") == DEFAULT_FACTORS["base"]
    speeds = speeds.learned("base", 50.0, 100.0)
    assert speeds.factor("base") == pytest.approx(0.5)
    assert speeds.factor("small") == pytest.approx(DEFAULT_FACTORS["small"] * 2)
    for _ in range(50):
        speeds = speeds.learned("base", 100.0, 1000.0)
    assert speeds.factor("base") == pytest.approx(0.1, rel=0.01)
    assert speeds.learned("base", 0.0, 10.0) == speeds
    assert speeds.remaining_s("base", 90.0, 60.0) == 0.0
    assert speeds.remaining_s("base", 0.0, 0.0) is None


def test_words_are_counted_in_every_script() -> None:
    assert count_words(" Hello, big world. ") == 3
    assert count_words("東京は big") == 4
    assert count_words("") == 0


def test_previews_end_at_a_word() -> None:
    long = preview([Segment(0, 1, "word " * 100)])
    assert long.endswith("word…")
    assert len(long) <= PREVIEW_MAX + 1
    assert len(preview([Segment(0, 1, "東" * 500)])) == PREVIEW_MAX + 1
    assert preview([Segment(0, 1, " b ")], "a") == "a b"


@given(text=st.text(max_size=400))
def test_names_and_tags_are_printable(text: str) -> None:
    name = clean_name(text)
    assert name
    assert not set(name) & set("\n\r\t\x00\u202e")
    for tag in clean_tags([text]):
        assert tag == tag.strip()


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "a\\b", "a b", "ä", "x" * 65, "a\n"])
def test_ids_that_are_none(bad: str) -> None:
    with pytest.raises(BadRequestError):
        check_id(bad)


def test_moments_sort_as_text_and_read_back() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert seconds(iso(1_795_000_000.5)) == 1_795_000_000.5
    assert iso(999_999_999) < iso(1_000_000_000)
