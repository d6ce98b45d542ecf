"""Where decoded pieces lie in time. tests/js/clock.test.js solves the same cases."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from earwitness_server.media.clock import Clock, is_cut_off, start_of
from earwitness_server.media.mono import mix

from tests.support.browser import ROOT

RATE_HZ = 16_000
CASES = json.loads((ROOT / "tests" / "fixtures" / "clock-cases.json").read_text())


def named(case: dict[str, Any]) -> str:
    """The id of a case."""
    return case["name"]


@pytest.mark.parametrize("case", CASES["starts"], ids=named)
def test_recording_begins_where_its_container_says(case: dict[str, Any]) -> None:
    start_s = start_of(case["container"], case["codec"], case["earliest_s"], 44_100)
    assert start_s == pytest.approx(case["start_s"], abs=1e-6)


@pytest.mark.parametrize("case", CASES["lines"], ids=named)
def test_pieces_lie_at_their_times(case: dict[str, Any]) -> None:
    clock = Clock(case["container"])
    piece_s = case.get("piece_s", 1)
    samples = round(piece_s * RATE_HZ)
    places = [clock.place(samples, RATE_HZ, at_s) for at_s in case["at_s"]]
    found = [[place.silence / RATE_HZ, place.cut / RATE_HZ] for place in places]
    assert found == case["places_s"]
    kept_s = sum(piece_s + silence - cut for silence, cut in found)
    assert clock.end_s == pytest.approx(kept_s)


@pytest.mark.parametrize(
    ("promised_s", "reaches_s", "cut_off"),
    [(11.0, 10.5, False), (11.0, 5.0, True), (3600.0, 3570.0, False), (3600.0, 3500.0, True)],
)
def test_file_is_cut_off_where_more_is_missing_than_rounding(
    promised_s: float, reaches_s: float, cut_off: bool
) -> None:
    assert is_cut_off(promised_s, reaches_s) is cut_off


def test_line_goes_on_at_another_rate() -> None:
    clock = Clock("ogg")
    clock.place(16_000, 16_000, 0.0)
    assert clock.place(48_000, 48_000, 1.0).silence == 0
    assert clock.end_s == pytest.approx(2.0)
    assert clock.place(48_000, 48_000, 3.0).silence == 48_000


def test_opposite_channels_are_not_cancelled() -> None:
    left = np.sin(np.arange(1000, dtype=np.float32))
    assert np.array_equal(mix(np.stack([left, -left]), ["FL", "FR"]), left)
    assert np.allclose(mix(np.stack([left, left]), ["FL", "FR"]), left)


def test_centre_carries_the_speech_and_the_effects_channel_none() -> None:
    planes = np.eye(6, dtype=np.float32)
    heard = mix(planes, ["FL", "FR", "FC", "LFE", "BL", "BR"])
    assert heard.tolist() == pytest.approx([0.5, 0.5, 0.7, 0.0, 0.35, 0.35])


def test_channels_without_places_are_averaged() -> None:
    assert mix(np.eye(4, dtype=np.float32), ["?"] * 4).tolist() == [0.25] * 4
