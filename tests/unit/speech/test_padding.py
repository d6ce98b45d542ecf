"""Each window of a batch is encoded with the silence it needs."""

from __future__ import annotations

from earwitness.speech.padding import padded_samples
from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ

SECOND = SAMPLE_RATE_HZ


def test_a_window_alone_is_padded_to_what_was_asked_for() -> None:
    assert padded_samples([7 * SECOND], 8 * SECOND, 0.5) == [8 * SECOND]


def test_windows_of_a_batch_get_their_own_margin() -> None:
    lengths = padded_samples([20 * SECOND, 12 * SECOND + 1], round(20.5 * SECOND), 0.5)
    assert lengths == [round(20.5 * SECOND), round(12.5 * SECOND) + FRAME_SAMPLES]


def test_never_more_than_the_longest_and_always_whole_frames() -> None:
    lengths = padded_samples([20 * SECOND, 19 * SECOND, 333], 20 * SECOND, 4.0)
    assert lengths[:2] == [20 * SECOND, 20 * SECOND]
    assert all(length % FRAME_SAMPLES == 0 for length in lengths)


def test_full_length_is_full_length() -> None:
    assert padded_samples([SECOND, 2 * SECOND], 30 * SECOND, 0.5) == [30 * SECOND] * 2
