"""Names and terms that the user expects: written where they are said, and nowhere else.

A window is decoded as ever. Where its words sound like an expected term, the model is asked how
likely the same text is with the term in their place, all tokens after it included. The term is
taken if it costs the text no more than a margin. So a term can only take the place of words that
were heard, and of words that it resembles: nothing is written over silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import Hypothesis, ModelSpec, Tokenizer
from earwitness.speech.settings import TermSettings
from earwitness.speech.spelling_distance import likeness, sounds
from earwitness.speech.words import split_words, word_probability

_CORE = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)
_ENDING = re.compile(r"(['’]s|s)$")
_MORE_WORDS = 1
"""Whisper may write a term as so many words more or fewer: "hell stone"."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expected term as it is compared."""

    text: str
    key: str
    words: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term in the place of words: text tokens [first, last) become `tokens`."""

    term: str
    first: int
    last: int
    tokens: tuple[int, ...]
    likeness: float
    probability: float
    """Of the words that are there now."""


@dataclass(frozen=True, slots=True)
class _HeardWord:
    text: str
    first: int
    last: int
    starts_sentence: bool


def prepared(terms: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms that have letters, each once."""
    found = {text: Term(text, sounds(text), len(text.split())) for text in terms}
    return tuple(term for term in found.values() if term.key)


def candidates(
    spec: ModelSpec,
    tokenizer: Tokenizer,
    hypothesis: Hypothesis,
    terms: Sequence[Term],
    settings: TermSettings,
) -> list[Candidate]:
    """Return terms that the words of a hypothesis sound like, the likest first."""
    found: list[Candidate] = []
    known = {_written(term.text) for term in terms}
    values = text_log_probabilities(spec, hypothesis)
    tokens = text_tokens(spec, hypothesis)
    for run in _runs(spec, tokenizer, hypothesis):
        for at in range(len(run)):
            for count in range(1, len(run) - at + 1):
                span = run[at : at + count]
                fitting = [term for term in terms if abs(count - term.words) <= _MORE_WORDS]
                if not fitting:
                    if count > max(term.words for term in terms) + _MORE_WORDS:
                        break
                    continue
                text = "".join(word.text for word in span)
                if any(_written(word.text) in known for word in span) or _written(text) in known:
                    continue
                probability = word_probability(values[span[0].first : span[-1].last])
                for form, term, alike in _forms(text, fitting, span[0].starts_sentence, settings):
                    written = tuple(tokenizer.encode(form))
                    if written != tuple(tokens[span[0].first : span[-1].last]):
                        found.append(
                            Candidate(
                                term, span[0].first, span[-1].last, written, alike, probability
                            )
                        )
    found.sort(key=lambda each: (-each.likeness, each.first, each.last, each.tokens))
    return found[: settings.candidates]


def _forms(
    text: str, terms: Sequence[Term], starts_sentence: bool, settings: TermSettings
) -> Iterable[tuple[str, str, float]]:
    """Yield spellings to try in the place of a text: spelling, term, likeness."""
    match = _CORE.match(text)
    before, core, after = match.groups() if match else ("", text, "")
    ending = _ENDING.search(core)
    key = sounds(core)
    stem = sounds(core[: ending.start()]) if ending else ""
    for term in terms:
        whole = likeness(key, term.key, settings.likeness)
        part = likeness(stem, term.key, settings.likeness) if stem else 0.0
        if max(whole, part) < settings.likeness:
            continue
        endings = ("",)
        if ending and part > whole:
            endings = (ending[0], "'s") if ending[0] == "s" else (ending[0],)
        for suffix in endings:
            spelled = term.text + suffix
            yield before + spelled + after, term.text, max(whole, part)
            if spelled[0].islower():
                capital = spelled[0].upper() + spelled[1:]
                yield before + capital + after, term.text, max(whole, part)


def _written(text: str) -> str:
    """Return letters and digits without case: two texts with the same are written alike."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def text_tokens(spec: ModelSpec, hypothesis: Hypothesis) -> list[int]:
    """Return the tokens of a hypothesis without timestamps."""
    return [token for token in hypothesis.tokens if token < spec.eot]


def text_log_probabilities(spec: ModelSpec, hypothesis: Hypothesis) -> list[float]:
    """Return the log-probabilities of `text_tokens`."""
    both = zip(hypothesis.tokens, hypothesis.token_log_probabilities, strict=False)
    return [value for token, value in both if token < spec.eot]


def _runs(
    spec: ModelSpec, tokenizer: Tokenizer, hypothesis: Hypothesis
) -> list[list[_HeardWord]]:
    """Return the words between timestamps."""
    runs: list[list[_HeardWord]] = []
    tokens: list[int] = []
    offset = 0
    for token in (*hypothesis.tokens, spec.timestamp_begin):
        if token < spec.eot:
            tokens.append(token)
        elif tokens:
            words = split_words(tokenizer, tokens)
            runs.append(
                [
                    _HeardWord(
                        word.text,
                        offset + word.first,
                        offset + word.last,
                        at == 0 or words[at - 1].text.rstrip("\"'”’)").endswith((".", "!", "?")),
                    )
                    for at, word in enumerate(words)
                ]
            )
            offset += len(tokens)
            tokens = []
    return runs
