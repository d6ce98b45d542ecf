"""Padding of the windows of a batch."""

from __future__ import annotations

from earwitness.speech.padding import padded_samples
from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ

SECOND = SAMPLE_RATE_HZ


def test_single_window_is_padded_to_the_requested_length() -> None:
    assert padded_samples([7 * SECOND], 8 * SECOND, 0.5) == [8 * SECOND]


def test_windows_of_a_batch_are_padded_by_the_margin() -> None:
    lengths = padded_samples([20 * SECOND, 12 * SECOND + 1], round(20.5 * SECOND), 0.5)
    assert lengths == [round(20.5 * SECOND), round(12.5 * SECOND) + FRAME_SAMPLES]


def test_lengths_are_whole_frames_up_to_the_longest() -> None:
    lengths = padded_samples([20 * SECOND, 19 * SECOND, 333], 20 * SECOND, 4.0)
    assert lengths[:2] == [20 * SECOND, 20 * SECOND]
    assert all(length % FRAME_SAMPLES == 0 for length in lengths)


def test_full_length_is_kept() -> None:
    assert padded_samples([SECOND, 2 * SECOND], 30 * SECOND, 0.5) == [30 * SECOND] * 2
