"""The page's Python writes and finds text as the server's does: in every script, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from earwitness import formats
from earwitness.domain.documents import Document
from earwitness.domain.jobs import Job, finish
from earwitness.domain.records import Record
from earwitness.engine_messages import WindowRow
from earwitness.formats.json import read_transcript
from earwitness.library.backup.manifest import Saved
from earwitness.library.backup.write import BackupWriter
from earwitness.messages import ExportFormat, TranscribeOptions
from earwitness.search.find import Query, search
from earwitness.search.index import Entry, Line, SearchIndex
from earwitness.serialization import to_plain
from earwitness.transcript import Segment, Word
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import visiting
from tests.support.server_process import ServerProcess

SENTENCES = [
    "=1+1 sagte er, und die Straße ist groß — „weiß“ wie der Fuß.",
    "And then in the evening there came Mr. Smith, who said that he would be back at No. 10.",
    "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทยและเป็นศูนย์กลางการปกครองการศึกษาการคมนาคมการเงินและการธนาคาร",
    "ຂ້ອຍໄປຕະຫຼາດເພື່ອຊື້ເຄື່ອງແລະອາຫານສຳລັບຄອບຄົວຂອງຂ້ອຍໃນມື້ນີ້ເພາະວ່າພວກເຂົາຈະມາຢາມ",
    "ខ្ញុំទៅផ្សារដើម្បីទិញម្ហូបសម្រាប់គ្រួសាររបស់ខ្ញុំនៅថ្ងៃនេះព្រោះពួកគេនឹងមកលេងនៅផ្ទះ។",
    "ကျွန်တော်သည်ရန်ကုန်မြို့တွင်နေထိုင်ပြီးကျောင်းတွင်ဆရာအဖြစ်အလုပ်လုပ်ကိုင်ပါသည်။ဝမ်းသာပါတယ်။",
    "この町でいちばん大きなショッピングセンターへ行って、「コーヒー」を飲みながら話しました。",
    "우리는 내일 아침에 부산으로 출발하기로 약속했습니다 그리고 모레 돌아올 예정입니다",
    "ذهبت إلى السوق مع مُحَمَّد وقلت له شكرًا، ثم عدت إلى البيت.",
    "שָׁלוֹם לכולם, הלכתי לשוק כדי לקנות לחם!",
    "Un cœur à Łódź, ışık, Þórður, smørrebrød \U0001fae8 \U0001f1e9\U0001f1ea.",
]
"""U+1FAE8 is newer than the Unicode of the oldest Python that a server may have."""
QUERIES = [
    "weiss", "Fuss", "gross", "strasse", "straße", "isik", "lodz", "coeur", "thordur", "smorrebrod",
    "محمد", "شكرا", "שלום", "ประเทศ", "부산으로", "コーヒー", "eveinng", "nothing-of-the-kind",
]  # fmt: skip


def backup() -> bytes:
    """A backup with one transcript: the sentences with words, some of no length."""
    segments: list[Segment] = []
    for number, text in enumerate(SENTENCES):
        start_s = number * 4.0
        words = tuple(
            Word(f" {word}", start_s + i * 0.2, start_s + i * 0.2 + 0.1)
            for i, word in enumerate(text.split())
        )
        end_s = start_s + (0.1 if number % 3 == 0 else 3.9)
        segments.append(Segment(start_s, end_s, f" {text}", words if number % 2 else ()))
    record = Record("text", "Talk – 2.mp3", "2026-11-22T23:30:00.000Z", "base", duration_s=60.0)
    job = finish(Job("text", TranscribeOptions(model="base"), 0.0), position_s=60.0)
    row = WindowRow(0, 0, 0.0, 60.0, tuple(segments))
    writer = BackupWriter("2026-11-22T23:30:00.000Z")
    writer.add(Saved(record, Document("text"), {"1": (row,)}), job, ())
    return writer.drain() + writer.finish()


@pytest.fixture(scope="module")
def page(browser: Browser, server: ServerProcess, tmp_path_factory: Any) -> Iterator[Page]:
    """A page in Berlin, whose library has that transcript."""
    path: Path = tmp_path_factory.mktemp("backup") / "backup.zip"
    path.write_bytes(backup())
    with visiting(browser, timezone_id="Europe/Berlin") as person:
        page = person.open(server.url)
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Load a backup").set_input_files(path)
        expect(page.get_by_text("1 transcript added.")).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).click()
        yield page


def exported(page: Page, format: ExportFormat) -> bytes:
    """A file as the page writes it."""
    numbers = page.evaluate(
        """async (format) => Array.from(new Uint8Array(
             await (await earwitness.export('text', format)).arrayBuffer()))""",
        format,
    )
    return bytes(numbers)


@pytest.mark.parametrize("format", get_args(ExportFormat))
def test_page_writes_the_bytes_of_the_server(page: Page, format: ExportFormat) -> None:
    transcript = read_transcript(exported(page, "json").decode())
    assert [segment.text.strip() for segment in transcript.segments] == SENTENCES
    here = formats.export(transcript, format, ZoneInfo("Europe/Berlin"))
    assert exported(page, format) == formats.content_of(here)
    if format == "md":
        assert "2026-11-23 · " in here.text


@pytest.mark.parametrize("query", QUERIES)
def test_page_finds_the_lines_of_the_server(page: Page, query: str) -> None:
    index = SearchIndex()
    lines = [Line(s.start_s, s.end_s, s.text) for s in read_lines(page)]
    index.put(Entry("text", "Talk – 2.mp3", "2026-11-22T23:30:00.000Z"), lines)
    expected = [to_plain(hit) for hit in search(index, Query(query))]
    assert page.evaluate("(query) => earwitness.search(query)", query) == expected
    assert bool(expected) == (query != "nothing-of-the-kind")


def read_lines(page: Page) -> tuple[Segment, ...]:
    """The segments as the page has them."""
    return read_transcript(exported(page, "json").decode()).segments
