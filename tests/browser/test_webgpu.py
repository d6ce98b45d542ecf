"""WebGPU on Chromium's software adapter: that it works, not how fast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Clip
from tests.support.browser import CHROMIUM_FLAGS, chromium, visiting
from tests.support.page_actions import transcribe
from tests.support.recordings import Track, load, save
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate

ADAPTER = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
]
HAS_ADAPTER = "async () => Boolean(await navigator.gpu?.requestAdapter())"
DEVICE = "async () => (await window.earwitness.status()).device"


@pytest.fixture(scope="module")
def with_adapter(browser: Browser) -> Iterator[Browser]:
    """A Chromium that computes WebGPU on the processor."""
    flags = [flag for flag in CHROMIUM_FLAGS if flag != "--disable-gpu"] + ADAPTER
    started = browser.browser_type.launch(executable_path=chromium(), args=flags)
    yield started
    started.close()


@pytest.fixture
def short(clips: dict[str, Clip], tmp_path: Path) -> Path:
    """Two seconds of speech: each of them takes this adapter five."""
    track = load(clips["en-connection"].path)
    beginning = Track(track.sound[:, : 2 * track.rate_hz], track.rate_hz)
    return save(tmp_path / "short.wav", beginning, codec="pcm_s16le")


def choose_graphics_card(page: Page) -> None:
    page.get_by_role("button", name="Settings").first.click()
    page.get_by_role("button", name="Report a problem").click()
    page.get_by_role("combobox", name="Device").select_option("webgpu")
    page.keyboard.press("Escape")


def test_encoder_runs_on_webgpu(with_adapter: Browser, server: ServerProcess, short: Path) -> None:
    with visiting(with_adapter) as person:
        page = person.open(server.url)
        if not page.evaluate(HAS_ADAPTER):
            pytest.skip("this Chromium has no software adapter for WebGPU")
        on_processor = transcribe(page, short, model="tiny.en")["text"]
        assert page.evaluate(DEVICE) == "wasm"
        choose_graphics_card(page)
        on_card = transcribe(page, short, model="tiny.en")["text"]
        assert page.evaluate(DEVICE) == "webgpu"
        assert word_error_rate(on_processor, on_card) <= 0.1


def test_wasm_is_used_without_an_adapter(
    browser: Browser, server: ServerProcess, short: Path
) -> None:
    with visiting(browser) as person:
        page = person.open(server.url)
        assert not page.evaluate(HAS_ADAPTER)
        choose_graphics_card(page)
        assert transcribe(page, short, model="tiny.en")["text"]
        assert page.evaluate(DEVICE) == "wasm"
