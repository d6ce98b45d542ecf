"""Numbers and times of English as digits: "twenty three" becomes 23, "half past nine" 9:30."""

from __future__ import annotations

import re

from earwitness.transcript import Transcript

_FROM_ZERO = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_FROM_TWENTY = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_FROM_ZERO.split())}
_TENS = {word: 10 * value for value, word in enumerate(_FROM_TWENTY.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_NUMBER = "|".join([*_UNITS, *_TENS, *_SCALES])
_RUN = re.compile(rf"\b(?:{_NUMBER})(?:(?:[\s-]+(?:and\s+)?)(?:{_NUMBER}))*\b", re.IGNORECASE)
_HOURS = "|".join(list(_UNITS)[1:13])
_HALF = re.compile(rf"\bhalf past ({_HOURS})\b", re.IGNORECASE)
_QUARTER = re.compile(rf"\b(?:a )?quarter (past|to) ({_HOURS})\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<=\d) per ?cent\b", re.IGNORECASE)
_SMALL = 10
"""Smaller numbers stay words, as style guides have it."""


class Numbers:
    """Writes numbers as digits."""

    title = "Write numbers as digits (English)"

    def apply(self, transcript: Transcript) -> dict[int, str]:
        """Return the new text of each English segment that has a number in words."""
        changed: dict[int, str] = {}
        for index, segment in enumerate(transcript.segments):
            if (segment.language or transcript.language or "en") == "en":
                text = with_digits(segment.text)
                if text != segment.text:
                    changed[index] = text
        return changed


def with_digits(text: str) -> str:
    """Return the text with its numbers and times of day as digits."""
    text = _HALF.sub(lambda match: f"{_UNITS[match[1].lower()]}:30", text)
    text = _QUARTER.sub(_quarter, text)
    text = _RUN.sub(lambda match: _digits(match[0]), text)
    return _PERCENT.sub(" %", text)


def value_of(words: str) -> int | None:
    """Return the number that the words say, None if they say several."""
    total = part = 0
    last = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "and":
            continue
        if word in _UNITS:
            if last and not (last in _TENS.values() and 0 < _UNITS[word] < 10) and last < 100:
                return None
            part, last = part + _UNITS[word], _UNITS[word] or 1
        elif word in _TENS:
            if last and last < 100:
                return None
            part, last = part + _TENS[word], _TENS[word]
        elif word == "hundred":
            part, last = max(1, part) * 100, 100
        else:
            total, part, last = total + max(1, part) * _SCALES[word], 0, _SCALES[word]
    return total + part


def _digits(words: str) -> str:
    value = value_of(words)
    if value is None or value < _SMALL:
        return words
    return f"{value:,}" if value >= 10_000 else str(value)


def _quarter(match: re.Match[str]) -> str:
    hour = _UNITS[match[2].lower()]
    return f"{hour}:15" if match[1].lower() == "past" else f"{hour - 1 or 12}:45"
