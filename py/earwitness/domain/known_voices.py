"""Voices that the user asked to remember, with their names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A name, and the voice print that belongs to it."""

    name: str
    voice: str
    """The packed vector of the voice."""
    heard_s: float
    """Speech that the vector was computed from."""


@dataclass(frozen=True, slots=True)
class KnownVoices:
    """All of them; no two have one name."""

    voices: tuple[KnownVoice, ...] = ()

    def with_voice(self, voice: KnownVoice) -> KnownVoices:
        """Return these with one more, in the place of one of the same name."""
        others = (each for each in self.voices if not _is_same(each.name, voice.name))
        return KnownVoices(tuple(sorted((*others, voice), key=lambda each: each.name.casefold())))

    def without(self, names: tuple[str, ...]) -> KnownVoices:
        """Return these without those of the names; without names: none."""
        left = (v for v in self.voices if names and not any(_is_same(v.name, n) for n in names))
        return KnownVoices(tuple(left))

    def named(self, name: str) -> KnownVoice | None:
        """Return the voice of a name, in any case; None: there is none."""
        return next((each for each in self.voices if _is_same(each.name, name)), None)


def _is_same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
