"""Divides what one person says between two voices, one of which is heard in an example."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.engine_messages import SAMPLE_RATE_HZ, SpeakerWindow
from earwitness.speakers.voices import Vector, cosine, scaled, total, unpack

MARGIN = 0.05
"""What is said belongs to the example if its voice is more alike to it by this much."""
ROUNDS = 8
"""After so many the two groups do not change any more, or hardly."""

Times = tuple[float, float]
"""Start and end in seconds."""


def voice_of(windows: Sequence[SpeakerWindow], times: Times) -> list[float] | None:
    """Return the sum of the voices between two times, each by how long it is heard there.

    None: nobody speaks alone long enough there.
    """
    start, stop = (round(time_s * SAMPLE_RATE_HZ) for time_s in times)
    found: list[list[float]] = []
    for window in windows:
        if window.stop <= start or window.start >= stop:
            continue
        for local in window.speakers:
            common = sum(max(0, min(stop, b) - max(start, a)) for a, b in local.spans)
            if local.voice and common:
                spoken = sum(b - a for a, b in local.spans)
                found.append(scaled(unpack(local.voice), local.heard_s * common / spoken))
    return total(found) if found else None


def alike(
    windows: Sequence[SpeakerWindow], example: Times, others: Sequence[Times]
) -> list[bool] | None:
    """Return for each of the others whether its voice is that of the example.

    None: the example is too short to know its voice. What is too short itself goes with what is
    before and after it, if both go to the example.
    """
    wanted = voice_of(windows, example)
    if wanted is None:
        return None
    voices = [voice_of(windows, times) for times in others]
    answers = _divided(wanted, [voice for voice in voices if voice is not None])
    known = iter(answers)
    given = [next(known) if voice is not None else None for voice in voices]
    return [
        each if each is not None else _neighbours_agree(given, index)
        for index, each in enumerate(given)
    ]


def _divided(example: Vector, voices: Sequence[Vector]) -> list[bool]:
    """Two groups by their mean voices; the example begins one, all others the other."""
    moved = [False] * len(voices)
    for _ in range(ROUNDS):
        left = [voice for voice, is_moved in zip(voices, moved, strict=True) if not is_moved]
        if not left:
            break
        first = total(
            [example, *(v for v, is_moved in zip(voices, moved, strict=True) if is_moved)]
        )
        second = total(left)
        now = [cosine(voice, first) - cosine(voice, second) > MARGIN for voice in voices]
        if now == moved:
            break
        moved = now
    return moved


def _neighbours_agree(given: Sequence[bool | None], index: int) -> bool:
    before = next((each for each in reversed(given[:index]) if each is not None), False)
    after = next((each for each in given[index + 1 :] if each is not None), False)
    return before and after
