"""The main path: add a file, read it, find it again, work offline."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, visiting, wait_ready, wait_until
from tests.support.page_actions import OFFLINE_READY, choose, states, transcribe, wait_done
from tests.support.server_process import ServerProcess
from tests.support.static_site import StaticSite
from tests.support.word_error_rate import word_error_rate


def test_transcribe_search_reload_and_work_offline(
    visitor: Visitor, own_server: ServerProcess, clips: dict[str, Clip]
) -> None:
    first, second = clips["en-echotest"], clips["en-connection"]
    page = visitor.open(own_server.url, ready=False)
    choose(page, first.path)
    wait_ready(page)
    wait_done(page, 1)
    [row] = page.evaluate("() => window.earwitness.list()")
    heard = page.evaluate("(id) => window.earwitness.get(id)", row["id"])
    assert word_error_rate(first.text or "", heard["text"]) <= 0.12
    assert heard["language"] == "en"
    assert 21 < heard["duration_s"] < 23
    assert_times(heard)

    for query in ("latency", "en-echotest", "repeat"):
        hits = page.evaluate("(q) => window.earwitness.search(q)", query)
        assert [hit["transcript_id"] for hit in hits][:1] == [row["id"]], query

    page.get_by_role("searchbox", name="Search").fill("pound key")
    expect(page.get_by_text("hanging up").first).to_be_visible()

    page.reload()
    wait_ready(page)
    assert states(page) == {first.path.name: "done"}
    assert page.evaluate("(q) => window.earwitness.search(q)", "latency")

    wait_until(page, OFFLINE_READY)
    own_server.stop()
    visitor.context.set_offline(True)
    page.reload()
    wait_ready(page)
    assert states(page) == {first.path.name: "done"}
    offline = transcribe(page, second.path)
    assert word_error_rate(second.text or "", offline["text"]) <= 0.12
    assert page.evaluate("(q) => window.earwitness.search(q)", "demonstration server")
    srt = page.evaluate(
        "async (id) => (await window.earwitness.export(id, 'srt')).text()", offline["id"]
    )
    assert srt.startswith("1\n00:00:0")
    visitor.expect_errors("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED")


def assert_times(transcript: dict[str, Any]) -> None:
    """Segments and words run forward inside the recording."""
    assert transcript["segments"]
    before = 0.0
    for segment in transcript["segments"]:
        assert before <= segment["start_s"] < segment["end_s"] <= transcript["duration_s"] + 0.05
        before = segment["start_s"]
        assert segment["words"], "words were asked for"
        starts = [word["start_s"] for word in segment["words"]]
        assert starts == sorted(starts)
        assert all(word["start_s"] <= word["end_s"] for word in segment["words"])


def test_two_files_are_transcribed(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    choose(page, clips["en-connection"].path, clips["es-connection"].path)
    wait_done(page, 2)
    rows = page.evaluate("() => window.earwitness.list()")
    assert {row["language"] for row in rows} == {"en", "es"}


def test_page_works_without_cross_origin_isolation(
    browser: Browser, clips: dict[str, Clip], plain_host: StaticSite
) -> None:
    with visiting(browser, service_workers="block") as person:
        page = person.open(plain_host.url)
        assert page.evaluate("() => globalThis.crossOriginIsolated") is False
        heard = transcribe(page, clips["en-connection"].path, model="tiny.en")
        assert word_error_rate(clips["en-connection"].text or "", heard["text"]) <= 0.12
        status = page.evaluate("() => window.earwitness.status()")
        assert status["isolated"] is False
        assert status["threads"] == 1


def test_service_worker_isolates_the_page_on_a_plain_host(
    visitor: Visitor, plain_host: StaticSite
) -> None:
    page = visitor.open(plain_host.url)
    wait_until(page, OFFLINE_READY)
    page.reload()
    wait_ready(page)
    assert page.evaluate("() => globalThis.crossOriginIsolated") is True


def test_exports_contain_the_text(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    heard = transcribe(page, clips["en-connection"].path, model="tiny.en")
    for format in ("txt", "srt", "vtt", "json"):
        text = page.evaluate(
            "async ([id, format]) => (await window.earwitness.export(id, format)).text()",
            [heard["id"], format],
        )
        words = re.sub(r"<[\d:.]+>", "", text)  # WebVTT carries every word's time.
        assert "demonstration server" in words.replace("\n", " "), format
