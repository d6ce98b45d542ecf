"""The page of 0.1.0, as it was built, with the server of today behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Clip
from tests.support.browser import Visitor, wait_ready
from tests.support.old_build import VERSION, old_page
from tests.support.page_actions import rows, text_of, transcribe
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate


@pytest.fixture
def server(tmp_path: Path, server_models: Path) -> Iterator[ServerProcess]:
    """The server of today, which serves that page."""
    running = ServerProcess(tmp_path, "--models", str(server_models), dist=old_page())
    running.settings |= {"earwitness_default_model": "tiny.en"}
    yield running.start()
    running.close()


def test_old_page_transcribes_on_the_server_of_today(
    visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips["en-echotest"]
    page = visitor.open(server.url)
    assert page.evaluate("async () => (await earwitness.status()).version") == VERSION
    transcribe(page, clip.path, where="server")
    assert rows(page)[clip.path.name]["job"]["server"] == server.origin
    assert word_error_rate(clip.text or "", text_of(page, clip.path.name)) < 0.15
    expected = text_of(page, clip.path.name)
    page.reload()
    wait_ready(page)
    assert text_of(page, clip.path.name) == expected
