"""Where a line may end inside Thai, Lao, Khmer and Burmese, without a dictionary.

Words cannot be told apart without one, but syllables mostly can. A break is never inside a cluster
of a consonant with its marks, never behind a vowel that is written before its consonant, and never
before a sign that belongs to what stands before it.
"""

from __future__ import annotations

from earwitness.formats.characters import break_class

SYLLABLE = 0.35
"""Roughness of a break between two syllables."""
PROBABLE = 0.5
"""Roughness of a break that is probably between two syllables."""

_LEADING = "เแโใไເແໂໃໄ"
"""Vowels written before their consonant: a syllable begins here, and no line ends here."""
_FOLLOWING = "ะาำๅະາຳຽ"
"""Vowels written after their consonant, as letters of their own."""
_LAST = "ะำๆฯະຳໆຯ"
"""A syllable, or a word, ends with these."""
_NOT_FIRST = _FOLLOWING + "ๆฯໆຯៗ\u103f"
_STACKERS = "\u17d2\u1039\u1a60"
"""The next consonant stands below the one before."""
_SILENT_THAI = "\u0e4c\u0ecc"
"""Above a consonant: it is not spoken, and often the one before it is not either."""
_SILENT = "\u17cb\u17cd\u103a\u1039"
"""Above a consonant: it closes the syllable before it."""
_CLOSED = "\u0e31\u0e37\u0e47\u0eb1\u0eb7\u0ebb"
"""A consonant that closes the syllable follows these vowels."""
_SECOND = "รลวຣລວ"
"""Consonants that often stand second in a cluster of two."""
_SILENT_FIRST = "หอຫ"
"""Consonants that only change the tone of the next one."""


def may_break(text: str, at: int) -> bool:
    """Return whether a line may end before `text[at]` at all, in these scripts."""
    before, after = text[at - 1], text[at]
    if break_class(after) == "M" or after in _NOT_FIRST:
        return False
    if before in _LEADING or before in _STACKERS:
        return False
    # A mark may stand between a consonant and the sign that silences it.
    near = text[at + 1 : at + 3]
    if any(sign in near for sign in _SILENT_THAI):
        return False
    return not any(sign in near for sign in _SILENT) or _is_apart(near)


def roughness(text: str, at: int) -> float | None:
    """Return how rough a break before `text[at]` is; None where it may be inside a syllable."""
    if not may_break(text, at):
        return None
    before, after = text[at - 1], text[at]
    if "\u1000" <= after <= "\u109f" or "\uaa60" <= after <= "\uaa7f":
        return SYLLABLE
    if after in _LEADING or (before in _LAST and text[at : at + 2] != "ลฯ"):
        return SYLLABLE
    if not _has_vowel(text, at):
        return None
    if break_class(before) == "M" or before in _FOLLOWING:
        return None if _is_open(text, at) else SYLLABLE
    if "\u1780" <= after <= "\u17ff":
        return PROBABLE
    if after in _SECOND or before in _SILENT_FIRST or after in "อອ":
        return None
    return PROBABLE


def _has_vowel(text: str, at: int) -> bool:
    """Return whether the consonant at this place has a vowel, so that it begins a syllable."""
    follows = text[at + 1 : at + 2]
    return bool(follows) and (break_class(follows) == "M" or follows in _FOLLOWING)


def _is_open(text: str, at: int) -> bool:
    """Return whether the vowel before this place needs another consonant."""
    while at and break_class(text[at - 1]) == "M":
        if text[at - 1] in _CLOSED:
            return True
        at -= 1
    return False


def _is_apart(near: str) -> bool:
    """Return whether a sign that silences belongs to the second consonant, not to the first."""
    return len(near) == 2 and near[0] not in _SILENT and break_class(near[0]) != "M"
