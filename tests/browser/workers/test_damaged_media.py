"""Truncated files and unsupported codecs: the reason, and where the sound ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Worker

from tests.support.media_cases import unsupported
from tests.support.recordings import Track, save

RATE_HZ = 48_000
LENGTH_S = 12.0
ENDS = """async (path) => {
  const { durationS, endsS, brokenOff, samples } = await hear(path);
  return { durationS, endsS, brokenOff, heardS: samples.length / 16000 };
}"""


@pytest.fixture(scope="module")
def noise() -> Track:
    """Sound that no encoder can make small, so that half the bytes are about half the time."""
    values = np.random.default_rng(7).uniform(-0.3, 0.3, (1, round(LENGTH_S * RATE_HZ)))
    return Track(values.astype(np.float32), RATE_HZ)


def ends(worker: Worker, site: Any, path: Path, share: float = 1.0) -> dict[str, float]:
    """What is heard of the first part of a file."""
    data = path.read_bytes()
    # Each share has an address of its own: the browser may take a known one from its cache.
    address = site.put(f"{share}/{path.name}", data[: round(len(data) * share)])
    return worker.evaluate(ENDS, address)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("talk.webm", "libopus", {}),
        ("talk.mka", "aac", {}),
        ("talk.m4a", "aac", {"movflags": "faststart"}),
        ("talk.flac", "flac", {}),
        ("talk.mp3", "libmp3lame", {}),
        ("talk.wav", "pcm_s16le", {}),
    ],
)
def test_truncated_file_reports_where_it_ends(
    worker: Worker, site: Any, noise: Track, tmp_path: Path, name: str, codec: str, options: Any
) -> None:
    path = save(tmp_path / name, noise, codec=codec, options=options)
    whole = ends(worker, site, path)
    assert whole["endsS"] == pytest.approx(LENGTH_S, abs=0.2)
    assert not whole["brokenOff"]
    half = ends(worker, site, path, 0.5)
    assert half["brokenOff"]
    assert half["endsS"] == half["heardS"]
    assert half["endsS"] == pytest.approx(LENGTH_S / 2, abs=1.5)


def test_estimated_length_promises_nothing(
    worker: Worker, site: Any, noise: Track, tmp_path: Path
) -> None:
    path = save(tmp_path / "bare.mp3", noise, codec="libmp3lame", options={"write_xing": "0"})
    assert not ends(worker, site, path, 0.5)["brokenOff"]


def test_ogg_truncated_within_a_page_is_decoded_so_far(
    worker: Worker, site: Any, noise: Track, tmp_path: Path
) -> None:
    path = save(tmp_path / "talk.ogg", noise, codec="libopus")
    half = ends(worker, site, path, 0.5)
    assert half["brokenOff"]
    assert half["endsS"] == half["heardS"]
    assert half["endsS"] == pytest.approx(LENGTH_S / 2, abs=1.1)


def refused(worker: Worker, site: Any, name: str, data: bytes) -> dict[str, str]:
    """The error that a file meets."""
    return worker.evaluate("(path) => attempt(() => hear(path))", site.put(name, data))["error"]


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_m4a_without_its_index_is_reported_as_incomplete(
    worker: Worker, site: Any, noise: Track, tmp_path: Path, share: float
) -> None:
    data = save(tmp_path / "talk.m4a", noise, codec="aac").read_bytes()
    error = refused(worker, site, "cut.m4a", data[: round(len(data) * share)])
    assert "incomplete" in error["message"]
    assert "again" in error["hint"]


def test_unsupported_codec_is_named(worker: Worker, site: Any) -> None:
    error = refused(worker, site, "talk.m4a", unsupported())
    assert error["message"] == "The file's audio cannot be decoded (ac4)."
