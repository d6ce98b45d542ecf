"""Word documents and web pages: what they show, what they keep, what they cannot do."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import re
from datetime import timedelta, timezone
from html.parser import HTMLParser

import docx
import pytest
from docx.document import Document
from earwitness import formats
from earwitness.formats import html
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript
from hypothesis import given
from hypothesis import strategies as st

INTERVIEW = Transcript(
    "t1", "Interview with the mayor.mp3", "2026-11-22T23:30:00.000Z", 739.0, "base", language="en",
    tags=("radio",),
    segments=(
        Segment(16.0, 20.0, " Margaret said Mr. Hale would come.", speaker="Anna Reyes"),
        Segment(20.5, 24.0, " He did.", speaker="Anna Reyes"),
        Segment(30.0, 33.0, " You don't mean that?", speaker="Mayor <Hale> & Co"),
        Segment(95.0, 99.0, " <script>alert(1)</script>", speaker="Anna Reyes"),
    ),
)  # fmt: skip


def document(transcript: Transcript = INTERVIEW, **options: object) -> Document:
    """The document as python-docx reads it."""
    chosen = dataclasses.replace(ExportOptions(), **options)  # type: ignore[arg-type]
    file = formats.export(transcript, "docx", timezone(timedelta(hours=13)), chosen)
    return docx.Document(io.BytesIO(formats.content_of(file)))


def paragraphs(found: Document) -> list[tuple[str, str]]:
    return [((p.style and p.style.name) or "", p.text) for p in found.paragraphs]


def test_document_has_title_facts_speakers_times_and_paragraphs() -> None:
    found = document()
    assert paragraphs(found) == [
        ("Title", "Interview with the mayor.mp3"),
        ("Subtitle", "2026-11-23 · 12:19 · en · base"),
        ("Subtitle", "Tags: radio"),
        ("Speaker", "Anna Reyes  0:16"),
        ("Normal", "Margaret said Mr. Hale would come. He did."),
        ("Speaker", "Mayor <Hale> & Co  0:30"),
        ("Normal", "You don't mean that?"),
        ("Speaker", "Anna Reyes  1:35"),
        ("Normal", "<script>alert(1)</script>"),
    ]
    assert found.core_properties.title == "Interview with the mayor.mp3"
    runs = [(run.style.name, run.text) for run in found.paragraphs[3].runs if run.style]
    assert runs[0] == ("Speaker Name", "Anna Reyes")
    assert runs[-1] == ("Time", "0:16")


def test_document_without_speakers_or_times_shows_none() -> None:
    plain = [text for _, text in paragraphs(document(speakers=False, times=False))]
    assert plain[3:] == [
        "Margaret said Mr. Hale would come. He did.",
        "You don't mean that?",
        "<script>alert(1)</script>",
    ]


def test_times_are_shown_every_minute() -> None:
    texts = [text for _, text in paragraphs(document(times_every_s=60.0))]
    assert "Anna Reyes  0:16" in texts
    assert "Mayor <Hale> & Co" in texts
    assert "Anna Reyes  1:35" in texts


def test_document_has_a_table_for_interviews() -> None:
    [table] = document(table=True, paragraphs=False).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Time", "Speaker", "Text"]
    assert rows[1] == ["0:16", "Anna Reyes", "Margaret said Mr. Hale would come."]
    assert len(rows) == 5


def test_line_from_right_to_left_is_marked_as_one() -> None:
    transcript = Transcript("t", "x", "", 1.0, "base", segments=(Segment(0, 1, "ذهبت إلى السوق."),))
    last = document(transcript).paragraphs[-1]
    assert last._p.pPr is not None
    assert "bidi" in last._p.pPr.xml
    assert "w:rtl" in last.runs[-1]._r.xml


@pytest.mark.parametrize("table", [False, True])
def test_document_is_read_back(table: bool) -> None:
    chosen = ExportOptions(table=table)
    file = formats.export(INTERVIEW, "docx", options=chosen)
    read = formats.read(formats.content_of(file), file.name).segments
    assert [(s.start_s, s.speaker, s.text) for s in read] == [
        (16.0, "Anna Reyes", "Margaret said Mr. Hale would come. He did."),
        (30.0, "Mayor <Hale> & Co", "You don't mean that?"),
        (95.0, "Anna Reyes", "<script>alert(1)</script>"),
    ]


def test_document_is_the_same_each_time() -> None:
    files = [formats.content_of(formats.export(INTERVIEW, "docx")) for _ in range(2)]
    assert files[0] == files[1]


@given(
    text=st.text(min_size=1, max_size=80), speaker=st.one_of(st.none(), st.text(max_size=30)),
    name=st.text(max_size=30),
)  # fmt: skip
def test_any_text_makes_a_document_and_a_page(text: str, speaker: str | None, name: str) -> None:
    segments = (Segment(0.0, 1.0, text, speaker=speaker), Segment(1.0, 2.0, "end"))
    transcript = Transcript("t", name, "", 2.0, "base", segments=segments)
    assert paragraphs(document(transcript))[-1][1].endswith("end")
    assert Page(formats.export(transcript, "html").text).said[-1] == "end"


class Page(HTMLParser):
    """What a page holds: elements, attributes, and the texts of sentences."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag == "span"
        if self.inside:
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.said[-1] += data


