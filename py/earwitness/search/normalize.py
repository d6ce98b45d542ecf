"""Text in the form that the index holds: folded, and scripts without spaces in pairs.

Folding makes equal what people type for the same word: cases, accents, `ß` and `ss`, `ł` and `l`,
Arabic and Hebrew with their marks and without. Index and query are folded alike.

FTS5's `unicode61` splits at spaces and punctuation, so a Japanese sentence would be one word.
Each run of such a script becomes its overlapping pairs of characters and its last character alone.
Any part of two or more characters is then a phrase of pairs, and one character begins a token.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from earwitness.domain.scripts import UNSPACED_RUN

FOLDING = 2
"""Raise it with every change of `fold`: an index of another number is built again."""

MARKS = (
    # Of Latin and Greek, of Hebrew, of Arabic with its tatweel; then signs that nobody sees.
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
    "\u02b9-\u02bf\u00ad\u061c\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
"""Characters that folding leaves out, as inside the brackets of a regular expression."""
_MARK = re.compile(f"[{MARKS}]")
_LETTERS = str.maketrans(
    {
        # Letters with a stroke or a hook, and others that Unicode does not take apart.
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ƒ": "f", "ɓ": "b", "ƀ": "b", "ɗ": "d", "ɖ": "d",
        "ƙ": "k", "ƴ": "y", "ɨ": "i", "ɛ": "e", "ɔ": "o", "ə": "e", "ǝ": "e", "ʉ": "u", "ɵ": "o",
        "ƶ": "z", "ǥ": "g", "ɠ": "g", "ɣ": "g", "ⱡ": "l", "ɫ": "l", "ƚ": "l", "ȼ": "c", "ⱥ": "a",
        "ɇ": "e", "ɉ": "j", "ɍ": "r", "ɏ": "y", "ɲ": "n", "ƥ": "p", "ƭ": "t", "ʋ": "v", "ⱳ": "w",
        # Arabic of several languages: alef, yeh, kaf, heh.
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۃ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه",
        # Hebrew at the end of a word, and Yiddish pairs.
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "װ": "וו", "ױ": "וי", "ײ": "יי",
    }
)  # fmt: skip
_CYRILLIC = {"ё": "е", "ѐ": "е", "ѝ": "и"}
"""Others are letters of their own: й is not и, and ї is not і."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ue000\ue001]")


def clean(text: str) -> str:
    """Return the text in NFKC, with spaces for control characters and `snippet`'s marks."""
    if text.isascii():
        return _CONTROL.sub(" ", text)
    whole = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", unicodedata.normalize("NFKC", whole))


def index_text(text: str) -> str:
    """Return what FTS5 is given of a text."""
    folded = fold(text)
    if folded.isascii():
        return folded
    return UNSPACED_RUN.sub(lambda run: f" {_pairs(run.group())} {run.group()[-1]} ", folded)


def query_phrases(text: str) -> list[tuple[str, bool]]:
    """Split one word or phrase of a query into phrases that must each match.

    Returns:
        (phrase, prefix) pairs; with `prefix` the phrase matches as the beginning of a token.
    """
    phrases: list[tuple[str, bool]] = []
    at = 0
    folded = fold(text)
    for run in UNSPACED_RUN.finditer(folded):
        phrases.append((folded[at : run.start()], False))
        phrases.append((_pairs(run.group()), len(run.group()) == 1))
        at = run.end()
    phrases.append((folded[at:], False))
    return [(phrase.strip(), prefix) for phrase, prefix in phrases if has_word(phrase)]


def has_word(text: str) -> bool:
    """Return whether the text has a letter or a digit."""
    return any(character.isalnum() for character in text)


def fold(text: str) -> str:
    """Return the cleaned text in lower case, without what spellings of a word differ in."""
    cleaned = clean(text)
    return cleaned.lower() if cleaned.isascii() else cleaned.translate(_FOLDED)


class _Folded(dict[int, str]):
    """Code point -> its folded form, which may be empty."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isdecimal():
            made = str(unicodedata.decimal(character))
        elif "\u0400" <= character <= "\u052f":
            lower = character.casefold()
            made = _CYRILLIC.get(lower, lower)
        else:
            parts = unicodedata.normalize("NFKD", character).casefold()
            parts = unicodedata.normalize("NFKD", parts).translate(_LETTERS)
            made = unicodedata.normalize("NFC", _MARK.sub("", parts))
        self[code] = made
        return made


_FOLDED = _Folded()


def _pairs(run: str) -> str:
    return " ".join(map("".join, pairwise(run))) if len(run) > 1 else run
