"""What the dialog of the export offers for a format is what its writer reads."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import formats
from earwitness.formats.registry import OPTIONS_OF_EVERY_FORMAT
from earwitness.messages import ExportFormat, ExportOptions
from earwitness.transcript import Highlight, Segment, Transcript, Word

OTHERS: dict[str, tuple[object, ...]] = {
    "speakers": (True, False),
    "times": (True, False),
    "times_every_s": (90.0,),
    "paragraphs": (True, False),
    "words": (False,),
    "table": (True,),
    "rules": ("netflix", "bbc"),
    "children": (True,),
    "columns": (20,),
    "lines": (1,),
    "frames_per_s": (50.0,),
    "byte_order_mark": (False,),
    "highlights": (True, False),
    "highlights_only": (True,),
}
"""Other values of every option."""
TEXTS = (
    "You don't mean that you thought me so silly as to believe every word of a story"
    " that nobody who was there has ever told twice in the same way.",
    "Not at all.",
    "He returned from Helstone, where the roses were out, and he said so.",
    "Was he late?",
)


def segment(number: int) -> Segment:
    text = TEXTS[number % len(TEXTS)]
    start_s = number * 8.04
    words = tuple(
        Word(f" {word}", start_s + i * 0.25, start_s + i * 0.25 + 0.2)
        for i, word in enumerate(text.split())
    )
    speaker = "Anna" if number % 8 < 4 else "Ben"
    return Segment(start_s, words[-1].end_s, text, words, speaker)


TALK = Transcript(
    "t1", "Talk.wav", "2026-11-22T12:00:00.000Z", 400.0, "base", language="en",
    segments=tuple(segment(number) for number in range(40)),
    highlights=(Highlight("h1", 8.0, 9.0, "yellow", "alibi", "Ask again."),),
)  # fmt: skip


def written(format: ExportFormat, **options: object) -> bytes:
    chosen = dataclasses.replace(ExportOptions(), **options)  # type: ignore[arg-type]
    return formats.content_of(formats.export(TALK, format, options=chosen))


def test_every_option_has_another_value_here() -> None:
    assert [*OTHERS] == [field.name for field in dataclasses.fields(ExportOptions)]


@pytest.mark.parametrize("format", formats.NAMES)
def test_options_of_a_format_are_those_that_change_its_files(format: ExportFormat) -> None:
    read: set[str] = set()
    # Some options only say how something is done that another one asks for.
    bases: list[dict[str, object]] = [{}, {"rules": "netflix"}, {"times": True}]
    for base in bases:
        same = written(format, **base)
        for name, values in OTHERS.items():
            if any(written(format, **base | {name: value}) != same for value in values):
                read.add(name)
    offered = {*formats.FORMATS[format].options, *OPTIONS_OF_EVERY_FORMAT}
    assert offered <= read
    # Without words, cues are cut by letters: nobody chooses that for a file that shows no words.
    assert read - offered <= {"words"}


@pytest.mark.parametrize("format", formats.NAMES)
def test_what_a_format_shows_by_itself_is_on(format: ExportFormat) -> None:
    known = formats.FORMATS[format]
    for name in {"speakers", "times", "paragraphs", "highlights"} & {*known.options}:
        assert written(format, **{name: name in known.shown}) == written(format)
        assert written(format, **{name: name not in known.shown}) != written(format)
