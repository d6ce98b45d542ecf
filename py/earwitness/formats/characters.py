"""Line breaking classes and widths of characters, the same in every Python.

`unicodedata` of the page knows more characters than that of an older server; this table does not.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate

from earwitness.domain.scripts import has_unspaced
from earwitness.formats.line_break_table import CLASSES, WIDTHS

_RUN = re.compile(r"([0-9a-z]+)([A-Z%.])")
_HANGUL = "H"


@lru_cache(4096)
def break_class(character: str) -> str:
    """Return the letter of the character's class, see `tooling/line_break_table.py`."""
    starts, letters = _table(CLASSES)
    return letters[bisect_right(starts, ord(character)) - 1]


@lru_cache(4096)
def columns(character: str) -> int:
    """Return 2 for a wide character, 0 for a mark above or below another one, else 1."""
    if is_wide(character):
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


@lru_cache(4096)
def is_wide(character: str) -> bool:
    """Return whether the character takes two columns."""
    starts, _ = _table(WIDTHS)
    return bisect_right(starts, ord(character)) % 2 == 0


def is_spaceless(character: str) -> bool:
    """Return whether lines of this script are joined without a space: not in Korean."""
    if character.isascii() or break_class(character) == _HANGUL:
        return False
    return is_wide(character) or has_unspaced(character) or "\u0f00" <= character <= "\u0fff"


def width(text: str) -> int:
    """Return the columns that a text takes."""
    return len(text) if text.isascii() else sum(map(columns, text))


@cache
def _table(runs: str) -> tuple[list[int], str]:
    """Return the first code point of each run, and the letter of each."""
    found = _RUN.findall(runs)
    starts = list(accumulate((int(length, 36) for length, _ in found), initial=0))
    return starts[:-1], "".join(letter for _, letter in found)
