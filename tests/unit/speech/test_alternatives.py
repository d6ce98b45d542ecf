"""What a beam search had in place of a word: from its steps, and from its other hypotheses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from earwitness.speech.alternatives import competitors_in, word_alternatives
from earwitness.speech.beams import MAX_BEHIND, BeamSteps, best_hypothesis
from earwitness.speech.protocols import Competitor, Hypothesis
from earwitness.speech.words import split_words

EOT = 100
TIMESTAMP = 101
NEVER = -1e30
TEXTS = [" Mr", ".", " Hell", " was", " late", " Hale", " Ha", "le", " in", " deed", " indeed", ","]


class Pieces:
    """A tokenizer whose tokens are indices of `TEXTS`."""

    def encode(self, text: str) -> list[int]:
        return [TEXTS.index(text)]

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(TEXTS[token] for token in tokens if token < EOT)


def ids(*texts: str) -> tuple[int, ...]:
    return tuple(TEXTS.index(text) for text in texts)


def alternatives(tokens: tuple[int, ...], *competitors: Competitor) -> dict[str, tuple[str, ...]]:
    """Return the alternatives of the words that have some."""
    hypothesis = Hypothesis(tokens, (-0.1,) * len(tokens), 0.0, True, competitors)
    words = split_words(Pieces(), [token for token in tokens if token < EOT])
    found = word_alternatives(Pieces(), hypothesis, words, EOT)
    return {word.text: others for word, others in zip(words, found, strict=True) if others}


TEXT = ids(" Mr", ".", " Hell", " was", " late")


def test_word_that_competed_is_an_alternative() -> None:
    competitor = Competitor(2, ids(" Hale", " was"))
    assert alternatives(TEXT, competitor) == {" Hell": ("Hale",)}


def test_word_of_several_tokens_counts_from_its_own_start() -> None:
    text = ids(" Mr", ".", " Ha", "le", " was")
    assert alternatives(text, Competitor(2, ids(" Hell", " was"))) == {" Hale": ("Hell",)}


def test_last_word_of_a_competitor_may_be_half_of_one() -> None:
    assert alternatives(TEXT, Competitor(2, ids(" Ha"))) == {}
    assert alternatives(TEXT, Competitor(2, ids(" Ha", "le"))) == {}
    assert alternatives(TEXT, Competitor(2, (*ids(" Ha", "le"), TIMESTAMP))) == {" Hell": ("Hale",)}
    assert alternatives(TEXT, Competitor(4, ids(" Ha", "le"), ended=True)) == {" late": ("Hale",)}


def test_two_words_may_stand_in_place_of_one() -> None:
    text = ids(" indeed", " was", " late")
    competitor = Competitor(0, ids(" in", " deed", " was", " late"))
    assert alternatives(text, competitor) == {" indeed": ("in deed",)}


def test_further_words_and_marks_are_no_alternatives() -> None:
    more = Competitor(2, ids(" Hale", " Hell", " was", " late"))
    less = Competitor(2, ids(" was", " late"), ended=True)
    mark = Competitor(3, ids(",", " was", " late"))
    assert alternatives(TEXT, more, less, mark) == {}


def test_timestamps_are_no_text() -> None:
    text = (TIMESTAMP, *ids(" Mr", "."), TIMESTAMP, TIMESTAMP, *ids(" Hell", " was"))
    assert alternatives(text, Competitor(5, ids(" Hale", " was"))) == {" Hell": ("Hale",)}


def test_alternatives_are_few_and_each_is_named_once() -> None:
    names = [" Hale", " Hale", " late", " in", " deed", " indeed"]
    competitors = [Competitor(2, ids(name, " Mr", " in")) for name in names]
    assert alternatives(TEXT, *competitors) == {" Hell": ("Hale", "late", "in", "deed")}


def test_places_where_another_text_differs_are_found() -> None:
    other = ids(" Mr", ".", " Hale", " was", " in")
    assert alternatives(TEXT, *competitors_in(TEXT, other)) == {
        " Hell": ("Hale",),
        " late": ("in",),
    }


# 0: " Mr" " Hell" " was" and the end; " Hale" stays behind by 1, " in" by more than is offered.
STEPS = BeamSteps(
    tokens=(ids(" Mr", " Hell", " was"), ids(" in", " Hale", " late")),
    log_probabilities=((-0.1, -0.2, -0.3, -0.1), (-9.0, -1.2, -0.4, -0.2)),
    parents=((0, 0, 0), (0, 0, 1)),
    endings=((NEVER, NEVER, NEVER, -0.7), (NEVER, NEVER, NEVER, NEVER)),
)


def with_end(steps: BeamSteps) -> BeamSteps:
    """Return the steps with one more, at which beam 0 ends."""
    return BeamSteps(
        tuple((*row, EOT) for row in steps.tokens),
        steps.log_probabilities,
        tuple((*row, beam) for beam, row in enumerate(steps.parents)),
        steps.endings,
    )


def test_branches_of_a_search_compete_if_they_are_likely_enough() -> None:
    best = best_hypothesis(with_end(STEPS), 4, 0.0)
    assert best.tokens == ids(" Mr", " Hell", " was")
    others = [each for each in best.competitors if each.first < len(best.tokens)]
    assert [(each.first, each.tokens[:2]) for each in others] == [(1, ids(" Hale", " late"))]


def test_unlikely_branches_do_not_compete() -> None:
    steps = with_end(STEPS)
    values = (steps.log_probabilities[0], (-9.0, -1.2 - MAX_BEHIND, -0.4, -0.2))
    steps = BeamSteps(steps.tokens, values, steps.parents, steps.endings)
    best = best_hypothesis(steps, 4, 0.0)
    assert [each for each in best.competitors if each.first < len(best.tokens)] == []


def test_greedy_text_has_no_alternatives() -> None:
    assert alternatives(TEXT) == {}
    assert Hypothesis(TEXT, (), 0.0).competitors == ()


@pytest.mark.parametrize("first", [0, 4])
def test_competitor_at_either_end_is_compared(first: int) -> None:
    competitor = Competitor(first, ids(" indeed"), ended=True)
    word = TEXTS[TEXT[first]] + ("." if first == 0 else "")
    assert alternatives(TEXT, competitor) == {word: ("indeed",)}
