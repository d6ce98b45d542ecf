"""The one table of scripts that are written without spaces between words.

Counting, retiming, search, joining texts, paragraphs and the splitting of tokens into words all
ask it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script without spaces between words."""

    name: str
    characters: str
    """As inside the brackets of a regular expression."""
    characters_per_word: int
    """About; a reader of another script would call as many a word."""


SCRIPTS = (
    Script("Thai", "\u0e00-\u0e7f", 4),
    Script("Lao", "\u0e80-\u0eff", 4),
    Script("Myanmar", "\u1000-\u109f\uaa60-\uaa7f", 5),
    Script("Khmer", "\u1780-\u17ff", 5),
    Script("Kana", "\u3041-\u30ff\u31f0-\u31ff", 2),
    Script("Han", "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", 2),
)
UNSPACED_RUN = re.compile(f"[{''.join(script.characters for script in SCRIPTS)}]+")
"""A longest possible run of characters of these scripts."""
_LETTERS = re.compile(r"[^\W_]+")
_RUNS = tuple(re.compile(f"[{script.characters}]+") for script in SCRIPTS)


WIDE_OPENING = frozenset("「『（【《〈")
WIDE_CLOSING = frozenset("。、，！？：；）】」』》〉…")
"""Marks of Chinese and Japanese, which separate words and sentences without a space."""


def has_unspaced(text: str) -> bool:
    """Return whether some of the text is in a script without spaces."""
    return not text.isascii() and UNSPACED_RUN.search(text) is not None


def count_words(text: str) -> int:
    """Return the number of words; in scripts without spaces every character counts as one."""
    unspaced = sum(len(run) for run in UNSPACED_RUN.findall(text))
    return len(UNSPACED_RUN.sub(" ", text).split()) + unspaced


def words_in(text: str) -> list[str]:
    """Return the words of a text in lower case, without marks; to recognise them elsewhere."""
    return [word.casefold() for word in _LETTERS.findall(text)]


def split_marks(text: str) -> tuple[str, str, str]:
    """Return what stands before a word, the word, and what stands after it.

    Signs that are written on a letter, as in Hindi, belong to the word.
    """
    inside = [i for i, letter in enumerate(text) if _is_of_word(letter)]
    first, stop = (inside[0], inside[-1] + 1) if inside else (len(text), len(text))
    return text[:first], text[first:stop], text[stop:]


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_" or unicodedata.category(letter).startswith("M")


def reading_words(text: str) -> float:
    """Return how long a text is to read, in words of a language with spaces."""
    if text.isascii():
        return len(text.split())
    words = 0.0
    for script, run in zip(SCRIPTS, _RUNS, strict=True):
        words += sum(len(found) for found in run.findall(text)) / script.characters_per_word
    return words + len(UNSPACED_RUN.sub(" ", text).split())


def join_texts(texts: Iterable[str]) -> str:
    """Return texts as one line, with a space between two unless their script has none."""
    line = ""
    for text in map(str.strip, texts):
        line += f" {text}" if line and text and _is_spaced(line, text) else text
    return line


def _is_spaced(before: str, after: str) -> bool:
    closed = before[-1] in WIDE_CLOSING
    letters = [letter for letter in before[-16:] if letter.isalnum() or has_unspaced(letter)]
    if not closed and not (letters and has_unspaced(letters[-1])):
        return True
    first = next((letter for letter in after if letter.isalnum() or has_unspaced(letter)), "")
    return not closed and after[0] not in WIDE_OPENING and not has_unspaced(first)
