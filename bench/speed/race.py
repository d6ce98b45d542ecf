"""One interleaved run: every contender hears a clip before anyone hears the next."""

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
    """One contender on one clip."""

    model: str
    threads: int
    contender: str
    clip: str
    audio_s: float
    error_rate: float = 0.0
    times_s: list[float] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """The time that stands for it."""
        return median(self.times_s)


def race(
    playwright: Playwright,
    model: str,
    threads: int,
    starts: Mapping[str, Start],
    clips: Mapping[str, Clip],
    repeats: Mapping[str, int],
    ends_at: float = float("inf"),
) -> list[Row]:
    """Measure; `repeats` by clip. A further round is begun only if it should end by `ends_at`."""
    rows: dict[tuple[str, str], Row] = {}
    with ExitStack() as stack:
        ready = {name: start(stack, playwright, model, threads) for name, start in starts.items()}
        warm_up = min(clips.values(), key=lambda clip: clip.duration_s)
        for name, contender in ready.items():
            took_s, _ = contender.time(warm_up.path)
            say(f"{model}, {threads} threads: {name} is warm ({took_s:.1f} s)")
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
    """Nobody always runs after the same neighbour."""
    start = turn % len(names)
    return names[start:] + names[:start]


def by_contender(rows: Sequence[Row], clip: str) -> dict[str, Row]:
    """The rows of one clip."""
    return {row.contender: row for row in rows if row.clip == clip}
