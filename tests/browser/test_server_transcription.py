"""The page with a server that transcribes, in a real browser with a real model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.compat.origin import ask
from tests.conftest import Clip
from tests.support.browser import DIST, Visitor, visiting, wait_ready, wait_until
from tests.support.media_cases import speech, two_tracks
from tests.support.page_actions import (
    act,
    begin,
    choose,
    finished,
    row,
    rows,
    text_of,
    title,
    transcribe,
    wait_state,
)
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate

LONG = "en-instructions"
SHORT = "en-echotest"


MakeServer = Callable[..., ServerProcess]


@pytest.fixture
def make_full(tmp_path: Path, server_models: Path) -> Iterator[MakeServer]:
    """Start servers with a model and a library of their own; they end with the test."""
    made: list[ServerProcess] = []

    def make(name: str = "data", **settings: str) -> ServerProcess:
        made.append(ServerProcess(tmp_path / name, "--models", str(server_models), dist=DIST))
        made[-1].settings |= {"earwitness_default_model": "tiny.en", **settings}
        return made[-1].start()

    yield make
    for server in made:
        server.close()


@pytest.fixture
def full(make_full: MakeServer) -> ServerProcess:
    """One server with a model."""
    return make_full()


def use(page: Page, place: str, **fields: str) -> None:
    """Choose where to transcribe, in the settings dialog, as a person does."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Team server").click()
    page.get_by_role("radio", name=place).check()
    section = page.get_by_role("region", name="Team server")
    for label, value in fields.items():
        section.get_by_label(re.compile(label, re.I)).fill(value)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def host(server: ServerProcess) -> str:
    """What the page calls a server that has no name."""
    return server.origin.removeprefix("http://")


def engines(page: Page) -> int:
    """How many workers compute here."""
    return sum("role=engine" in worker.url for worker in page.workers)


def test_recording_is_transcribed_on_the_server_and_the_page_shows_it(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(full.url)
    privacy = page.locator("ew-privacy-line")
    expect(privacy).to_have_text("Recordings and text stay on this device.")
    team = page.get_by_role("region", name=re.compile("^On "))
    expect(team).to_have_count(0)
    use(page, "Always")
    expect(privacy).to_have_text(f"Recordings are sent to {host(full)}.")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Team server").click()
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text(re.compile(r"Connected\. Models: .*tiny\.en"))).to_be_visible()
    model = page.get_by_role("region", name="Team server").get_by_role("combobox", name="Model")
    expect(model.get_by_role("option", name="tiny.en")).to_have_count(1)
    page.get_by_role("button", name="Close", exact=True).click()

    clip = clips[SHORT]
    choose(page, clip.path)
    expect(finished(page, clip.path.name).get_by_text(f"on {host(full)}")).to_be_visible()
    assert engines(page) == 0
    summary = rows(page)[clip.path.name]
    assert (summary["job"]["server"], summary["language"]) == (full.origin, "en")
    assert summary["model"] == "tiny.en"
    assert summary["duration_s"] == pytest.approx(clip.duration_s, abs=0.5)
    assert word_error_rate(clip.text or "", text_of(page, clip.path.name)) < 0.15

    # It is listed there too, and opens the one that is here.
    team.get_by_role("button", name=title(clip.path.name)).click()
    expect(page.get_by_role("heading", name=title(clip.path.name), level=1)).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("hanging")
    expect(page.get_by_role("region", name=f"On {host(full)} (0)")).to_be_visible()
    expect(page.locator(".hit mark").first).to_have_text(re.compile("hanging", re.I))
    page.locator(".hits li .hit").first.click()
    expect(page.get_by_role("heading", name=title(clip.path.name), level=1)).to_be_visible()
    assert len(rows(page)) == 1

    # After a reload the line is true before Python is up.
    page.reload()
    expect(privacy).to_have_text(re.compile("Recordings (may be|are) sent to"))
    wait_ready(page)


