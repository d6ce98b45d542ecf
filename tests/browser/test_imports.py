"""Transcripts of other programs in the page, and files that are no text out of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor, wait_ready
from tests.support.server_process import ServerProcess

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nKam zmizel ten žlutý kůň?\n\n"
    "2\n00:01:00,000 --> 00:01:02,000\nNevím.\n"
)


def add(page: Page, *paths: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(paths)


def test_subtitles_are_imported_found_and_saved_as_a_word_document(
    visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = visitor.open(server.url)
    path = tmp_path / "kůň.srt"
    path.write_bytes(SRT.encode("cp1250"))
    add(page, path)
    expect(page.get_by_text("Kam zmizel ten žlutý kůň?").first).to_be_visible()
    expect(page.get_by_role("heading", name="kůň")).to_be_visible()
    hits = page.evaluate("() => earwitness.search('zmizel')")
    assert [hit["name"] for hit in hits] == ["kůň"]
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=re.compile("Word")).click()
    assert waiting.value.suggested_filename == "kůň.docx"
    document = docx.Document(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Kam zmizel ten žlutý kůň?" in text
    page.reload()
    wait_ready(page)
    expect(page.get_by_text("Kam zmizel ten žlutý kůň?").first).to_be_visible()


def test_transcript_and_recording_of_one_name_belong_together(
    visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = visitor.open(server.url)
    recording = Path(__file__).parents[1] / "corpus" / "en-echotest.wav"
    for path in (tmp_path / "talk.wav", tmp_path / "talk.vtt"):
        path.write_bytes(recording.read_bytes())
    (tmp_path / "talk.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Echo test.\n")
    add(page, tmp_path / "talk.wav", tmp_path / "talk.vtt")
    expect(page.get_by_text("Echo test.").first).to_be_visible()
    [summary] = page.evaluate("() => earwitness.list()")
    assert (summary["name"], summary["job"]["state"]) == ("talk", "done")
    expect(page.get_by_role("slider", name="Position")).to_be_visible()


def test_scripts_import_files(visitor: Visitor, server: ServerProcess) -> None:
    page = visitor.open(server.url)
    wait_ready(page)
    both = page.evaluate(
        """async (text) => {
          const one = await earwitness.import(new File([text], 'a.txt'));
          const more = await earwitness.import([new File(['[]'], 'b.srt'), new File([text], 'c')])
            .catch((thrown) => thrown.message);
          return [one.text, more];
        }""",
        SRT,
    )
    assert both == ["Kam zmizel ten žlutý kůň?\nNevím.", both[1]]
    assert "JSON" in both[1]


def drop(page: Page, name: str, text: str) -> None:
    page.evaluate(
        """([name, text]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], name));
          const drop = { dataTransfer: transfer, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent('drop', drop));
        }""",
        [name, text],
    )


def test_text_dropped_on_a_recording_becomes_its_text_with_the_times_of_the_words(
    visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = visitor.open(server.url)
    recording = Path(__file__).parents[1] / "corpus" / "en-echotest.wav"
    (tmp_path / "talk.wav").write_bytes(recording.read_bytes())
    (tmp_path / "talk.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:02.000\n"
        "<00:00:00.000>hello <00:00:00.500>echo <00:00:01.000>test <00:00:01.500>world\n"
    )
    add(page, tmp_path / "talk.wav", tmp_path / "talk.vtt")
    expect(page.get_by_text("hello echo test world").first).to_be_visible()
    drop(page, "better.txt", "Hello, echo test!\nWorld.\n")
    question = page.get_by_role("dialog", name="Use this text?")
    expect(question).to_contain_text("“better.txt” as the text of “talk”")
    question.get_by_role("button", name="Use this text").click()
    expect(page.get_by_text("Hello, echo test!").first).to_be_visible()
    [summary] = page.evaluate("() => earwitness.list()")
    found = page.evaluate("(id) => earwitness.get(id)", summary["id"])
    assert [(each["text"], each["start_s"]) for each in found["segments"]] == [
        ("Hello, echo test!", 0.0),
        ("World.", 1.5),
    ]
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Previous version").click()
    expect(page.get_by_text("hello echo test world").first).to_be_visible()
    drop(page, "other.srt", SRT)
    question.get_by_role("button", name="Add to the list").click()
    expect(page.get_by_role("heading", name="other")).to_be_visible()
    assert len(page.evaluate("() => earwitness.list()")) == 2
