"""Highlights in exported files: marked, listed, alone, and left out when the file is read."""

from __future__ import annotations

import csv as csv_rows
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from earwitness import formats
from earwitness.formats import docx, html, json, md, txt
from earwitness.messages import ExportOptions
from earwitness.transcript import Highlight, Segment, Speaker, Transcript, Word


def said(start_s: float, text: str, speaker: str) -> Segment:
    """One word a second."""
    words = tuple(
        Word(f" {word}", start_s + i, start_s + i + 1) for i, word in enumerate(text.split())
    )
    return Segment(start_s, start_s + len(words), f" {text}", words, speaker)


TRANSCRIPT = Transcript(
    "t", "talk", "2026-12-01T10:00:00.000Z", 20.0, "base",
    segments=(
        said(0, "The budget was <late>.", "A"),
        said(4, "He returned from Helstone.", "B"),
        said(8, "Not at all.", "B"),
    ),
    speakers=(Speaker("A", "Anna"), Speaker("B", "Bob")),
    highlights=(
        Highlight("h", 1, 6, "green", "<b>money</b>", "=Ask\n*again* & <again>."),
        Highlight("i", 4, 5, "pink"),
        Highlight("j", 15, 16, "blue", note="Silence."),
    ),
)  # fmt: skip
PLAIN = replace(TRANSCRIPT, highlights=())
ONLY = ExportOptions(highlights_only=True)


def written(format: str, options: ExportOptions | None = None, of: Transcript = TRANSCRIPT) -> Any:
    file = formats.export(of, format, options=options)
    return file.text or formats.content_of(file)


def document(data: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def test_html_marks_words_and_lists_notes() -> None:
    page = written("html")
    about = "&lt;b&gt;money&lt;/b&gt;: =Ask\n*again* &amp; &lt;again&gt;."
    assert f'<mark class="green" title="{about}">budget was &lt;late&gt;.</mark>' in page
    assert '<mark class="pink">He</mark><mark class="green"' in page
    assert '<p class="note" dir="auto">=Ask\n*again* &amp; &lt;again&gt;.</p>' in page
    assert "<b>money" not in page
    assert html.read(page) == html.read(written("html", of=PLAIN))
    [style] = re.findall(r"style-src ('sha256-[^']+')", page)
    assert style not in written("html", of=PLAIN)


def test_docx_shades_words_and_lists_notes() -> None:
    for options in (ExportOptions(), ExportOptions(table=True)):
        data = written("docx", options)
        shaded = re.findall(r'fill="(\w+)"/></w:rPr><w:t[^>]*>([^<]*)<', document(data))
        assert shaded[:3] == [
            ("DCF2D6", "budget was &lt;late&gt;."), ("FBE0E8", "He"), ("DCF2D6", " returned"),
        ]  # fmt: skip
        assert "*again* &amp; &lt;again&gt;." in document(data)
        assert docx.read(data) == docx.read(written("docx", options, PLAIN))


def test_md_lists_highlights() -> None:
    note = written("md")
    assert "> **[0:01]** **Anna:** budget was \\<late\\>. He returned" in note
    assert "\n\n\\*again\\* \\& \\<again\\>.\n" in note
    assert md.read(note) == md.read(written("md", of=PLAIN))
    assert written("md", ExportOptions(highlights=False)) == written("md", of=PLAIN)


def test_txt_lists_highlights_by_choice() -> None:
    assert written("txt") == written("txt", of=PLAIN)
    text = written("txt", ExportOptions(highlights=True))
    assert "\nHighlights and notes\n\n[0:01] Anna: budget was <late>. He returned" in text
    assert txt.read(text) == txt.read(written("txt"))


def test_json_keeps_all_of_a_highlight() -> None:
    assert json.read_transcript(written("json")).highlights == TRANSCRIPT.highlights
    assert json.read_transcript(written("json", ExportOptions(highlights=False))) == PLAIN


def test_csv_of_highlights_has_their_notes() -> None:
    table = written("csv", replace(ONLY, byte_order_mark=False))
    rows = list(csv_rows.reader(io.StringIO(table)))
    assert rows[0] == ["start_s", "end_s", "speaker", "text", "colour", "label", "note"]
    assert rows[1] == [
        "1.000", "6.000", "Anna", "budget was <late>. He returned", "green", "<b>money</b>",
        "'=Ask\n*again* & <again>.",
    ]  # fmt: skip
    assert rows[3][3:] == ["", "blue", "", "Silence."]


@pytest.mark.parametrize("format", formats.NAMES)
def test_file_of_highlights_has_no_other_words(format: str) -> None:
    content = written(format, ONLY)
    text = content if isinstance(content, str) else document(content)
    assert "budget" in text
    assert "Helstone" not in text
    assert "Not at all" not in text


@pytest.mark.parametrize("format", formats.NAMES)
def test_transcript_without_highlights_is_written_as_before(format: str) -> None:
    for highlights in (None, True, False):
        options = ExportOptions(highlights=highlights)
        assert written(format, options, PLAIN) == written(format, of=PLAIN)