def test_page_shows_the_text_and_executes_nothing_of_it() -> None:
    page = Page(formats.export(INTERVIEW, "html").text)
    assert page.said == [s.text.strip() for s in INTERVIEW.segments]
    assert [tag for tag, _ in page.elements].count("script") == 1
    starts = [found["data-start"] for tag, found in page.elements if tag == "span"]
    assert starts == ["16.000", "20.500", "30.000", "95.000"]
    assert "0:16" in page.text
    assert '<h2 dir="auto">Mayor &lt;Hale&gt; &amp; Co</h2>' in page.text


def test_page_names_no_address_and_has_a_policy_of_its_own() -> None:
    page = Page(formats.export(INTERVIEW, "html").text)
    assert not re.search(r"(?:https?:)?//\w|@import|url\(", page.text)
    for tag, found in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in found), tag
        assert not found.keys() & {"src", "href", "action", "srcset", "data"}, tag
    [policy] = [g["content"] for _, g in page.elements if g.get("http-equiv")]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        [body] = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_page_holds_the_recording() -> None:
    audio = html.Audio('audio/mp"eg', b"sound" * 1000)
    page = Page(html.write(INTERVIEW, audio=audio))
    [found] = [found for tag, found in page.elements if tag == "audio"]
    kind, _, data = str(found["src"]).partition(";base64,")
    assert kind == 'data:audio/mp"eg'
    assert base64.b64decode(data) == audio.data
    before, after = html.halves(INTERVIEW, ExportOptions(), None, has_audio=True)
    assert before.endswith('src="')
    assert after.startswith('"')


def test_page_is_read_back_equal() -> None:
    file = formats.export(INTERVIEW, "html")
    read = formats.read(file.text.encode(), file.name).segments
    wanted = [(s.start_s, s.end_s, s.text.strip(), s.speaker) for s in INTERVIEW.segments]
    assert [(s.start_s, s.end_s, s.text, s.speaker) for s in read] == wanted


def test_texts_have_times_speakers_and_paragraphs_by_choice() -> None:
    chosen = ExportOptions(speakers=True, times=True, paragraphs=True, times_every_s=20)
    assert formats.export(INTERVIEW, "txt", options=chosen).text == (
        "[0:16] Anna Reyes: Margaret said Mr. Hale would come. He did.\n\n"
        "Mayor <Hale> & Co: You don't mean that?\n\n"
        "[1:35] Anna Reyes: <script>alert(1)</script>\n"
    )
    note = formats.export(INTERVIEW, "md", options=chosen)
    read = formats.read(note.text.encode(), note.name).segments
    assert [(s.start_s, s.speaker) for s in read] == [
        (16.0, "Anna Reyes"),
        (pytest.approx(69.5, abs=0.1), "Mayor <Hale> & Co"),
        (95.0, "Anna Reyes"),
    ]


@pytest.mark.parametrize("format", ["txt", "md"])
def test_texts_without_speakers_and_times_are_read_back(format: str) -> None:
    bare = formats.export(INTERVIEW, format, options=ExportOptions(speakers=False, times=False))
    assert "0:16" not in bare.text
    assert "Anna" not in bare.text
    texts = [s.text for s in formats.read(bare.text.encode(), bare.name).segments]
    assert texts == [s.text.strip() for s in INTERVIEW.segments]


def test_table_has_no_mark_where_none_is_wanted() -> None:
    with_mark = formats.export(INTERVIEW, "csv")
    without = formats.export(INTERVIEW, "csv", options=ExportOptions(byte_order_mark=False))
    assert with_mark.text == "\ufeff" + without.text
