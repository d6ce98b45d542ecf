"""Names and terms that the user expects: written where they are said, and nowhere else.

A window is decoded as usual. Where its words sound like an expected term, the model is asked how
likely the same text is with the term in their place, all tokens after it included. The term is
taken if it costs the text no more than a margin. So a term can only take the place of words that
were heard, and of words that it resembles: nothing is written over silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product

from earwitness.domain.scripts import split_marks
from earwitness.speech.protocols import Hypothesis, ModelSpec, Tokenizer
from earwitness.speech.settings import TermSettings
from earwitness.speech.spelling_distance import Sound, is_far, likeness, sound_of
from earwitness.speech.words import TokenWord, split_words

_APOSTROPHES = ("'", "’")
_ENDING = re.compile(r"(['’]s|s)$")
_ENDING_LETTERS = 2
"""What stands behind an apostrophe is an ending up to so many letters: "she'll"."""
_MORE_WORDS = 2
"""Whisper may write a term as so many words more or fewer: "hell stone", "genübeli in den"."""
_INFLECTED_LETTERS = 2
"""Two words that differ in so many letters at their ends may be forms of one word."""
_LEAST_PROMISE = -0.5
"""Candidates that promise less are not scored: what follows a term hardly ever gains more."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expected term as it is compared."""

    text: str
    sound: Sound
    words: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term in the place of words: text tokens [first, last) become `tokens`."""

    term: str
    first: int
    last: int
    tokens: tuple[int, ...]
    margin: float
    """How much log-probability the text may lose by it."""


@dataclass(frozen=True, slots=True)
class _HeardWord:
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A term as it would stand in a text, with the marks and the ending of the words there."""

    text: str
    term: Term
    likeness: float


