"""Time and memory from 1 to 180 minutes: both must stay flat a minute of audio."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import made
from bench.memory import browser_mb
from bench.page import Tab, playing, serving
from bench.report import publish, say, table

GROWTH_MB = 150.0
"""Of page and workers after the first ten minutes of audio."""
SETTLED_S = 600.0
EVERY_S = 2.0
STALLED_S = 900.0
SLOWER = 1.25
"""The second half of a recording may cost this many times the first."""


@dataclass(frozen=True)
class Length:
    """One recording's run."""

    minutes: float
    took_s: float
    peak_mb: float
    """Page and workers."""
    peak_browser_mb: float
    growth_mb: float | None
    """Highest after the first ten minutes of audio, above the level there."""
    halves: float | None
    """Time of the second half of the audio over that of the first."""
    words: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of `bench scale`."""
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--minutes", default="1,10,60,180", help="lengths, by commas")


def run(arguments: argparse.Namespace) -> int:
    """Each length in a fresh browser."""
    lengths: list[Length] = []
    with serving() as server, playing() as playwright:
        for minutes in map(float, arguments.minutes.split(",")):
            path = made.of_length(minutes)
            tab = Tab(playwright, server.url)
            try:
                tab.open()
                lengths.append(measure(tab, path, arguments.model, minutes))
            finally:
                tab.close()
            say(f"{minutes:g} min: {lengths[-1]}")
    failed = [line for length in lengths for line in _broken(length)]
    header = ["audio, min", "time, s", "s a minute", "2nd ÷ 1st half", "peak page + workers, MB",
              "growth after 10 min, MB", "peak browser, MB", "words"]  # fmt: skip
    rows = [
        [
            f"{each.minutes:g}",
            f"{each.took_s:.0f}",
            f"{each.took_s / each.minutes:.2f}",
            "" if each.halves is None else f"{each.halves:.2f}",
            f"{each.peak_mb:.0f}",
            "" if each.growth_mb is None else f"{each.growth_mb:.0f}",
            f"{each.peak_browser_mb:.0f}",
            each.words,
        ]
        for each in lengths
    ]
    text = f"## Time and memory by length, {arguments.model}\n\n{table(header, rows)}"
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "Both stay flat."
    result = {"lengths": [asdict(each) for each in lengths], "failed": failed}
    publish(result, [text, verdict], arguments.json)
    return 1 if failed else 0


def measure(tab: Tab, path: Path, model: str, minutes: float) -> Length:
    """Transcribe one file, watching its progress and the browser's memory.

    Raises:
        TimeoutError: no progress for a quarter of an hour.
        RuntimeError: the page ended the job otherwise.
    """
    began = moved = time.monotonic()
    tab.start(path, model=model, words=True)
    track: list[tuple[float, float, float, float]] = []
    while True:
        look = tab.look()
        now = time.monotonic()
        memory = browser_mb(tab.profile)
        if not track or look["position_s"] > track[-1][1]:
            moved = now
        track.append((now - began, look["position_s"], memory["renderers"], memory["total"]))
        if look["finished"]:
            break
        if now - moved > STALLED_S:
            raise TimeoutError(f"{path.name} stands still at {look['position_s']:.0f} s: {look}")
        time.sleep(EVERY_S)
    transcript = tab.result()
    if transcript is None:
        raise RuntimeError(f"{path.name}: {look['error']}")
    tab.forget(transcript["id"])
    return Length(
        minutes=minutes,
        took_s=track[-1][0],
        peak_mb=max(row[2] for row in track),
        peak_browser_mb=max(row[3] for row in track),
        growth_mb=_growth_mb(track),
        halves=_halves(track, minutes * 60),
        words=len(transcript["text"].split()),
    )


def _growth_mb(track: list[tuple[float, float, float, float]]) -> float | None:
    late = [row for row in track if row[1] >= SETTLED_S]
    settled = [row[2] for row in late if row[1] < SETTLED_S + 300]
    if len(late) <= len(settled) or not settled:
        return None
    return max(row[2] for row in late) - median(settled)


def _halves(track: list[tuple[float, float, float, float]], duration_s: float) -> float | None:
    """From the first batch on, so that loading the model does not count."""
    first = next((row for row in track if row[1] > 0), None)
    middle = next((row for row in track if row[1] >= duration_s / 2), None)
    if first is None or middle is None or middle[0] <= first[0]:
        return None
    first_rate = (middle[0] - first[0]) / max(1.0, middle[1] - first[1])
    second_rate = (track[-1][0] - middle[0]) / max(1.0, duration_s - middle[1])
    return second_rate / first_rate if duration_s >= 2 * SETTLED_S else None


def _broken(length: Length) -> list[str]:
    failed: list[str] = []
    if length.growth_mb is not None and length.growth_mb > GROWTH_MB:
        failed.append(f"{length.minutes:g} min: {length.growth_mb:.0f} MB of growth")
    if length.halves is not None and length.halves > SLOWER:
        failed.append(f"{length.minutes:g} min: second half {length.halves:.2f} times the first")
    return failed
