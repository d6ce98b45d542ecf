"""Files of every media format through the API on the real engine."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.inference.engine import Engine
from earwitness_server.media.source import DecodeLimits

from tests.support.api import Api
from tests.support.silent_flac import days_of_silence

pytestmark = pytest.mark.slow
LONGEST_S = 300.0


@pytest.fixture
def hearing(server_models: Path, make_api: Callable[..., Api]) -> Callable[..., Api]:
    """The API on the real engine."""

    def make(**limits: Any) -> Api:
        engine: Any = Engine(server_models, "tiny.en", limits=DecodeLimits(**limits))
        return make_api(engine, default_model="tiny.en")

    return make


def kinds(shared: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The shortest file of each container and codec with a second in it, and those without."""
    found: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for line in (shared / "media" / "manifest.jsonl").read_text().splitlines():
        row = json.loads(line)
        row["seconds"] = row["seconds"] or 0
        kind = (row["container"], row["codec"], bool(row["ffmpeg_decodes"]) and row["seconds"] >= 1)
        if kind not in found or row["seconds"] < found[kind]["seconds"]:
            found[kind] = row
    return [(shared / "media" / row["file"], row) for row in found.values()]


@pytest.mark.timeout(1800)
def test_every_media_format_is_transcribed_or_rejected_with_a_sentence(
    hearing: Callable[..., Api], shared: Path
) -> None:
    api = hearing(longest_s=LONGEST_S)
    files = kinds(shared)
    assert len(files) > 50
    heard = 0
    for path, row in files:
        answer = api.http.post(
            "/v1/audio/transcriptions",
            files={"file": (path.name, path.read_bytes())},
            data={"model": "tiny.en", "response_format": "verbose_json"},
        )
        body = answer.json()
        if answer.status_code == 200:
            heard += 1
            assert body["duration"] <= LONGEST_S
            continue
        assert (answer.status_code, body["error"]["code"]) == (400, "invalid_media"), path.name
        assert str(path.parent) not in body["error"]["message"]
        decodable = row["ffmpeg_decodes"] and 1 <= row["seconds"] <= LONGEST_S
        assert not decodable, (path.name, body["error"]["message"])
    assert heard > len(files) / 2


def test_days_of_silence_are_rejected_at_the_longest_recording(
    hearing: Callable[..., Api],
) -> None:
    small = days_of_silence(3)
    assert len(small) < 1_000_000
    api = hearing(longest_s=3600)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    view = api.wait(api.submit(small, "silence.flac"))
    assert view["state"] == "failed"
    assert "longer than" in view["error"]["message"]
    # An hour of samples would be 230 MB.
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 120_000
