"""Known voices give people of a recording their names."""

from __future__ import annotations

from earwitness.speakers.diarization import diarize
from earwitness.speakers.recognition import recognise

from tests.unit.speakers.scripted import Script, direction, windows_of

DIALOGUE: Script = [
    (0.5, 9.0, "ann"),
    (9.4, 20.0, "bob"),
    (20.2, 31.0, "ann"),
    (31.5, 45.0, "bob"),
]


def names(*known: str) -> list[str]:
    """Return the people's names in the order of their first turns."""
    windows = windows_of(DIALOGUE, 45)
    found = diarize(windows)
    voices = {name: direction(name) for name in known}
    return [each.name for each in recognise(found, windows, voices).found.speakers]


def test_people_with_known_voices_have_their_names() -> None:
    assert names("bob", "ann") == ["ann", "bob"]


def test_people_without_a_known_voice_keep_their_names() -> None:
    assert names("bob") == ["S1", "bob"]
    assert names("eve") == ["S1", "S2"]
    assert names() == ["S1", "S2"]


def test_known_voice_is_one_person_at_most() -> None:
    windows = windows_of(DIALOGUE, 45)
    found = diarize(windows)
    both = [a + b for a, b in zip(direction("ann"), direction("bob"), strict=True)]
    named = [each.name for each in recognise(found, windows, {"both": both}).found.speakers]
    assert named.count("both") == 1


def test_likeness_is_told_for_each_known_voice_that_was_recognised() -> None:
    windows = windows_of(DIALOGUE, 45)
    voices = {name: direction(name) for name in ("bob", "eve")}
    likeness = recognise(diarize(windows), windows, voices).likeness
    assert list(likeness) == ["bob"]
    assert 0.9 < likeness["bob"] <= 1.0
