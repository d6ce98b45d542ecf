"""What the rules change and what the format keeps: `python -m pytest` in this folder."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness.extensions import added_format, added_rule, apply_rule
from earwitness.transcript import Segment, Transcript
from earwitness_example.clean_verbatim import CleanVerbatim
from earwitness_example.numbers import Numbers, value_of
from earwitness_example.quotes import Quotes


def transcript(*texts: str, language: str = "en") -> Transcript:
    segments = tuple(Segment(float(i), i + 1.0, text) for i, text in enumerate(texts))
    return Transcript("t", "Talk", "", 9.0, "base", language=language, segments=segments)


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", " Um, I think, uh, we should go.", " I think we should go."),
        ("en", "I I I was, was there.", "I was there."),
        ("en", "We wen-- we went home.", "We went home."),
        ("en", "It was very, very good. He had had enough.", None),
        ("en", "The umbrella and the error.", None),
        ("en", "Um.", None),
        ("de", "Ähm, das ist, äh, gut.", "Das ist gut."),
        ("fr", "Euh, je je pense.", "Je pense."),
    ],
)
def test_fillers_and_false_starts_are_removed(
    language: str, said: str, written: str | None
) -> None:
    changed = apply_rule(added_rule(CleanVerbatim()), transcript(said, language=language))
    assert changed == ({} if written is None else {0: written})


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("It costs twenty three dollars.", "It costs 23 dollars."),
        ("In nineteen ninety nine.", None),
        ("Two of them left at half past nine.", "Two of them left at 9:30."),
        ("Come at a quarter to one.", "Come at 12:45."),
        ("One hundred and five thousand people", "105,000 people"),
        ("fifty percent", "50 %"),
        ("Seven and two", None),
        ("Someone left", None),
    ],
)
def test_numbers_and_times_are_written_as_digits(said: str, written: str | None) -> None:
    changed = apply_rule(added_rule(Numbers()), transcript(said))
    assert changed == ({} if written is None else {0: written})


def test_values_of_words() -> None:
    assert value_of("two million three hundred thousand and forty-two") == 2_300_042
    assert value_of("nineteen ninety") is None


def test_quotes_are_read_back() -> None:
    quotes = added_format(Quotes())
    made = transcript("Hello.", "Fine, “he” said.")
    made = dataclasses.replace(
        made, segments=(dataclasses.replace(made.segments[0], speaker="Ann"), made.segments[1])
    )
    assert quotes.write is not None
    assert quotes.read is not None
    read = quotes.read(quotes.write(made))
    assert [(s.start_s, s.text, s.speaker) for s in read.segments] == [
        (0.0, "Hello.", "Ann"),
        (1.0, "Fine, “he” said.", None),
    ]