def prepared(tokenizer: Tokenizer, terms: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms that have letters, each once."""
    found: dict[str, Term] = {}
    for text in terms:
        cased = {text, text[:1].upper() + text[1:]}
        tokens = min(len(tokenizer.encode(f" {each}")) for each in cased)
        found[text] = Term(text, sound_of(text), len(text.split()), tokens)
    return tuple(term for term in found.values() if term.sound.letters)


def candidates(
    spec: ModelSpec,
    tokenizer: Tokenizer,
    hypothesis: Hypothesis,
    terms: Sequence[Term],
    settings: TermSettings,
) -> list[Candidate]:
    """Return terms that words of a hypothesis sound like, the most promising first.

    A word that is written as a term is left alone, and so is one that the model is too sure of.
    """
    written = {_spelled(term.text) for term in terms}
    values = text_log_probabilities(spec, hypothesis)
    tokens = text_tokens(spec, hypothesis)
    longest = max(term.words for term in terms) + _MORE_WORDS
    found: dict[tuple[int, int, tuple[int, ...]], tuple[float, Candidate]] = {}
    for run in _runs(spec, tokenizer, hypothesis):
        kept = _written_places(run, written, longest)
        best: dict[tuple[int, int, str], float] = {}
        # Shorter spans come first, so that a longer one knows how alike its parts are.
        for count, at in product(range(1, longest + 1), range(len(run))):
            span = run[at : at + count]
            text = "".join(word.text for word in span)
            if len(span) < count or not kept.isdisjoint(range(at, at + count)):
                continue
            first, last = span[0].first, span[-1].last
            there, doubts = tokens[first:last], values[first:last]
            for spelling in _spellings(text, count, terms, settings):
                term, alike = spelling.term.text, spelling.likeness
                parts = (best.get((at, count - 1, term)), best.get((at + 1, count - 1, term)))
                in_part = max((part for part in parts if part is not None), default=0.0)
                best[at, count, term] = max(alike, in_part)
                if alike <= in_part:
                    continue
                new = tuple(tokenizer.encode(spelling.text))
                if list(new) == there:
                    continue
                allowed = _margin(spelling, text, -sum(doubts), settings)
                promise = allowed + _most_gain(there, doubts, new)
                place = first, last, new
                if promise > found.get(place, (_LEAST_PROMISE,))[0]:
                    found[place] = promise, Candidate(term, first, last, new, allowed)
    ranked = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))
    return [candidate for _, (_, candidate) in ranked[: settings.candidates]]


def _spellings(
    text: str, words: int, terms: Sequence[Term], settings: TermSettings
) -> Iterator[_Spelling]:
    """Yield what to try in the place of a text of so many words."""
    before, core, after = split_marks(text)
    ending = _ENDING.search(core)
    sound = sound_of(core)
    stem = sound_of(core[: ending.start()]) if ending else None
    for term in terms:
        if abs(words - term.words) > _MORE_WORDS:
            continue
        whole = _likeness(sound, term.sound, settings.likeness)
        part = _likeness(stem, term.sound, settings.likeness)
        alike = max(whole, part)
        if alike < settings.likeness:
            continue
        endings = ("",)
        if ending and part > whole:
            endings = ("s", "'s") if ending[0] == "s" else (ending[0],)
        first, rest = term.text[0], term.text[1:]
        if first.islower() and core[:1].isupper():
            first = first.upper()
        for each in endings:
            yield _Spelling(before + first + rest + each + after, term, alike)


def _likeness(sound: Sound | None, term: Sound, least: float) -> float:
    return 0.0 if sound is None or is_far(sound, term, least) else likeness(sound, term, least)


def _margin(spelling: _Spelling, text: str, doubt: float, settings: TermSettings) -> float:
    """Return how much log-probability a text may lose by a spelling.

    `doubt`: what the words that are there now took from it.
    """
    rare = min(spelling.term.tokens - settings.common_tokens, settings.rare_tokens)
    margin = (
        settings.margin
        + settings.letter_margin * min(len(spelling.term.sound.letters), settings.letters)
        + settings.token_margin * max(0, rare)
        + settings.doubt_share * min(doubt, settings.doubt_max)
        - settings.unlike_cost * (1 - spelling.likeness)
    )
    most = settings.inflected_margin if _is_inflected(text, spelling) else settings.most_margin
    return min(margin, most)


def _is_inflected(text: str, spelling: _Spelling) -> bool:
    """Return whether a spelling may be another form of the word that is there."""
    first, second = _letters(text), _letters(spelling.text)
    common = _common(first, second)
    return common >= max(3, max(len(first), len(second)) - _INFLECTED_LETTERS)


def _most_gain(there: Sequence[int], values: Sequence[float], new: Sequence[int]) -> float:
    """Return the most that new tokens can gain over those there, before any are scored.

    At the first place where they differ, the new token has what the other one leaves.
    """
    common = _common(there, new)
    if common == len(there):
        return 0.0
    left = 1 - math.exp(min(0.0, values[common]))
    return math.log(max(left, 1e-9)) - sum(values[common:])


def _common(first: Sequence[object], second: Sequence[object]) -> int:
    """Return how long the beginning is that two sequences share."""
    pairs = zip(first, second, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other),
        min(len(first), len(second)),
    )


def _written_places(
    run: Sequence[_HeardWord], terms: Set[tuple[str, ...]], longest: int
) -> set[int]:
    """Return which words are written as a term, with or without the ending of a plural."""
    places: set[int] = set()
    for count, at in product(range(1, longest + 1), range(len(run))):
        words = _spelled("".join(word.text for word in run[at : at + count]))
        singular = (*words[:-1], *(word.removesuffix("s") for word in words[-1:]))
        if words in terms or singular in terms:
            places.update(range(at, at + count))
    return places


def _spelled(text: str) -> tuple[str, ...]:
    """Return the letters of each word: "wood cutters" is not the term "woodcutters"."""
    return tuple(filter(None, map(_letters, text.split())))


def _letters(text: str) -> str:
    """Return letters and digits without case: two texts with the same are written alike."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def text_tokens(spec: ModelSpec, hypothesis: Hypothesis) -> list[int]:
    """Return the tokens of a hypothesis without timestamps."""
    return [token for token in hypothesis.tokens if token < spec.eot]


def text_log_probabilities(spec: ModelSpec, hypothesis: Hypothesis) -> list[float]:
    """Return the log-probabilities of `text_tokens`."""
    both = zip(hypothesis.tokens, hypothesis.token_log_probabilities, strict=False)
    return [value for token, value in both if token < spec.eot]


def _runs(spec: ModelSpec, tokenizer: Tokenizer, hypothesis: Hypothesis) -> list[list[_HeardWord]]:
    """Return the words between timestamps."""
    runs: list[list[_HeardWord]] = []
    tokens: list[int] = []
    offset = 0
    for token in (*hypothesis.tokens, spec.timestamp_begin):
        if token < spec.eot:
            tokens.append(token)
        elif tokens:
            runs.append(
                [
                    _HeardWord(part.text, offset + part.first, offset + part.last)
                    for word in split_words(tokenizer, tokens)
                    for part in _parts(tokenizer, tokens, word)
                ]
            )
            offset += len(tokens)
            tokens = []
    return runs


def _parts(tokenizer: Tokenizer, tokens: Sequence[int], word: TokenWord) -> list[TokenWord]:
    """Return the parts of a word at its hyphens and behind its apostrophes: "d'", "almente"."""
    cuts = [word.first]
    for at in range(word.first + 1, word.last):
        before, after = (
            tokenizer.decode(tokens[at - 1 : at]),
            tokenizer.decode(tokens[at : word.last]),
        )
        is_elided = before.endswith(_APOSTROPHES) and len(_letters(after)) > _ENDING_LETTERS
        if is_elided or after.startswith("-"):
            cuts.append(at)
    if len(cuts) == 1:
        return [word]
    ends = (*cuts[1:], word.last)
    return [
        TokenWord(tokenizer.decode(tokens[first:last]), first, last)
        for first, last in zip(cuts, ends, strict=True)
    ]
