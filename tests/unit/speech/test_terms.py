"""Expected names and terms: where they are tried, when they are taken, what is written."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import Branch
from earwitness.speech.settings import TermSettings
from earwitness.speech.spelling_distance import is_far, likeness, sound_of
from earwitness.speech.term_rescoring import choose, written
from earwitness.speech.terms import Candidate, candidates, prepared
from earwitness.speech.token_tree import plain_text, token_tree
from earwitness.speech.transcribe import transcribe
from earwitness.transcript import Segment

from tests.unit.speech.scripted import (
    SPEC,
    ByteTokenizer,
    Said,
    TapeAudio,
    TapeModel,
    TapeVad,
    stamp,
    wrote,
)

SETTINGS = TermSettings()
HEARD = (" she", " met", " hellstone", " on", " the", " moor.")


def said(*words: str) -> list[Said]:
    """Words of half a second each."""
    return [Said(1 + 0.5 * i, 1.4 + 0.5 * i, word) for i, word in enumerate(words)]


def segments(words: list[Said], model: TapeModel, options: TranscribeOptions) -> list[Segment]:
    """The transcript of words."""

    async def collect() -> list[Segment]:
        batches = transcribe(TapeAudio(words, 10), TapeVad(), model, options)
        return [
            segment async for batch in batches for row in batch.windows for segment in row.segments
        ]

    return asyncio.run(collect())


def text_with(
    *terms: str, words: tuple[str, ...] = HEARD, sounds_like: dict[str, float] | None = None
) -> str:
    """The transcript of words, and of what else they may sound like."""
    model = TapeModel(sounds_like=sounds_like or {})
    found = segments(said(*words), model, TranscribeOptions(language="en", terms=terms))
    return " ".join(segment.text for segment in found)


def tried(heard: str, *terms: str, log_probability: float = -0.5) -> set[str]:
    """What is tried, as `words -> spelling`."""
    tokenizer, raw = ByteTokenizer(), heard.encode()
    hypothesis = wrote([stamp(0), *raw, stamp(5)], log_probability=log_probability)
    found = candidates(SPEC, tokenizer, hypothesis, prepared(tokenizer, terms), SETTINGS)
    return {
        f"{raw[each.first : each.last].decode()} ->{bytes(each.tokens).decode()}" for each in found
    }


def alike(first: str, second: str) -> float:
    return likeness(sound_of(first), sound_of(second))


def test_spellings_of_one_sound_are_alike() -> None:
    assert alike("Hellstone", "Helstone") == 1
    assert alike("Filip", "Philip") == 1
    assert alike("Žižka", "zizka") == 1
    assert alike("Nguyen", "Nuyen") > 0.7
    assert alike("Kowloon", "Kovloom") > 0.85
    assert alike("Helstone", "railway") < 0.4
    assert alike("", "") == alike("?", "Ada") == 0
    assert alike("Ada", "Ada") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [("hellstone", "helstone"), ("podaze zelej", "podezřele"), ("cintra", "sintra"),
     ("громкости", "громкость"), ("DJM", "Digium"), ("taille brec", "tie-break")],
)  # fmt: skip
def test_shortcuts_do_not_change_what_is_above_the_bound(first: str, second: str) -> None:
    exact = alike(first, second)
    one, other = sound_of(first), sound_of(second)
    assert likeness(one, other, exact - 0.01) == exact
    assert not is_far(one, other, exact - 0.01)
    assert is_far(one, sound_of("Weißwurstäquator"), 0.6)


def test_a_term_is_tried_where_words_sound_like_it() -> None:
    assert " hellstone -> Helstone" in tried(" she met hellstone there.", "Helstone")
    assert " hell stone. -> Helstone." in tried(" by the hell stone.", "Helstone")
    assert " Nuyenvan, -> Nguyen Van," in tried(" in Nuyenvan, too", "Nguyen Van")
    assert not tried(" she came by railway.", "Helstone")


def test_marks_endings_and_the_case_of_a_sentence_stay() -> None:
    assert " hellstone's, -> Helstone's," in tried(" hellstone's, she said", "Helstone")
    assert " “hellstone” -> “Helstone”" in tried(" “hellstone” she said", "Helstone")
    assert tried(" an arterria.", "arteria") == {" arterria. -> arteria."}
    assert tried(" Arterria and", "arteria") == {" Arterria -> Arteria"}
    assert tried(" an arterria.", "Arteria") == {" arterria. -> Arteria."}


def test_more_words_are_tried_only_if_they_are_more_alike() -> None:
    assert tried(" met hellstone there.", "Helstone") == {" hellstone -> Helstone"}
    assert tried(" the hell stone.", "Helstone") == {
        " stone. -> Helstone.",
        " hell stone. -> Helstone.",
    }


def test_a_term_that_is_written_already_is_not_tried() -> None:
    assert not tried(" she met Helstone there.", "Helstone")
    assert not tried(" she met helstone, there.", "Helstone")
    assert not tried(" two Helstones there.", "Helstone")
    assert not tried(" she met Marten there.", "Marten", "Martin")


def test_a_term_that_is_written_in_other_words_is_tried() -> None:
    assert " wood cutters, -> woodcutters," in tried(" two wood cutters, there", "woodcutters")
    assert " Janeeyre -> Jane Eyre" in tried(" met Janeeyre there", "Jane Eyre")
    assert not tried(" met Jane Eyre, outside", "Jane Eyre")


def test_a_term_that_is_written_as_three_words_is_tried() -> None:
    assert " genübeli in den -> Gegenüberliegenden" in tried(
        " am genübeli in den Ufer", "Gegenüberliegenden", log_probability=-2
    )


def test_a_term_behind_an_apostrophe_or_in_a_compound_is_tried() -> None:
    assert "almente, ->elminte," in tried(" million d'almente, et", "elminte", log_probability=-1)
    assert "-fatten ->-fattened" in tried(" the flour-fatten sauce", "fattened", log_probability=-1)
    assert " arterria's -> arteria's" in tried(" an arterria's wall", "arteria")


def test_words_that_the_model_is_sure_of_are_not_tried_for_what_is_only_alike() -> None:
    heard = " she met Martha there."
    assert " Martha -> Marten" in tried(heard, "Marten", log_probability=-1)
    assert not tried(heard, "Marten", log_probability=-1e-9)


def test_so_many_candidates_are_scored() -> None:
    many = [f"Hel{letter}stone" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert len(tried(" hellstone and hellstone and hellstone", *many)) <= SETTINGS.candidates


def test_a_likely_term_is_written_in_the_place_of_words() -> None:
    assert (
        text_with("Helstone", sounds_like={" Helstone on": -9.0}) == "she met Helstone on the moor."
    )


def test_a_term_that_was_not_said_is_not_written() -> None:
    assert text_with("Helstone", sounds_like={" Helstone on": -40.0}) == " ".join(
        word.strip() for word in HEARD
    )
    assert text_with("Helstone", words=(" she", " came", " by", " railway.")) == (
        "she came by railway."
    )


def test_without_terms_nothing_is_scored() -> None:
    model = TapeModel(sounds_like={" Helstone on": 0.0})
    found = segments(said(*HEARD), model, TranscribeOptions(language="en"))
    assert found[0].text == "she met hellstone on the moor."
    assert not model.scored


def test_nothing_is_written_over_silence() -> None:
    model = TapeModel(sounds_like={" Helstone on": 0.0})
    assert segments([], model, TranscribeOptions(language="en", terms=("Helstone",))) == []
    assert not model.scored


def test_a_translation_is_left_as_it_is() -> None:
    model = TapeModel(sounds_like={" Helstone on": 0.0})
    options = TranscribeOptions(language="cs", task="translate", terms=("Helstone",))
    assert "hellstone" in segments(said(*HEARD), model, options)[0].text


def test_words_of_a_term_have_times_and_probabilities() -> None:
    model = TapeModel(sounds_like={" Helstone on": -9.0})
    options = TranscribeOptions(language="en", terms=("Helstone",))
    [segment] = segments(said(*HEARD), model, options)
    word = next(word for word in segment.words if "Helstone" in word.text)
    assert 1.9 < word.start_s < word.end_s < 2.7
    assert word.probability is not None
    assert 0 < word.probability < 1


def test_an_engine_that_cannot_score_leaves_the_text() -> None:
    model = TapeModel(sounds_like={" Helstone on": 0.0}, scores=False)
    options = TranscribeOptions(language="en", terms=("Helstone",))
    assert segments(said(*HEARD), model, options)[0].text == "she met hellstone on the moor."


def candidate(first: int, last: int, *, margin: float = 5.0, tokens: int = 2) -> Candidate:
    return Candidate("term", first, last, (7,) * tokens, margin)


def test_the_best_of_candidates_in_one_place_is_chosen() -> None:
    text = [-1.0] * 10
    found = choose(
        [candidate(2, 4), candidate(3, 5), candidate(7, 8)],
        text,
        [[-3, -3, -1], [-1, -1, -1], [-1, -9, -1]],
    )
    assert [each.candidate.first for each in found] == [3]
    assert found[0].values == (-1, -1)


def test_what_follows_a_term_counts() -> None:
    text = [-1.0] * 10
    assert choose([candidate(2, 4)], text, [[-1, -1, -1, -1]])
    assert not choose([candidate(2, 4)], text, [[-1, -1, -9, -1]])


def test_candidates_are_written_between_timestamps() -> None:
    hypothesis = replace(
        wrote([stamp(0), 1, 2, 3, stamp(1), stamp(1), 4, 5, stamp(2)]),
        token_log_probabilities=tuple(-float(value) for value in range(10)),
    )
    chosen = choose(
        [candidate(1, 3, tokens=1), candidate(4, 5, tokens=3)], [-1.0] * 5, [[-0.5], [-0.5] * 3]
    )
    found = written(SPEC.eot, hypothesis, chosen)
    assert found.tokens == (stamp(0), 1, 7, stamp(1), stamp(1), 4, 7, 7, 7, stamp(2))
    expected = (0, -1, -0.5, -4, -5, -6, -0.5, -0.5, -0.5, -8, -9)
    assert found.token_log_probabilities == expected


def test_branches_share_the_text_before_them() -> None:
    tree = token_tree([90, 91], [1, 2, 3], [Branch(1, (7, 8)), Branch(3, (9,))])
    assert tree.tokens == (90, 91, 1, 2, 3, 7, 8, 9)
    assert tree.prefixes == (0, 0, 0, 0, 0, 3, 3, 5)
    assert tree.begins == (0, 0, 0, 0, 0, 5, 5, 7)
    assert tree.scored_from == 2
    assert tree.parts == ((0, 3), (3, 5), (5, 6))
    assert plain_text(3).prefixes == (0, 0, 0)
