"""Text as the index wants it: one Unicode form, and character pairs where a script has no spaces.

FTS5's `unicode61` splits at spaces and punctuation, so a Japanese sentence would be one word.
Each run of such a script becomes its overlapping pairs and its last character alone: any part
of two or more characters is then a phrase of pairs, any single one the start of a token.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_HAS_MARK = re.compile(r"[^\x00-\u02ff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ue000\ue001]")


def clean(text: str) -> str:
    """One Unicode form; no control characters, marks of ours or half surrogates."""
    if text.isascii():
        return _CONTROL.sub(" ", text)
    whole = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", unicodedata.normalize("NFKC", whole))


def index_text(text: str) -> str:
    """What FTS5 indexes for a text."""
    cleaned = clean(text)
    if cleaned.isascii():
        return cleaned
    return _RUN.sub(lambda run: f" {_pairs(run.group())} {run.group()[-1]} ", cleaned)


def query_phrases(text: str) -> list[tuple[str, bool]]:
    """Split one word or phrase of a query into what must each match.

    Returns:
        (phrase, open) pairs: `open` phrases must match as the beginning of a token.
    """
    phrases: list[tuple[str, bool]] = []
    at = 0
    cleaned = clean(text)
    for run in _RUN.finditer(cleaned):
        phrases.append((cleaned[at : run.start()], False))
        phrases.append((_pairs(run.group()), len(run.group()) == 1))
        at = run.end()
    phrases.append((cleaned[at:], False))
    return [(phrase.strip(), open_) for phrase, open_ in phrases if has_word(phrase)]


def is_unspaced(text: str) -> bool:
    """Some of it is in a script without spaces."""
    return not text.isascii() and _RUN.search(text) is not None


def has_word(text: str) -> bool:
    """There is a letter or a digit in it."""
    return any(character.isalnum() for character in text)


def fold(text: str) -> str:
    """Lower case without accents: how words are compared for marks and spellings."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    if not _HAS_MARK.search(folded):
        return folded
    return "".join(c for c in folded if not unicodedata.combining(c))


def _pairs(run: str) -> str:
    return " ".join(map("".join, pairwise(run))) if len(run) > 1 else run
