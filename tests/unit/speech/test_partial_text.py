"""The text so far of windows in work."""

from __future__ import annotations

from earwitness.messages import PartialText
from earwitness.speech.partial_text import PartialTexts
from earwitness.speech.planner import Window

from tests.unit.speech.scripted import SPEC, ByteTokenizer


def window(start: int) -> Window:
    """A window of a second."""
    return Window(start=start, stop=start + 16_000, samples=[], speech=())


def tokens(text: str) -> list[int]:
    return ByteTokenizer().encode(text)


def test_text_grows_and_never_shrinks() -> None:
    told: list[tuple[PartialText, ...]] = []
    partial = PartialTexts(told.append)
    hear = partial.listener([window(16_000), window(0)], SPEC, ByteTokenizer())
    hear([tokens("Any"), tokens("Hello")])
    hear([tokens("Any"), tokens("Hello")])
    hear([tokens("Any questions"), tokens("Hi")])
    assert told == [
        (PartialText(0.0, "Hello"), PartialText(1.0, "Any")),
        (PartialText(0.0, "Hello"), PartialText(1.0, "Any questions")),
    ]
    partial.clear()
    partial.listener([window(32_000)], SPEC, ByteTokenizer())([tokens("So")])
    assert told[-1] == (PartialText(2.0, "So"),)


def test_times_and_unfinished_characters_are_no_text() -> None:
    told: list[tuple[PartialText, ...]] = []
    hear = PartialTexts(told.append).listener([window(0)], SPEC, ByteTokenizer())
    hear([[SPEC.timestamp_begin, *tokens("Gr\u00fc")[:-1]]])
    assert told == [(PartialText(0.0, "Gr"),)]
    hear([[SPEC.timestamp_begin]])
    assert len(told) == 1
