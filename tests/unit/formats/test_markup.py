"""Text that looks like markup is kept; markup of other programs is dropped."""

from __future__ import annotations

import re

import pytest
from earwitness import formats
from earwitness.messages import ExportedFile, ExportFormat
from earwitness.transcript import Segment, Transcript


def written(text: str, format: ExportFormat) -> ExportedFile:
    """A transcript of one sentence as a file."""
    segments = (Segment(0.0, 2.0, text),)
    return formats.export(Transcript("t1", "Talk", "", 2.0, "base", segments=segments), format)


@pytest.mark.parametrize(
    "text", ["Write <b>bold</b> here.", "A </i> B", "a < b > c", "{\\an8} up", "<font x>"]
)
def test_subrip_keeps_text_that_looks_like_markup(text: str) -> None:
    file = written(text, "srt")
    assert not re.search(r"<[/\w]|\{\\", file.text)
    [segment] = formats.read(file.text.encode(), file.name).segments
    assert segment.text == text


def test_subrip_drops_markup_of_other_programs() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<b>Loud</b> <font color=red>word</font>\n"
    assert [segment.text for segment in formats.read(text.encode(), "x.srt").segments] == [
        "Loud word"
    ]


def test_webvtt_escapes_reserved_characters() -> None:
    text = "<b>AT&T</b> --> now &amp; then"
    file = written(text, "vtt")
    body = file.text.split("\n\n", 1)[1].split("\n", 1)[1]
    assert "&lt;b&gt;AT&amp;T&lt;/b&gt; --&gt; now &amp;amp; then" in " ".join(body.split())
    [segment] = formats.read(file.text.encode(), file.name).segments
    assert segment.text == text
