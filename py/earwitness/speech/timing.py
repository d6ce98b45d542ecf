"""Word times in the file: never backwards, never outside the window, not stretched over silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earwitness.speech.activity import Span
from earwitness.speech.planner import Window
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import Word

EDGE_S = 0.1
"""A word may reach this far into silence: detectors close late and open late."""
ECHO_WORDS = 6
"""Longest repetition looked for at a seam."""


def settle(words: Sequence[Word], window: Window, after_s: float = 0.0) -> list[Word]:
    """Words timed from the window's start, now timed from the file's and trimmed to speech.

    None begins before `after_s`, where the words heard earlier end.
    """
    start_s, stop_s = window.start / SAMPLE_RATE_HZ, window.stop / SAMPLE_RATE_HZ
    settled: list[Word] = []
    earliest_s = min(max(start_s, after_s), stop_s)
    for word in words:
        begin_s, end_s = _trim(start_s + word.start_s, start_s + word.end_s, window.speech)
        begin_s = min(max(begin_s, earliest_s), stop_s)
        end_s = min(max(end_s, begin_s), stop_s)
        settled.append(replace(word, start_s=round(begin_s, 3), end_s=round(end_s, 3)))
        earliest_s = end_s
    return settled


def without_echo(before: Sequence[Word], after: Sequence[Word]) -> Sequence[Word]:
    """`after` without leading words that are the last ones of `before`, heard twice at a seam."""
    heard, said = [_bare(word) for word in before], [_bare(word) for word in after]
    for count in range(min(ECHO_WORDS, len(heard), len(said)), 0, -1):
        if heard[-count:] == said[:count]:
            return after[count:]
    return after


def _bare(word: Word) -> str:
    return "".join(letter for letter in word.text.casefold() if letter.isalnum())


def _trim(start_s: float, end_s: float, speech: Sequence[Span]) -> tuple[float, float]:
    """Cut off silence before and after a word; alignment gives a pause to one of its neighbours."""
    touching = [
        (span.start / SAMPLE_RATE_HZ - EDGE_S, span.stop / SAMPLE_RATE_HZ + EDGE_S)
        for span in speech
        if span.start / SAMPLE_RATE_HZ - EDGE_S < end_s
        and span.stop / SAMPLE_RATE_HZ + EDGE_S > start_s
    ]
    if not touching:
        return start_s, end_s
    if len(touching) > 1:
        # The pause lies inside the word: it was said on the side where more of it is.
        touching = [max(touching, key=lambda s: min(s[1], end_s) - max(s[0], start_s))]
    return max(start_s, touching[0][0]), min(end_s, touching[0][1])
