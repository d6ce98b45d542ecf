"""The exported web page: a click plays a sentence, and nothing else is loaded or executed."""

from __future__ import annotations

from pathlib import Path

from earwitness.formats import html
from earwitness.transcript import Segment, Transcript
from playwright.sync_api import Browser, Page, expect

RECORDING = Path(__file__).parents[1] / "corpus" / "en-echotest.wav"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
TALK = Transcript(
    "t", "Interview", "2026-11-30T10:00:00.000Z", 5.0, "base", language="en", segments=(
        Segment(0.0, 1.0, "First sentence.", speaker="Ann"),
        Segment(1.0, 2.0, "Second sentence.", speaker="Ann"),
        Segment(2.0, 3.0, HOSTILE, speaker="Bob"),
    ),
)  # fmt: skip
NOW_S = "() => document.querySelector('audio').currentTime"


def opened(browser: Browser, path: Path, text: str) -> tuple[Page, list[str]]:
    """The page of a file, and what its console says."""
    path.write_text(text, encoding="utf-8")
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url)
            if not request.url.startswith(("file:", "data:", "blob:")) else None)  # fmt: skip
    page.goto(path.as_uri())
    return page, problems


def test_click_plays_a_sentence_of_the_recording_inside(browser: Browser, tmp_path: Path) -> None:
    audio = html.Audio("audio/wav", RECORDING.read_bytes())
    page, problems = opened(browser, tmp_path / "talk.html", html.write(TALK, audio=audio))
    page.wait_for_function("() => document.querySelector('audio').readyState > 0")
    page.get_by_text("Second sentence.").click()
    page.wait_for_function(f"() => ({NOW_S})() >= 1")
    expect(page.locator(".now")).to_have_count(1)
    page.get_by_role("button", name="0:02").click()
    page.wait_for_function(f"() => ({NOW_S})() >= 2")
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    expect(page).to_have_title("Interview")
    assert problems == []
    page.close()


def test_recording_can_be_chosen(browser: Browser, tmp_path: Path) -> None:
    page, problems = opened(browser, tmp_path / "talk.html", html.write(TALK))
    page.get_by_label("Recording").set_input_files(RECORDING)
    page.wait_for_function("() => document.querySelector('audio').readyState > 0")
    page.get_by_text("Second sentence.").click()
    page.wait_for_function(f"() => ({NOW_S})() >= 1")
    assert problems == []
    page.close()


def test_policy_of_the_page_refuses_other_scripts(browser: Browser, tmp_path: Path) -> None:
    spoiled = html.write(TALK).replace("<main>", "<main><script>document.title='broken'</script>")
    page, problems = opened(browser, tmp_path / "talk.html", spoiled)
    expect(page).to_have_title("Interview")
    assert any("Content Security Policy" in problem for problem in problems)
    page.close()