def test_transcript_of_the_server_is_found_and_imported(
    browser: Browser, visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(full.url)
    transcribe(page, clips[SHORT].path, where="server")
    with visiting(browser) as other:
        page = other.open(full.url)
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("button", name="Team server").click()
        page.get_by_role("switch", name="Search its library").check()
        page.get_by_role("textbox", name="Name", exact=True).fill("Newsroom")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.locator("ew-privacy-line")).to_contain_text("stay on this device")
        page.get_by_role("searchbox", name="Search").fill("hanging")
        expect(page.get_by_text("Nothing found for “hanging”")).to_be_visible()
        team = page.get_by_role("region", name="On Newsroom")
        team.locator("li .hit").first.click()
        expect(
            page.get_by_role("heading", name=title(clips[SHORT].path.name), level=1)
        ).to_be_visible()
        expect(page.locator("ew-transcript-view").get_by_text("hanging up")).to_be_visible()
        expect(page.get_by_role("banner").get_by_text("copy from Newsroom")).to_be_visible()
        page.get_by_role("searchbox", name="Search").fill("hanging up")
        expect(page.get_by_role("region", name="On Newsroom (0)")).to_be_visible()
        expect(page.locator(".hits li .hit").first).to_be_visible()
        assert engines(page) == 0


def test_automatic_asks_first_and_remembers_the_answer(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(full.url)
    use(page, "When this device is too slow", **{"longer than": "0.01"})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    choose(page, clips[SHORT].path)
    dialog = page.get_by_role("dialog", name="Send recordings to a server?")
    expect(dialog).to_contain_text(full.origin)
    expect(dialog).to_contain_text(clips[SHORT].path.name)
    assert not [each for each in sent if each.startswith("POST")]
    expect(page.locator("ew-privacy-line")).to_contain_text("stay here until you allow")
    dialog.get_by_role("button", name="Allow sending").click()
    expect(page.locator("ew-privacy-line")).to_contain_text(f"go to {host(full)}")
    assert wait_state(page, clips[SHORT].path.name, "done")["job"]["server"] == full.origin
    second = clips["en-connection"].path
    choose(page, second)
    assert wait_state(page, second.name, "done")["job"]["server"] == full.origin
    expect(dialog).to_have_count(0)


def test_question_about_sending_survives_a_reload(
    browser: Browser, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        person.expect_errors("ERR_FAILED", "Failed to fetch", "Failed to load resource")
        person.context.route("**/models/**/*.onnx", lambda route: route.abort())
        page = person.open(full.url)
        use(page, "When this device is too slow")
        clip = clips["en-connection"]
        choose(page, clip.path)
        dialog = page.get_by_role("dialog", name="Send recordings to a server?")
        expect(dialog).to_contain_text("This device cannot transcribe")
        page.reload()
        wait_ready(page)
        asked = row(page, clip.path.name).get_by_text(f"May it be sent to {full.origin}?")
        expect(asked).to_be_visible()
        dialog.get_by_role("button", name="Allow sending").click()
        assert wait_state(page, clip.path.name, "done")["job"]["server"] == full.origin
        assert word_error_rate(clip.text or "", text_of(page, clip.path.name)) < 0.15


def test_recording_stays_on_the_device_without_consent(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(full.url)
    page.evaluate("async () => { await earwitness.ready }")
    use(page, "When this device is too slow", **{"longer than": "0.01"})
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("radio", name="tiny").check()
    page.get_by_role("button", name="Close", exact=True).click()
    choose(page, clips["en-connection"].path)
    dialog = page.get_by_role("dialog", name="Send recordings to a server?")
    dialog.get_by_role("button", name="Keep them on this device").click()
    assert wait_state(page, clips["en-connection"].path.name, "done")["job"]["server"] == ""


def expected_text(page: Page, clip: Clip) -> str:
    """What the server makes of it when nothing goes wrong."""
    options: dict[str, Any] = {"name": "undisturbed", "where": "server"}
    return str(transcribe(page, clip.path, **options)["text"])


def wait_first_words(page: Page, name: str) -> None:
    """Until the first batch of the server's is committed here, and not the last one."""
    wait_until(
        page,
        """async (name) => {
          const row = (await earwitness.list()).find((each) => each.name === name);
          return row?.job.position_s > 0;
        }""",
        name,
    )


def test_job_continues_after_the_server_is_killed_and_restarted(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors(
        "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_CONNECTION_RESET"
    )
    visitor.expect_errors("ERR_EMPTY_RESPONSE", "ERR_NETWORK")
    page = visitor.open(full.url)
    clip = clips[LONG]
    expected = expected_text(page, clip)
    begin(page, clip.path, where="server")
    wait_first_words(page, clip.path.name)
    full.kill()
    line = row(page, clip.path.name)
    expect(line.get_by_text(re.compile(f"{full.origin} (does not answer|hung up)"))).to_be_visible()
    line.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Transcribe on this device")).to_be_visible()
    page.keyboard.press("Escape")
    full.start()
    wait_state(page, clip.path.name, "done")
    assert text_of(page, clip.path.name) == expected


def test_job_on_the_server_continues_after_a_reload(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(full.url)
    clip = clips[LONG]
    expected = expected_text(page, clip)
    begin(page, clip.path, where="server")
    wait_until(page, "async () => (await earwitness.list())[0].job.state === 'transcribing'")
    page.reload()
    wait_ready(page)
    wait_state(page, clip.path.name, "done")
    assert text_of(page, clip.path.name) == expected
    found = page.evaluate(
        "async () => (await (await fetch('api/transcripts')).json()).transcripts.length"
    )
    assert found == 2


def test_rest_is_transcribed_on_the_device(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors("ERR_", "Failed to fetch")
    page = visitor.open(full.url)
    clip = clips[LONG]
    begin(page, clip.path, where="server", model="tiny.en")
    wait_first_words(page, clip.path.name)
    act(page, clip.path.name, "Transcribe on this device")
    assert wait_state(page, clip.path.name, "done")["job"]["server"] == ""
    assert word_error_rate(clip.text or "", text_of(page, clip.path.name)) < 0.2


def test_part_of_a_track_that_a_server_transcribed_is_run_again_here(
    visitor: Visitor, full: ServerProcess, clips: dict[str, Clip], tmp_path: Path
) -> None:
    """Track and times mean the same on both sides, also where another track is the default."""
    main, other = clips["en-connection"], clips[SHORT]
    film = tmp_path / "film.mkv"
    film.write_bytes(two_tracks("matroska", speech(other.path), speech(main.path), default=1))
    page = visitor.open(full.url)
    options = {"model": "tiny.en", "audio_track": 1}
    on_server = transcribe(page, film, where="server", **options)
    assert rows(page)[film.name]["job"]["server"] == full.origin
    assert word_error_rate(other.text or "", text_of(page, film.name)) < 0.15
    part = on_server["segments"][1]
    ask(
        page,
        "retranscribe",
        transcript_id=on_server["id"],
        options=rows(page)[film.name]["job"]["options"] | {"where": "device"},
        start_s=part["start_s"],
        end_s=part["end_s"],
    )
    wait_until(page, "async () => (await earwitness.list())[0].earlier")
    assert wait_state(page, film.name, "done")["job"]["server"] == ""
    here = page.evaluate("(id) => earwitness.get(id)", on_server["id"])["segments"]
    assert here[0]["text"] == on_server["segments"][0]["text"]
    again = " ".join(each["text"] for each in here if abs(each["start_s"] - part["start_s"]) < 0.5)
    assert word_error_rate(part["text"], again) < 0.3


def test_another_server_with_a_key_works_once_both_allow_it(
    visitor: Visitor, make_full: MakeServer, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors("Content Security Policy", "violates", "Failed to load resource", "ERR_")
    home = make_full("home")
    other = make_full("other", earwitness_require_keys="true", earwitness_cors_origins=home.origin)
    page = visitor.open(home.url)
    address = {"address": f"{other.origin}/v1", "key": other.add_key()}
    use(page, "Always", **address)
    clip = clips[SHORT]
    choose(page, clip.path)
    line = row(page, clip.path.name)
    expect(line.get_by_text(f"This page may not connect to {other.origin}")).to_be_visible()
    expect(line.get_by_text(f"EARWITNESS_CONNECT_ORIGINS={other.origin}")).to_be_visible()

    home.stop()
    home.settings["earwitness_connect_origins"] = other.origin
    home.start()
    page.reload()
    wait_ready(page)
    line.get_by_role("button", name="Retry").click()
    expect(finished(page, clip.path.name).get_by_text(f"on {host(other)}")).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("^On "))).to_have_count(0)
    whole = page.evaluate("(id) => earwitness.get(id)", rows(page)[clip.path.name]["id"])
    assert word_error_rate(clip.text or "", whole["text"]) < 0.15
    assert all(segment["words"] for segment in whole["segments"])
