"""Arabic and Hebrew have their marks on the left, also where a player takes lines for English."""

from __future__ import annotations

import pytest
from earwitness import formats
from earwitness.messages import ExportFormat
from earwitness.transcript import Segment, Transcript
from hypothesis import given
from hypothesis import strategies as st

ARABIC = "ذهبت إلى السوق لشراء الخبز."
HEBREW = "הלכתי לשוק כדי לקנות לחם!"
LONG = "ذهبت في الصباح الباكر إلى السوق القديم، واشتريت خبزًا وتمرًا، ثم عدت إلى البيت."


def written(format: ExportFormat, *texts: str) -> tuple[list[str], list[str]]:
    """The lines of text in a file, and the texts that are read back."""
    segments = tuple(Segment(i * 9.0, i * 9.0 + 8, text) for i, text in enumerate(texts))
    transcript = Transcript("t1", "Talk", "", 60.0, "base", segments=segments)
    file = formats.export(transcript, format)
    if format == "ass":
        rows = [line.split(",", 9)[9] for line in file.text.split("\n") if "Dialogue:" in line]
        lines = [line for row in rows for line in row.split("\\N")]
    else:
        rows = file.text.strip().split("\n\n")
        lines = [line for row in rows for line in row.split("\n")[2:]]
    return lines, [segment.text for segment in formats.read(file.text.encode(), file.name).segments]


@pytest.mark.parametrize("format", ["srt", "ass"])
@pytest.mark.parametrize(
    "text",
    [ARABIC, HEBREW, LONG, "iPhone הוא מכשיר טוב מאוד.", "מה שלומך?", "قال: «نعم».", "۱۲ درصد بود!",
     "یہ کتاب اچھی ہے!", "(שלום)"],
)  # fmt: skip
def test_lines_from_right_to_left_are_embedded(format: ExportFormat, text: str) -> None:
    lines, read = written(format, text)
    assert all(line[0] == "\u202b" and line[-1] == "\u202c" for line in lines)
    assert read == [text]


@pytest.mark.parametrize("format", ["srt", "ass"])
@pytest.mark.parametrize(
    "text", ["He said שלום.", "Plain.", "東京です。", "שלום לכולם", "یہ کتاب ہے۔"]
)
def test_lines_that_need_no_embedding_have_none(format: ExportFormat, text: str) -> None:
    assert written(format, text) == ([text], [text])


@pytest.mark.parametrize("format", ["vtt", "txt", "json", "csv", "tsv", "md", "lrc"])
def test_other_formats_have_no_embedding(format: ExportFormat) -> None:
    transcript = Transcript("t1", "T", "", 9.0, "base", segments=(Segment(0, 8, ARABIC),))
    assert "\u202b" not in formats.export(transcript, format).text


def test_name_of_the_speaker_stands_on_the_right() -> None:
    segment = Segment(0, 8, HEBREW, speaker="Ann")
    transcript = Transcript("t1", "Talk", "", 9.0, "base", segments=(segment,))
    text = formats.export(transcript, "srt").text
    assert f"\u202bAnn: {HEBREW}\u202c\n" in text


@pytest.mark.parametrize("format", ["srt", "ass"])
@given(text=st.text("אבג .!a1\u202a\u202b\u202c\u200f", min_size=1, max_size=30))
def test_marks_of_the_text_itself_are_kept(format: ExportFormat, text: str) -> None:
    if any(character.isalnum() for character in text):
        _, read = written(format, text)
        assert " ".join(read) == " ".join(text.split())
