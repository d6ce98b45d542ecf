"""Where a line of text may end, and how well it ends there.

The rules are those of UAX 14 as far as speech needs them, with these differences: Korean is broken
at spaces only, Thai, Lao, Khmer and Burmese also between syllables, a name stays with its title,
and a word of an alphabet is cut only if there is no other way.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from earwitness.formats import syllables
from earwitness.formats.characters import break_class, is_spaceless, is_wide

_SENTENCE_END = ".?!…。？！؟।"
_PAUSE = ",;:，、；：،—–"
_TITLE = re.compile(
    r"(?:^|\s|[(\[{«„“\"'])(?:"
    # With or without a point.
    r"Mrs?|Ms|Mx|Messrs|Dr|Drs|Prof|St|Ste|Mme|Mlle|Herr|Frau|Sir|Dame|Lord|Lady"
    # With a point only.
    r"|(?:Rev|Fr|Hon|Gen|Col|Capt|Cmdr|Cdr|Lt|Sgt|Maj|Gov|Sen|Rep|Pres|Supt|Insp|Hr|Frl|Dipl|Ing|Mag"
    r"|Sra?|Srta|D|Dña|Sig|Sigg|Dott|Avv|Mons|Dhr|Mevr|Mw|Bc|Mgr|PhDr|JUDr|MUDr|Doc|Pan|Bp|Abp"
    r"|sra?|srta|sig|dott|prof|dr|dhr|mevr|hr|[Гг]|[Пп]роф|[Дд]р|[Гг]ос|[Гг]-н|[Гг]-жа|[A-ZÀ-ÞА-Я])\."
    r"|[Mm]gr\.?)\.? $"
)
"""A title or an initial, and the space after it."""
_NUMBERED = re.compile(
    r"(?:^|\s)(?:[Nn]os?|[Nn]r|[Nn]º|Vol|Fig|Art|Abs|Kap|Ch|[Pp]p?|[Ss]|№|§+)\.? $"
)
"""What a number follows."""


class Break(NamedTuple):
    """A line may end before the character at this offset."""

    at: int
    roughness: float
    """0 after a sentence, up to 1 inside a word."""


@lru_cache(64)
def breaks(text: str) -> tuple[Break, ...]:
    """Return the best kind of breaks that a text has, in order.

    The text has single spaces. First come spaces and the breaks of scripts without spaces, then
    hyphens and titles, then places inside a word; never inside a character with its marks.
    """
    classes = _classes(text)
    everywhere = range(1, len(text))
    pairs = zip(everywhere, classes, classes[1:], strict=False)
    at_changes = [at for at, before, after in pairs if before != "A" or after != "A"]
    for kind, places in ((_good, at_changes), (_poor, at_changes), (_inside, everywhere)):
        found = tuple(
            Break(at, roughness)
            for at in places
            if (roughness := kind(text, at, classes)) is not None
        )
        if found:
            return found
    return tuple(Break(at, 1.0) for at in everywhere)


def _classes(text: str) -> list[str]:
    """Return the class of each character; quotation marks that open have `q`, others `p`."""
    found: list[str] = []
    for character in text:
        kind = break_class(character)
        if kind == "Q" and not character.isascii():
            kind = {"Pi": "q", "Pf": "p"}.get(unicodedata.category(character), kind)
        found.append(kind)
    return found


def _good(text: str, at: int, classes: list[str]) -> float | None:
    if text[at - 1] == " ":
        return None if is_title(text, at) else _after_space(text, at, classes)
    if text[at] == " ":
        return None
    if not _is_apart(text, at, classes):
        return None
    return _between(text, at, classes)


def _poor(text: str, at: int, classes: list[str]) -> float | None:
    """Return the roughness after a title, a hyphen or a slash, and where scripts change."""
    if text[at] == " ":
        return None
    if text[at - 1] == " ":
        return _after_space(text, at, classes)
    if not _is_apart(text, at, classes):
        return None
    before, after = _base(classes, at), classes[at]
    if after in "CXNEBQp%" or before in "OQq":
        return None
    if before == "B" or text[at - 1] == "/":
        return 0.5 if after == "A" else None
    if "I" in (before, after) and "H" not in (before, after) and "P" not in (before, after):
        return 0.5
    if "S" in (before, after):
        return 0.7 if before == after and syllables.may_break(text, at) else None
    return None


def _inside(text: str, at: int, classes: list[str]) -> float | None:
    """Return the roughness inside a word: nothing but the characters themselves is kept whole."""
    if " " in text[at - 1 : at + 1] or not _is_apart(text, at, classes):
        return None
    if "S" in (classes[at], _base(classes, at)) and not syllables.may_break(text, at):
        return None
    return 0.9 if classes[at] not in "CXNEBp%" and _base(classes, at) not in "OPq" else 1.0


def _is_apart(text: str, at: int, classes: list[str]) -> bool:
    """Return whether the characters around a place are not one character to a reader."""
    before, after = _base(classes, at), classes[at]
    if after == "M" or "G" in (before, after) or text[at - 1] == "\u200d":
        return False
    if before == "R" and after == "R":
        flags = 0
        while flags < at and classes[at - 1 - flags] == "R":
            flags += 1
        return flags % 2 == 0
    # Jamo form a syllable, and a virama joins the letters around it.
    if before == after == "H" and not _is_syllable(text[at]):
        return False
    return unicodedata.combining(text[at - 1]) != 9 or after not in "AS"


def _is_syllable(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3" or "\u1100" <= character <= "\u115f"


def is_title(text: str, at: int) -> bool:
    """Return whether a title, an initial or `No.` stands before what it belongs to at an offset."""
    after = text[at]
    if after.islower():
        return False
    if after.isdigit() and _NUMBERED.search(text, max(0, at - 8), at) is not None:
        return True
    return _TITLE.search(text, max(0, at - 12), at) is not None


def _after_space(text: str, at: int, classes: list[str]) -> float | None:
    before, after = _base(classes, at - 1), classes[at]
    if after in "CXNGZ" or before == "O":
        return None
    if after == "B" and unicodedata.category(text[at]) == "Po":
        return None  # The full stop of Hindi, for one.
    # A mark of quotation that stands between spaces: its kind says where it belongs.
    if after in "pqQ" and _is_closing(text, at):
        return None
    if before in "pqQ" and _is_opening(text, at - 2):
        return None
    if after == "%" and before == "D":
        return None
    last = text[at - 2 : at - 1]
    if last in _SENTENCE_END:
        return 0.0
    if last in _PAUSE:
        return 0.15
    return 0.1 if is_spaceless(last) or is_spaceless(text[at]) else 0.3


def _is_closing(text: str, at: int) -> bool:
    follows = text[at + 1 : at + 2]
    return unicodedata.category(text[at]) != "Pi" and (
        not follows or not (follows.isalnum() or follows in "([{¿¡")
    )


def _is_opening(text: str, at: int) -> bool:
    lone = at == 0 or text[at - 1] == " "
    return lone and unicodedata.category(text[at]) != "Pf"


def _between(text: str, at: int, classes: list[str]) -> float | None:
    """Return the roughness between two characters without a space."""
    before, after = _base(classes, at), classes[at]
    if before == "Z":
        return 0.2
    if before == after == "S":
        return syllables.roughness(text, at)
    if before == "B" and after != "B" and after not in "CXNEQp%":
        # Tibetan and Ethiopic have signs between words; hyphens are no such signs.
        return (
            0.3 if text[at - 1] >= "\u0f00" and not "\u2000" <= text[at - 1] <= "\u206f" else None
        )
    if not is_wide(text[at - 1]) and not is_wide(text[at]) and "I" not in (before, after):
        return None
    return _between_ideographs(text, at, before, after)


def _between_ideographs(text: str, at: int, before: str, after: str) -> float | None:
    wide_before, wide_after = is_wide(text[at - 1]), is_wide(text[at])
    if after in "CXNEBQM" or before in "OQ":
        return None
    if after == "p" or before == "q":
        return None
    if after == "q":
        return 0.2 if wide_before and before != "H" else None
    if before == "p":
        return 0.2 if wide_after and after != "H" else None
    if (before == "P" and after == "I") or (before == "I" and after == "%"):
        return None
    if text[at - 1] in _SENTENCE_END and wide_before:
        return 0.0
    if text[at - 1] in _PAUSE and wide_before:
        return 0.15
    if before in "CXN" and wide_before:
        return _by_script(text, at) if before == "N" and after == "I" else 0.2
    if after == "O" and wide_after and before != "H":
        return 0.2
    if before != "I" or after != "I" or _is_full_width(text[at - 1 : at + 1]):
        return None
    return _by_script(text, at)


def _is_full_width(pair: str) -> bool:
    """Return whether both are letters or digits of an alphabet, as wide as Chinese ones."""
    return all(character.isalnum() and "\uff10" <= character <= "\uff5a" for character in pair)


def _by_script(text: str, at: int) -> float:
    """Return the roughness between two characters of Chinese or Japanese.

    A phrase of Japanese mostly ends in hiragana; words in katakana are long and stay whole.
    """
    before, after = _script(text[at - 1]), _script(text[at])
    if before == "hiragana":
        return 0.5 if after == "hiragana" else 0.3
    if before == after == "katakana":
        return 0.7
    if before == after == "":
        return 0.5 if _has_kana(text) else 0.3
    return 0.55 if after == "hiragana" else 0.4


@lru_cache(4)
def _has_kana(text: str) -> bool:
    return any(map(_script, text))


def _script(character: str) -> str:
    if "\u3041" <= character <= "\u309f":
        return "hiragana"
    return (
        "katakana" if "\u30a0" <= character <= "\u30ff" or "\uff66" <= character <= "\uff9f" else ""
    )


def _base(classes: list[str], at: int) -> str:
    """Return the class of the last character before a place that is no mark."""
    base = at
    while base > 1 and classes[base - 1] == "M":
        base -= 1
    found = classes[base - 1]
    return "A" if found == "Z" and base < at else found
