"""Turns the segmentation's probabilities of a window into spans of frames."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.speakers.protocols import LOCAL_SPEAKERS
from earwitness.speakers.settings import WindowSettings

Span = tuple[int, int]
"""Frames or samples [start, stop)."""


def find_activity(probabilities: Sequence[float], settings: WindowSettings) -> list[list[Span]]:
    """Return for each local speaker the spans of frames in which they speak."""
    return [
        _spans(probabilities[who::LOCAL_SPEAKERS], settings.onset, settings.offset)
        for who in range(LOCAL_SPEAKERS)
    ]


def _spans(probabilities: Sequence[float], onset: float, offset: float) -> list[Span]:
    spans: list[Span] = []
    start: int | None = None
    for frame, probability in enumerate(probabilities):
        if start is None:
            if probability >= onset:
                start = frame
        elif probability < offset:
            spans.append((start, frame))
            start = None
    if start is not None:
        spans.append((start, len(probabilities)))
    return spans


def flagged(flags: Sequence[bool], frame: int) -> list[Span]:
    """Return the spans of samples whose frames, of `frame` samples each, are flagged."""
    return [(start * frame, stop * frame) for start, stop in _spans(flags, 1, 1)]


def closed(spans: Sequence[Span], shortest: int) -> list[Span]:
    """Return spans without gaps, and then without pieces, that are shorter than `shortest`."""
    joined: list[Span] = []
    for start, stop in spans:
        if joined and start - joined[-1][1] < shortest:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return [(start, stop) for start, stop in joined if stop - start >= shortest]


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return what of `spans` is outside all `others`; both are in order, `spans` apart."""
    left: list[Span] = []
    for start, stop in spans:
        for other_start, other_stop in others:
            if other_stop <= start or other_start >= stop:
                continue
            if other_start > start:
                left.append((start, other_start))
            start = other_stop
            if start >= stop:
                break
        if start < stop:
            left.append((start, stop))
    return left


def inside(spans: Sequence[Span], start: int, stop: int) -> list[Span]:
    """Return what of `spans` is inside [start, stop)."""
    cut = ((max(first, start), min(last, stop)) for first, last in spans)
    return [(first, last) for first, last in cut if first < last]


def length(spans: Sequence[Span]) -> int:
    """Return the total length of spans."""
    return sum(stop - start for start, stop in spans)


def union(spans: Sequence[Span]) -> list[Span]:
    """Return spans in any order as spans in order and apart."""
    joined: list[Span] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
