"""How near two spellings are in sound: a distance of letters, for any language.

Whisper writes a name that it does not know as it would write the sounds: "hellstone", "Neewan". So
spellings of one sound count as near: ph and f, c and k, doubled letters, one vowel for another.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

VOWELS = frozenset("aeiouyаеиоуыэюяіїєёαεηιουω")
_SAME_SOUND = (
    ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("ph", "f"), ("ck", "k"), ("qu", "kv"),
    ("sh", "s"), ("ch", "c"), ("th", "t"), ("gh", "g"), ("wh", "v"), ("cz", "c"), ("sz", "s"),
    ("x", "ks"), ("q", "k"), ("w", "v"), ("z", "s"), ("j", "i"), ("y", "i"),
)  # fmt: skip
_NEAR = frozenset(
    frozenset(pair) for pair in ("pb", "td", "kg", "fv", "kc", "sc", "mn", "gi", "tc", "пб", "тд",
                                 "кг", "фв", "сз", "шж", "мн")
)  # fmt: skip
_NEAR_COST = 0.5
_VOWEL_COST = 0.4
"""One vowel for another, or a vowel too many or too few."""


@lru_cache(maxsize=20_000)
def sounds(text: str) -> str:
    """Return the letters and digits of a text as a key: without case, accents and doubled letters.

    Empty for a text without letters.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if letter.isalnum())
    for written, key in _SAME_SOUND:
        letters = letters.replace(written, key)
    return "".join(
        letter for at, letter in enumerate(letters) if at == 0 or letter != letters[at - 1]
    )


def likeness(first: str, second: str, least: float = 0.0) -> float:
    """Return how alike two keys of `sounds` are: 1 for the same, 0 for nothing in common.

    Where it is below `least`, any value below `least` may be returned, which saves time.
    """
    if first == second:
        return 1.0 if first else 0.0
    longest = max(len(first), len(second))
    most = (1 - least) * longest
    apart = _VOWEL_COST * abs(len(first) - len(second))
    if not first or not second or apart > most:
        return 0.0
    before = [0.0]
    for letter in second:
        before.append(before[-1] + _cost(letter))
    for letter in first:
        dropped = _cost(letter)
        here = [before[0] + dropped]
        for at, other in enumerate(second):
            replaced = before[at] + (0.0 if letter == other else _replaced(letter, other))
            here.append(min(replaced, before[at + 1] + dropped, here[at] + _cost(other)))
        if min(here) > most:
            return 0.0
        before = here
    return max(0.0, 1 - before[-1] / longest)


def _cost(letter: str) -> float:
    return _VOWEL_COST if letter in VOWELS or letter == "h" else 1.0


def _replaced(letter: str, other: str) -> float:
    if letter in VOWELS and other in VOWELS:
        return _VOWEL_COST
    return _NEAR_COST if frozenset((letter, other)) in _NEAR else 1.0
