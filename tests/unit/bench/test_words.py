"""Counting errors for the published error rates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.words import edits, error_blocks, error_rate, matches, units

words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=30)


def test_normalisation_ignores_spelling_and_punctuation() -> None:
    assert units("Mr. Colour, twenty-one!", "en") == units("mister color 21", "en")
    assert units("L'été, déjà?", "fr") == ["l", "été", "déjà"]


def test_languages_without_spaces_are_counted_in_characters() -> None:
    assert units("東京は 今日", "ja") == list("東京は今日")
    assert error_rate("你好吗", "你好", "zh") == 1 / 3


def test_error_rate_is_edits_divided_by_reference_words() -> None:
    assert error_rate("red green blue black", "red grey blue black white") == 2 / 4
    assert error_rate("", "word") == 1.0


@given(words.filter(bool), words)
def test_blocks_contain_all_errors_and_units(reference: list[str], hypothesis: list[str]) -> None:
    blocks = error_blocks(reference, hypothesis, block=4)
    assert sum(errors for errors, _ in blocks) == edits(reference, hypothesis)
    assert sum(total for _, total in blocks) == len(reference)
    assert all(total > 0 for _, total in blocks)


@given(words.filter(bool), words, words)
def test_blocks_depend_on_the_reference_only(
    reference: list[str], first: list[str], second: list[str]
) -> None:
    sizes = [
        [total for _, total in error_blocks(reference, hypothesis, 5)]
        for hypothesis in (first, second)
    ]
    assert sizes[0] == sizes[1]


def test_error_counts_in_its_block() -> None:
    reference = list("abcdefgh")
    assert error_blocks(reference, list("abcdefgX"), block=4) == [(0, 4), (1, 4)]
    assert error_blocks(reference, list("Xabcdefgh"), block=4) == [(1, 4), (0, 4)]


@given(words, words)
def test_matches_are_equal_units_in_order(first: list[str], second: list[str]) -> None:
    pairs = matches(first, second)
    assert all(first[i] == second[k] for i, k in pairs)
    assert pairs == sorted(set(pairs))
    assert len({k for _, k in pairs}) == len(pairs)
