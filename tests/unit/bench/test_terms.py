"""Which words of a reference count as rare, and how what was found is counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.corpus import Clip, Sentence
from bench.results import Result
from bench.terms import Count, least_tokens, lists, rare_words, times, unseen


def clip(name: str, text: str, language: str = "en", duration_s: float = 60.0) -> Clip:
    return Clip(name, Path(name), language, duration_s, text)


def result(text: str) -> Result:
    return Result("", text, "en", (), (), 1.0)


def letters(word: str) -> int:
    """A vocabulary that has a token for every two letters."""
    return (len(word) + 1) // 2


def test_words_of_many_tokens_are_rare() -> None:
    assert rare_words("The Helstones' dog, at Helstone's.", "en", letters, 4) == [
        "Helstone",
        "Helstones",
    ]
    assert rare_words("chien abcdef abcdefgh", "fr", letters, 4) == ["abcdefgh"]
    assert rare_words("田中さんはどこですか", "ja", letters, 1) == []


def test_a_tenth_of_the_words_of_each_language_is_rare() -> None:
    short = " ".join(f"short{number}" for number in range(9))
    clips = [clip("a", f"{short} incomprehensible"), clip("b", "brandstofstaven", "nl")]
    assert least_tokens(clips, letters) == {"en": 3, "nl": 8}
    assert least_tokens([clip("a", f"{short} interesting remarkable")], letters) == {"en": 5}


def test_parts_of_long_recordings_that_no_shorter_one_contains_are_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def part(whole: Clip, sentences: Sequence[Sentence]) -> Clip:
        return clip(whole.id, "|".join(each.text for each in sentences))

    monkeypatch.setattr("bench.terms.part_of", part)
    texts = ["One.", "Two.", "Said before.", "Three.", "Four.", "Five."]
    sentences = tuple(Sentence(30.0 * at, 30.0 * at + 29, text) for at, text in enumerate(texts))
    whole = Clip("long", Path("long"), "en", 700.0, " ".join(texts), sentences)
    monkeypatch.setattr("bench.terms.UNSEEN_FROM_S", 60)
    found = unseen([clip("short", "It was said before, he said."), whole])
    assert [each.text for each in found] == ["Three.|Four.", "Five."]


def test_each_recording_has_its_own_words_and_others_of_its_language() -> None:
    clips = [clip("a", "Helstone"), clip("b", "Kowloon"), clip("c", "brandstofstaven", "nl")]
    given = lists(clips, letters, {"en": 4, "nl": 4})
    assert given["a"] == ("Helstone", "Kowloon")
    assert given["c"] == ("brandstofstaven",)


def test_found_and_false_terms_are_counted() -> None:
    count = Count()
    said = clip("a", "Helstone met Helstone at the harbour")
    count.add(
        said,
        ["Helstone", "HELSTONE", "Kowloon"],
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
