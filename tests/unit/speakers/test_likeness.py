"""What one person says, divided between two voices by an example."""

from __future__ import annotations

import math

from earwitness.engine_messages import LocalSpeaker, SpeakerWindow
from earwitness.speakers.likeness import alike
from earwitness.speakers.protocols import SAMPLE_RATE_HZ
from earwitness.speakers.voices import pack

from tests.unit.speakers.scripted import direction

LENGTH_S = 5
SAID = ["ann", "bob", "ann", "bob", "bob", "ann", "ann"]
"""Who says each five seconds; the analysis took all for one person."""


def window(number: int, who: str, *, voice: bool = True) -> SpeakerWindow:
    start, stop = (n * LENGTH_S * SAMPLE_RATE_HZ for n in (number, number + 1))
    noise = direction(f"{who} {number}")
    vector = [a + 0.4 * b for a, b in zip(direction(who), noise, strict=True)]
    size = math.hypot(*vector)
    packed = pack([x / size for x in vector]) if voice else ""
    speaker = LocalSpeaker(0, ((start, stop),), packed, 2.0)
    return SpeakerWindow(start, stop, (start, stop), (speaker,))


WINDOWS = [window(number, who) for number, who in enumerate(SAID)]
TIMES = [(LENGTH_S * n + 0.5, LENGTH_S * n + 4.5) for n in range(len(SAID))]


def test_sentences_of_the_example_s_voice_are_found() -> None:
    assert alike(WINDOWS, TIMES[1], [TIMES[0], *TIMES[2:]]) == [
        False, False, True, True, False, False,
    ]  # fmt: skip


def test_one_voice_alone_is_not_divided() -> None:
    windows = [window(number, "ann") for number in range(6)]
    assert alike(windows, TIMES[1], [TIMES[0], *TIMES[2:6]]) == [False] * 5


def test_example_without_a_voice_is_too_short() -> None:
    windows = [window(0, "ann", voice=False), *WINDOWS[1:]]
    assert alike(windows, TIMES[0], TIMES[1:]) is None
    assert alike(windows, (100.0, 101.0), TIMES[1:]) is None


def test_sentence_without_a_voice_goes_with_those_around_it() -> None:
    windows = [*WINDOWS[:4], window(4, "bob", voice=False), *WINDOWS[5:]]
    others = [TIMES[0], *TIMES[2:]]
    assert alike(windows, TIMES[1], others) == [False, False, True, False, False, False]
    windows = [*WINDOWS[:3], window(3, "bob", voice=False), *WINDOWS[4:]]
    assert alike(windows, TIMES[1], others) == [False, False, False, True, False, False]
