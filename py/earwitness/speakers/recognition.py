"""Gives people of a recording the names of voices that are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from earwitness.engine_messages import SpeakerWindow
from earwitness.speakers.activity import Span, inside, length
from earwitness.speakers.diarization import Diarization
from earwitness.speakers.protocols import SAMPLE_RATE_HZ
from earwitness.speakers.voices import Vector, cosine, scaled, total, unpack

ALIKE = 0.5
"""Cosine of a person's mean vector and a known voice from which they are one person."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who spoke when, with the names of known voices."""

    found: Diarization
    likeness: Mapping[str, float]
    """Cosine of the known voice and the person's, by name."""


def recognise(
    found: Diarization, windows: Sequence[SpeakerWindow], known: Mapping[str, Vector]
) -> Recognised:
    """Return the people with the names of the known voices that they are most alike.

    A known voice is one person at most; the others keep their names.
    """
    voices = _voices(found, windows)
    pairs = sorted(
        (
            (cosine(voice, vector), speaker, name)
            for speaker, voice in voices.items()
            for name, vector in known.items()
        ),
        reverse=True,
    )
    names: dict[str, str] = {}
    alike: dict[str, float] = {}
    for likeness, speaker, name in pairs:
        if likeness >= ALIKE and speaker not in names and name not in names.values():
            names[speaker] = name
            alike[name] = round(likeness, 3)
    speakers = tuple(replace(each, name=names.get(each.id, each.name)) for each in found.speakers)
    return Recognised(replace(found, speakers=speakers), alike)


def _voices(found: Diarization, windows: Sequence[SpeakerWindow]) -> dict[str, list[float]]:
    """The mean vector of each person: of the stretches that lie most in the person's turns."""
    turns: dict[str, list[Span]] = defaultdict(list)
    for turn in found.turns:
        start, stop = (round(edge * SAMPLE_RATE_HZ) for edge in (turn.start_s, turn.end_s))
        turns[turn.speaker].append((start, stop))
    vectors: dict[str, list[list[float]]] = defaultdict(list)
    for window in windows:
        near = {
            who: spans
            for who, own in turns.items()
            if (spans := inside(own, window.start, window.stop))
        }
        for local in window.speakers:
            shared = {
                who: sum(length(inside(spans, *span)) for span in local.spans)
                for who, spans in near.items()
            }
            who = max(shared, key=shared.__getitem__, default="")
            if local.voice and shared.get(who):
                vectors[who].append(scaled(unpack(local.voice), local.heard_s))
    return {who: total(each) for who, each in vectors.items()}
