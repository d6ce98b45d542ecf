"""Clean verbatim: fillers ("uh", "ähm"), stutters and false starts are removed."""

from __future__ import annotations

import re

from earwitness.transcript import Transcript

FILLERS = {
    "en": "uh um uhm umm er erm hm hmm mhm",
    "de": "äh ähm öh hm hmm mhm",
    "fr": "euh heu hum hmm",
    "es": "eh em mmm",
    "it": "ehm uhm mmm",
    "nl": "eh ehm uh uhm hmm",
    "cs": "ehm hmm mmm",
    "pt": "hum ahn hmm",
}
"""Sounds that are no words of the language, by Whisper's code."""
_OTHERS = "uh um uhm umm hmm mhm ähm euh"
_FALSE_START = re.compile(r"(?<!\w)\w{1,12}(?:--|[-–—](?=[\s,]))[\s,]*(?=\w)")
"""A word that is broken off, and what follows begins anew."""
_REPEATED = re.compile(r"\b(\w+(?:'\w+)?)((?:,?\s+\1\b)+)", re.IGNORECASE)
_TWICE = (
    "very really so no yes ha bye that had is never many much long way ja nein sehr da die das der"
    " nous vous très muy no sí più molto moc"
)
_MEANT_TWICE = frozenset(_TWICE.split())
"""Words that are often said twice on purpose, or stand twice in correct grammar."""


class CleanVerbatim:
    """Removes what a reader of the spoken word does not need."""

    title = "Remove fillers and false starts"

    def apply(self, transcript: Transcript) -> dict[int, str]:
        """Return the new text of each segment that changes; one of fillers only stays."""
        changed: dict[int, str] = {}
        for index, segment in enumerate(transcript.segments):
            text = cleaned(segment.text, segment.language or transcript.language)
            if text.strip() and text != segment.text:
                changed[index] = text
        return changed


def cleaned(text: str, language: str | None) -> str:
    """Return the text without fillers, repeated words and words that were broken off."""
    fillers = "|".join(map(re.escape, FILLERS.get(language or "", _OTHERS).split()))
    found = re.compile(rf"(?P<before>^|[\s,]*)\b(?:{fillers})\b(?P<after>[,…]*)", re.IGNORECASE)
    begins_high = text.strip()[:1].isupper()
    short = found.sub("", text)
    short = _FALSE_START.sub("", short)
    short = _REPEATED.sub(_once, short)
    short = re.sub(r"\s+([,.?!…])", r"\1", short)
    short = re.sub(r"^\s*[,.…]+\s*", "", short)
    short = re.sub(r"([.?!…])[,.]+", r"\1", short)
    short = " ".join(short.split())
    if not any(character.isalnum() for character in short):
        return text
    if begins_high:
        short = short[:1].upper() + short[1:]
    return text[: len(text) - len(text.lstrip())] + short


def _once(match: re.Match[str]) -> str:
    return match[0] if match[1].lower() in _MEANT_TWICE or match[1].isdigit() else match[1]
