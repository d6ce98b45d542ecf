"""Runs the contenders interleaved: all of them transcribe a clip before the next clip."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from playwright.sync_api import Playwright

from bench.corpus import Clip
from bench.report import say
from bench.speed.contenders import SHOUT, Start
from bench.words import error_rate

SHOUT_LONGEST_S = 30.0


@dataclass
class Row:
    """The times of one contender on one clip."""

    model: str
    threads: int
    contender: str
    clip: str
    audio_s: float
    error_rate: float = 0.0
    times_s: list[float] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """Median of the times."""
        return median(self.times_s)


def run_interleaved(
    playwright: Playwright,
    model: str,
    threads: int,
    starts: Mapping[str, Start],
    clips: Mapping[str, Clip],
    repeats: Mapping[str, int],
    ends_at: float = float("inf"),
) -> list[Row]:
    """Return a row for each contender and clip.

    Each clip is repeated `repeats` times. A further repeat starts only if it is expected to end
    before `ends_at`, on the clock of `time.monotonic`.
    """
    rows: dict[tuple[str, str], Row] = {}
    with ExitStack() as stack:
        ready = {name: start(stack, playwright, model, threads) for name, start in starts.items()}
        warm_up = min(clips.values(), key=lambda clip: clip.duration_s)
        for name, contender in ready.items():
            took_s, _ = contender.time(warm_up.path)
            say(f"{model}, {threads} threads: {name} is ready ({took_s:.1f} s)")
        for turn in range(max(repeats.values())):
            for length, clip in clips.items():
                if turn >= repeats[length]:
                    continue
                expected_s = sum(
                    row.median_s for row in by_contender([*rows.values()], length).values()
                )
                if turn and time.monotonic() + expected_s > ends_at:
                    continue
                for name in _rotated(list(ready), turn):
                    if name == SHOUT and (turn or clip.duration_s > SHOUT_LONGEST_S):
                        continue
                    took_s, text = ready[name].time(clip.path)
                    row = rows.setdefault(
                        (name, length), Row(model, threads, name, length, clip.duration_s)
                    )
                    row.times_s.append(took_s)
                    row.error_rate = error_rate(clip.text or "", text)
                    say(f"{model}, {threads} threads, {length}: {name} {took_s:.2f} s")
    return list(rows.values())


def _rotated(names: list[str], turn: int) -> Sequence[str]:
    """The names in another order for each turn, so that none always follows the same one."""
    start = turn % len(names)
    return names[start:] + names[:start]


def by_contender(rows: Sequence[Row], clip: str) -> dict[str, Row]:
    """Return the rows of one clip by contender."""
    return {row.contender: row for row in rows if row.clip == clip}
