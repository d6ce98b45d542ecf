"""How near two spellings are in sound: a distance of letters, for any language.

Whisper writes a name that it does not know as it would write the sounds: "hellstone", "Neewan". So
spellings of one sound count as near: ph and f, c and k, doubled letters, one vowel for another.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

VOWELS = frozenset("aeiouyаеиоуыэюяіїєёαεηιουω")
_SAME_SOUND = (
    ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("ph", "f"), ("ck", "k"), ("qu", "kv"),
    ("sh", "s"), ("ch", "c"), ("th", "t"), ("gh", "g"), ("wh", "v"), ("cz", "c"), ("sz", "s"),
    ("x", "ks"), ("q", "k"), ("w", "v"), ("z", "s"), ("j", "i"), ("y", "i"),
)  # fmt: skip
_NEAR_PAIRS = ("pb", "td", "kg", "fv", "kc", "sc", "mn", "tc", "пб", "тд", "кг", "фв", "сз", "шж",
               "мн")  # fmt: skip
"""Consonants that are easily taken for each other."""
_GROUPS = ("kgcstd", "pb", "fv", "mn", "пб", "тд", "кг", "фв", "сз", "шж", "мн")
"""Consonants that pairs connect."""
_NEAR_COST = 0.5
_VOWEL_COST = 0.4
"""One vowel for another, or a vowel too many or too few."""
_SWAPS = {letter: dict.fromkeys(VOWELS, _VOWEL_COST) for letter in VOWELS}
for _one, _other in _NEAR_PAIRS:
    _SWAPS.setdefault(_one, {})[_other] = _NEAR_COST
    _SWAPS.setdefault(_other, {})[_one] = _NEAR_COST
"""What it costs to write one letter for another; 1 for those that are not here."""
_NO_SWAPS: dict[str, float] = {}
_CLASS = {letter: number for number, group in enumerate(_GROUPS) for letter in group}
_CLASSES = 24
_COUNTED = 5
"""So many consonants of one class are told apart in `Sound.consonants`."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A spelling's letters and digits without case, accents and doubled letters."""

    letters: str
    """Empty for a text without letters."""
    consonants: int
    """A bit for each consonant: the first, second … of its class. What two sounds do not share says
    how far apart they are at least."""


@lru_cache(maxsize=20_000)
def sound_of(text: str) -> Sound:
    """Return how a text sounds."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if letter.isalnum())
    for written, key in _SAME_SOUND:
        letters = letters.replace(written, key)
    letters = "".join(
        letter for at, letter in enumerate(letters) if at == 0 or letter != letters[at - 1]
    )
    counts = [0] * _CLASSES
    for letter in letters:
        if not _is_light(letter):
            counts[_CLASS.get(letter, ord(letter)) % _CLASSES] += 1
    bits = 0
    for count in counts:
        bits = bits << _COUNTED | (1 << min(count, _COUNTED)) - 1
    return Sound(letters, bits)


def is_far(first: Sound, second: Sound, least: float) -> bool:
    """Return whether two sounds are surely less alike than `least`; much faster than `likeness`."""
    most = (1 - least) * max(len(first.letters), len(second.letters))
    one, other = first.consonants, second.consonants
    return (one & ~other).bit_count() > most or (other & ~one).bit_count() > most


def likeness(first: Sound, second: Sound, least: float = 0.0) -> float:
    """Return how alike two sounds are: 1 for the same, 0 for nothing in common.

    Where it is below `least`, 0 may be returned instead, which saves time.
    """
    one, other = first.letters, second.letters
    longest = max(len(one), len(other))
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    most = (1 - least) * longest
    costs = [_cost(letter) for letter in other]
    before = list(accumulate(costs, initial=0.0))
    for letter in one:
        dropped, swaps = _cost(letter), _SWAPS.get(letter, _NO_SWAPS)
        diagonal, left = before[0], before[0] + dropped
        here = [left]
        for against, added, above in zip(other, costs, before[1:], strict=True):
            best = diagonal if letter == against else diagonal + swaps.get(against, 1.0)
            # Comparisons are much faster here than a call of `min`.
            if above + dropped < best:
                best = above + dropped
            if left + added < best:
                best = left + added
            diagonal, left = above, best
            here.append(best)
        if min(here) > most:
            return 0.0
        before = here
    return max(0.0, 1 - before[-1] / longest)


def _is_light(letter: str) -> bool:
    """Return whether a letter is a vowel, or as easily missed as one."""
    return letter in VOWELS or letter == "h"


def _cost(letter: str) -> float:
    return _VOWEL_COST if _is_light(letter) else 1.0
