"""What the page hears in the recordings that people bring. The server hears the same."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Worker

from tests.server.test_media_cases import hear as hear_on_server
from tests.support.media_cases import CASES, RATE_HZ, Case, check

HEAR = """async ({ path, ...options }) => {
  const { samples, endsS, brokenOff, tracks } = await hear(path, options);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const text = Array.from({ length: Math.ceil(bytes.length / 30000) }, (_, part) =>
    String.fromCharCode(...bytes.subarray(part * 30000, (part + 1) * 30000))).join('');
  return { samples: btoa(text), endsS, brokenOff, tracks };
}"""
NEAR = 1e-4
"""How far a sample on the page may be from the server's: decoders round differently."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_hears_what_the_server_hears(
    case: Case, worker: Worker, site: Any, tmp_path: Path
) -> None:
    data = case.make()
    # Each case has an address of its own: the browser may take a known one from its cache.
    path_on_site = site.put(f"recordings/{case.name}", data)
    file = {"path": path_on_site, "track": case.track, "container": case.suffix}
    found = worker.evaluate(HEAR, file)
    heard = np.frombuffer(base64.b64decode(found["samples"]), "<f4")
    assert found["endsS"] == len(heard) / RATE_HZ
    check(case, heard, found["brokenOff"])
    path = tmp_path / "recording"
    path.write_bytes(data)
    on_server, told = hear_on_server(path, case.track, case.suffix)
    assert told["is_cut_off"] is found["brokenOff"]
    assert len(heard) == len(on_server)
    assert np.abs(heard - on_server).max() < NEAR
