"""Place timed words in the file: in order, inside their window, trimmed to speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earwitness.speech.activity import Span
from earwitness.speech.planner import Window
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import Word

EDGE_S = 0.1
"""A word may extend this far into silence, because detectors are late on both edges."""


def place_in_file(words: Sequence[Word], window: Window, after_s: float = 0.0) -> list[Word]:
    """Return words timed from the file's start, given words timed from the window's start.

    Words are trimmed to speech and begin at `after_s` or later, where earlier words end.
    """
    start_s, stop_s = window.start / SAMPLE_RATE_HZ, window.stop / SAMPLE_RATE_HZ
    placed: list[Word] = []
    earliest_s = min(max(start_s, after_s), stop_s)
    for word in words:
        begin_s, end_s = _trim(start_s + word.start_s, start_s + word.end_s, window.speech)
        begin_s = min(max(begin_s, earliest_s), stop_s)
        end_s = min(max(end_s, begin_s), stop_s)
        placed.append(replace(word, start_s=round(begin_s, 3), end_s=round(end_s, 3)))
        earliest_s = end_s
    return placed


def _trim(start_s: float, end_s: float, speech: Sequence[Span]) -> tuple[float, float]:
    """Return the times without the silence that alignment adds to a word beside a pause."""
    touching = [
        (span.start / SAMPLE_RATE_HZ - EDGE_S, span.stop / SAMPLE_RATE_HZ + EDGE_S)
        for span in speech
        if span.start / SAMPLE_RATE_HZ - EDGE_S < end_s
        and span.stop / SAMPLE_RATE_HZ + EDGE_S > start_s
    ]
    if not touching:
        return start_s, end_s
    if len(touching) > 1:
        # A pause is inside the word: keep the side with more of the word.
        touching = [max(touching, key=lambda s: min(s[1], end_s) - max(s[0], start_s))]
    return max(start_s, touching[0][0]), min(end_s, touching[0][1])
