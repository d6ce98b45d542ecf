"""What a beam search had in place of a word.

A competitor leaves the text at a token and often comes back to it after a word or two. Compared
word by word, it offers another word where the two differ.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from earwitness.speech.protocols import Competitor, Hypothesis, Tokenizer
from earwitness.speech.words import CLOSING, OPENING, TokenWord, split_words

MAX_COMPETITORS = 32
"""Looked at in one window."""
MAX_ALTERNATIVES = 4
"""Kept for one word."""
MAX_JOINED = 3
"""Words that may stand in place of one."""
TAIL_TOKENS = 4
"""Tokens after a difference that tell where the texts meet again."""


def competitors_in(text: Sequence[int], other: Sequence[int]) -> list[Competitor]:
    """Return the places at which another hypothesis differs from a text."""
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    return [
        Competitor(
            first,
            tuple(other[other_first : other_last + TAIL_TOKENS]),
            ended=other_last + TAIL_TOKENS >= len(other),
        )
        for tag, first, _, other_first, other_last in matcher.get_opcodes()
        if tag == "replace"
    ]


def word_alternatives(
    tokenizer: Tokenizer, hypothesis: Hypothesis, words: Sequence[TokenWord], eot: int
) -> list[tuple[str, ...]]:
    """Return for each word what could stand in its place, likeliest first, without marks around it.

    `words` are those of the hypothesis' text tokens; `eot`: tokens from there on are no text.
    """
    found: list[dict[str, None]] = [{} for _ in words]
    indices = [index for index, token in enumerate(hypothesis.tokens) if token < eot]
    for competitor in hypothesis.competitors[:MAX_COMPETITORS]:
        first = bisect_left(indices, competitor.first)
        at = bisect_right(words, first, key=lambda word: word.first) - 1
        if at < 0 or first >= words[at].last:
            continue
        before = (hypothesis.tokens[index] for index in indices[words[at].first : first])
        others = split_words(tokenizer, [*before, *(t for t in competitor.tokens if t < eot)])
        complete = competitor.ended or competitor.tokens[-1] >= eot
        offer = _replacement(
            [_bare(word.text) for word in words[at:]],
            [_bare(word.text) for word in others[: None if complete else -1]],
        )
        if offer and len(found[at + offer.skipped]) < MAX_ALTERNATIVES:
            found[at + offer.skipped].setdefault(offer.text)
    return [tuple(each) for each in found]


class _Offer(NamedTuple):
    skipped: int
    """Words before it that are the same."""
    text: str


def _replacement(words: Sequence[str], others: Sequence[str]) -> _Offer | None:
    """Return the first word that differs and what stands in its place; None: not one for one."""
    for skipped, (word, other) in enumerate(zip(words, others, strict=False)):
        if word == other:
            continue
        if not word or not other:
            return None
        following, rest = words[skipped + 1 :], others[skipped + 1 :]
        if other in following[:1] or word in rest[:1]:
            return None  # A word more, or one less.
        for joined in range(min(MAX_JOINED, len(rest) + 1)):
            if following and joined < len(rest) and rest[joined] == following[0]:
                return _Offer(skipped, " ".join([other, *rest[:joined]]))
        return _Offer(skipped, other)
    return None


def _bare(text: str) -> str:
    """Return a word without the space and the marks around it."""
    return text.strip().strip("".join(OPENING | CLOSING))
