"""The words and characters in parts of a recording."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from earwitness.domain.time_ranges import TimeRanges, segments_within, text_within
from earwitness.serialization import from_plain
from earwitness.transcript import Segment, Word

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "time-ranges.json"
GIVEN = json.loads(FIXTURE.read_text(encoding="utf-8"))
"""Cases that tests/js/time-ranges.test.js solves too."""


@dataclass(frozen=True)
class Part:
    start_s: float
    end_s: float


def spoken(text: str, start_s: float = 0.0) -> Segment:
    """One word a second."""
    words = tuple(
        Word(f" {word}", start_s + i, start_s + i + 1) for i, word in enumerate(text.split())
    )
    return Segment(start_s, start_s + len(words), f" {text}", words)


WORDS = spoken("one two, three four five.")


@pytest.mark.parametrize(
    ("parts", "words", "texts"),
    [
        ([Part(1, 3)], (1, 2), ["two, three"]),
        ([Part(1.4, 2.4)], (1,), ["two,"]),
        ([Part(1.6, 2.4)], (), []),
        ([Part(0, 1), Part(3, 5)], (0, 3, 4), ["one", "four five."]),
        ([Part(3, 5), Part(0, 4)], (0, 1, 2, 3, 4), ["one two, three four five."]),
        ([Part(1.5, 1.5)], (1,), ["two,"]),
        ([], (), []),
    ],
)
def test_word_is_in_a_part_that_has_its_middle(
    parts: list[Part], words: tuple[int, ...], texts: list[str]
) -> None:
    ranges = TimeRanges(parts)
    assert ranges.words(WORDS) == words
    assert [WORDS.text[begin:end] for begin, end in ranges.spans(WORDS)] == texts


def test_sentence_without_word_times_counts_as_one_word() -> None:
    segment = Segment(4, 6, " no times here ")
    assert TimeRanges([Part(4.9, 5.1)]).spans(segment) == ((1, 14),)
    assert TimeRanges([Part(4, 4.9)]).spans(segment) == ()
    assert TimeRanges([Part(4, 6)]).spans(Segment(4, 6, " ")) == ()


def test_word_that_the_text_does_not_have_is_left_out() -> None:
    segment = Segment(0, 3, "one three", (Word(" one", 0, 1), Word(" two", 1, 2)))
    assert TimeRanges([Part(0, 3)]).spans(segment) == ((0, 3),)


def test_text_of_a_part_crosses_sentences() -> None:
    text = [spoken("a b c"), spoken("d e", 3), spoken("f g", 5)]
    assert text_within(text, Part(2, 6)) == "c d e f"
    assert text_within(text, Part(9, 12)) == ""
    assert segments_within(text, Part(3.2, 4)) == range(1, 2)
    assert segments_within(text, Part(2.9, 3.1)) == range(2)


def test_scripts_without_spaces_are_joined_without_space() -> None:
    one = Segment(0, 1, "東京", (Word("東京", 0, 1),))
    other = Segment(1, 2, "は", (Word("は", 1, 2),))
    assert text_within([one, other], Part(0, 2)) == "東京は"


@pytest.mark.parametrize("case", GIVEN["cases"], ids=lambda case: case["what"])
def test_page_finds_the_same_words(case: dict[str, Any]) -> None:
    segments = from_plain(tuple[Segment, ...], GIVEN["segments"])
    assert text_within(segments, Part(case["start_s"], case["end_s"])) == case["text"]
