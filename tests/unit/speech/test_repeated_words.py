"""Words said again and words only written again."""

from __future__ import annotations

import pytest
from earwitness.speech.repeated_words import drop_repeated_start, drop_unheard_repeats
from earwitness.speech.settings import RepetitionSettings
from earwitness.transcript import Word
from hypothesis import given
from hypothesis import strategies as st

SETTINGS = RepetitionSettings()


def spoken(text: str, letters_per_s: float = 13.0, start_s: float = 0.0) -> list[Word]:
    """Words one after the other, at a rate."""
    words: list[Word] = []
    for part in text.split():
        end_s = start_s + sum(map(str.isalnum, part)) / letters_per_s
        words.append(Word(f" {part}", start_s, end_s))
        start_s = end_s
    return words


def text(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()


SENTENCE = "stuff it into you, his belly counselled him."


@pytest.mark.parametrize("letters_per_s", [6, 13, 20])
@pytest.mark.parametrize("times", [2, 3, 8])
def test_sentence_with_time_for_each_copy_is_kept(times: int, letters_per_s: float) -> None:
    said = " ".join([SENTENCE] * times)
    assert text(drop_unheard_repeats(spoken(said, letters_per_s), SETTINGS)) == said


def test_copy_whose_time_was_given_to_its_neighbour_is_kept() -> None:
    """Alignment confuses copies of the same sentence (measured: one 0.1 s, the next 6.7 s long)."""
    slow = spoken(SENTENCE, 6.1)
    fast = spoken(SENTENCE, 380, slow[-1].end_s)
    rest = spoken(" ".join([SENTENCE] * 2), 12, fast[-1].end_s)
    assert len(drop_unheard_repeats([*slow, *fast, *rest], SETTINGS)) == 4 * len(slow)


@pytest.mark.parametrize("copies", [2, 3, 6])
def test_phrase_written_again_without_time_is_dropped(copies: int) -> None:
    """As at the end of a clip that is cut in the middle of a sentence."""
    begin = spoken("He told me that he would come and see us", 13)
    once = spoken("and see us all tomorrow night", 13, begin[-1].end_s)
    more = [Word(word.text, once[-1].end_s, once[-1].end_s + 0.01) for word in once]
    found = drop_unheard_repeats([*begin, *once, *more * (copies - 1)], SETTINGS)
    assert found == [*begin, *once]


def test_copies_that_share_the_time_of_one_are_one() -> None:
    """Alignment may divide the time of one sentence among its copies."""
    found = drop_unheard_repeats(spoken(" ".join([SENTENCE] * 3), 3 * 14), SETTINGS)
    assert text(found) == SENTENCE


def test_repetition_is_as_fast_as_the_rest_of_a_slow_speaker() -> None:
    rest = "And then the old man rose and slowly went away from them all"
    slow = spoken(rest, 8)
    twice = spoken(f"{SENTENCE} {SENTENCE}", 16, slow[-1].end_s)
    assert text(drop_unheard_repeats([*slow, *twice], SETTINGS)) == f"{rest} {SENTENCE}"


def test_loop_that_varies_its_spelling_is_one_copy() -> None:
    """As a model writes over two voices at once (measured)."""
    begin = spoken("Наш муренгранція", 13)
    loop = "коверенція, коверенця, " * 8
    found = drop_unheard_repeats([*begin, *spoken(loop, 36, begin[-1].end_s)], SETTINGS)
    assert text(found) == "Наш муренгранція коверенція,"


@pytest.mark.parametrize("said", ["no, no, no", "bye bye", "ha ha ha", "very very", "— — —"])
def test_short_repetitions_are_kept_at_any_rate(said: str) -> None:
    assert text(drop_unheard_repeats(spoken(said, 200), SETTINGS)) == said


def test_characters_of_dense_scripts_count_as_two_letters() -> None:
    def said(rate: float, copies: int) -> str:
        characters = "谢谢大家收看再见" * copies
        step_s = 1 / rate
        words = [Word(c, i * step_s, (i + 1) * step_s) for i, c in enumerate(characters)]
        return text(drop_unheard_repeats(words, SETTINGS))

    assert said(6, 4) == "谢谢大家收看再见" * 4
    assert said(24, 4) == "谢谢大家收看再见" * 2
    assert said(50, 4) == "谢谢大家收看再见"


@given(st.lists(st.sampled_from(["again", "and", "now", "—"]), max_size=30), st.floats(1, 100))
def test_only_repetitions_are_dropped(parts: list[str], rate: float) -> None:
    words = spoken(" ".join(parts), rate)
    kept = drop_unheard_repeats(words, SETTINGS)
    assert [word for word in words if word in kept] == kept
    assert {word.text for word in kept} == {word.text for word in words}


def test_repeated_start_is_dropped() -> None:
    def kept(before: str, after: str) -> str:
        return text(list(drop_repeated_start(spoken(before), spoken(after), SETTINGS)))

    assert kept("able to work in", "In, our presence") == "our presence"
    assert kept("able to work in", "To work in our presence") == "our presence"
    assert kept("able to work", "in our presence") == "in our presence"
    assert kept("", "in our presence") == "in our presence"
    assert kept("in", "in") == ""


def test_start_that_was_said_twice_is_kept() -> None:
    before = spoken("Will you come tomorrow")
    after = spoken("come tomorrow said the old man to all of them")
    assert drop_repeated_start(before, after, SETTINGS) == after
    at_the_border = [
        Word(word.text, 0.0, 0.02) if index < 2 else word for index, word in enumerate(after)
    ]
    found = drop_repeated_start(before, at_the_border, SETTINGS)
    assert text(list(found)) == "said the old man to all of them"
