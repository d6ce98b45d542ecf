"""Which words of a reference count as rare, and how what was found is counted."""

from __future__ import annotations

from pathlib import Path

from bench.corpus import Clip
from bench.results import Result
from bench.terms import Count, lists, rare_words, times


def clip(name: str, text: str, language: str = "en", duration_s: float = 60.0) -> Clip:
    return Clip(name, Path(name), language, duration_s, text)


def result(text: str) -> Result:
    return Result("", text, "en", (), (), 1.0)


def letters(word: str) -> int:
    """A vocabulary that has a token for every two letters."""
    return (len(word) + 1) // 2


def test_words_of_many_tokens_are_rare() -> None:
    assert rare_words("The Helstones' dog, at Helstone's.", "en", letters) == [
        "Helstone",
        "Helstones",
    ]
    assert rare_words("chien abcdef abcdefgh", "fr", letters) == ["abcdefgh"]
    assert rare_words("田中さんはどこですか", "ja", letters) == []


def test_each_recording_has_its_own_words_and_others_of_its_language() -> None:
    clips = [clip("a", "Helstone"), clip("b", "Kowloon"), clip("c", "brandstofstaven", "nl")]
    given = lists(clips, letters)
    assert given["a"] == ("Helstone", "Kowloon")
    assert given["c"] == ("brandstofstaven",)


def test_found_and_false_terms_are_counted() -> None:
    count = Count()
    said = clip("a", "Helstone met Helstone at the harbour")
    count.add(
        said,
        ["Helstone", "Kowloon"],
        result("hailstone met Helstone at the harbour"),
        result("Helstone met Helstone at the Kowloon"),
    )
    assert (count.missed, count.found, count.false) == (1, 1, 1)
    assert (count.words, count.errors_without, count.errors_with) == (6, 1, 1)
    assert count.recall == 1
    assert count.false_per_min == 1


def test_terms_of_several_words_are_found_in_a_text() -> None:
    assert times(["jane", "eyre"], ["jane", "eyre", "and", "jane", "eyre"]) == 2
    assert times(["jane"], []) == times([], ["jane"]) == 0
