"""Text in the form that the index holds: one Unicode form, scripts without spaces in pairs.

FTS5's `unicode61` splits at spaces and punctuation, so a Japanese sentence would be one word.
Each run of such a script becomes its overlapping pairs of characters and its last character alone.
Any part of two or more characters is then a phrase of pairs, and one character begins a token.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from earwitness.domain.scripts import UNSPACED_RUN

_HAS_MARK = re.compile(r"[^\x00-\u02ff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ue000\ue001]")


def clean(text: str) -> str:
    """Return the text in NFKC, with spaces for control characters and `snippet`'s marks."""
    if text.isascii():
        return _CONTROL.sub(" ", text)
    whole = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", unicodedata.normalize("NFKC", whole))


def index_text(text: str) -> str:
    """Return what FTS5 is given of a text."""
    cleaned = clean(text)
    if cleaned.isascii():
        return cleaned
    return UNSPACED_RUN.sub(lambda run: f" {_pairs(run.group())} {run.group()[-1]} ", cleaned)


def query_phrases(text: str) -> list[tuple[str, bool]]:
    """Split one word or phrase of a query into phrases that must each match.

    Returns:
        (phrase, prefix) pairs; with `prefix` the phrase matches as the beginning of a token.
    """
    phrases: list[tuple[str, bool]] = []
    at = 0
    cleaned = clean(text)
    for run in UNSPACED_RUN.finditer(cleaned):
        phrases.append((cleaned[at : run.start()], False))
        phrases.append((_pairs(run.group()), len(run.group()) == 1))
        at = run.end()
    phrases.append((cleaned[at:], False))
    return [(phrase.strip(), prefix) for phrase, prefix in phrases if has_word(phrase)]


def has_word(text: str) -> bool:
    """Return whether the text has a letter or a digit."""
    return any(character.isalnum() for character in text)


def fold(text: str) -> str:
    """Return the text in lower case without accents, to compare words."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    if not _HAS_MARK.search(folded):
        return folded
    return "".join(c for c in folded if not unicodedata.combining(c))


def _pairs(run: str) -> str:
    return " ".join(map("".join, pairwise(run))) if len(run) > 1 else run
