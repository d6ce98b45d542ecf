"""Measure 1 to 180 minutes: neither time per minute nor memory may grow with the length."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import synthetic
from bench.memory import browser_mb
from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table

GROWTH_MB = 150.0
"""Limit: growth of page and workers after the first ten minutes of audio."""
SETTLED_S = 600.0
"""Position in the audio from which the growth is counted."""
SAMPLE_EVERY_S = 2.0
STALLED_S = 900.0
SLOWER = 1.25
"""Limit: time of a recording's second half over that of its first."""


@dataclass(frozen=True)
class Length:
    """The measurement of one recording."""

    minutes: float
    took_s: float
    peak_mb: float
    """Peak of page and workers."""
    peak_browser_mb: float
    growth_mb: float | None
    """Peak after the first ten minutes of audio minus the median of the five minutes after them."""
    halves: float | None
    """Time of the second half of the audio over that of the first."""
    words: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench scale`."""
    parser.add_argument("--model", default="tiny.en", help="tiny.en (default), base or small")
    parser.add_argument(
        "--minutes",
        default="1,10,60,180",
        metavar="N,N,…",
        help="lengths in minutes (default 1,10,60,180)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure each length in a new browser. Returns 1 if a limit is exceeded."""
    lengths: list[Length] = []
    with page_server() as server, playwright_driver() as playwright:
        for minutes in map(float, arguments.minutes.split(",")):
            path = synthetic.speech_of_length(minutes)
            tab = Tab(playwright, server.url)
            try:
                tab.open()
                lengths.append(measure(tab, path, arguments.model, minutes))
            finally:
                tab.close()
            say(f"{minutes:g} min: {lengths[-1]}")
    failed = [line for length in lengths for line in _exceeded(length)]
    header = ["audio, min", "time, s", "s per min of audio", "2nd ÷ 1st half",
              "peak of page and workers, MB", "growth after 10 min, MB", "peak of the browser, MB",
              "words"]  # fmt: skip
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
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No limit is exceeded."
    result = {"lengths": [asdict(each) for each in lengths], "failed": failed}
    publish(result, [text, verdict], arguments.json)
    return 1 if failed else 0


def measure(tab: Tab, path: Path, model: str, minutes: float) -> Length:
    """Transcribe one file and sample its progress and the browser's memory.

    Raises:
        TimeoutError: no progress for 15 minutes.
        RuntimeError: the job failed.
    """
    began = moved = time.monotonic()
    tab.start(path, model=model, words=True)
    samples: list[tuple[float, float, float, float]] = []
    while True:
        progress = tab.progress()
        now = time.monotonic()
        memory = browser_mb(tab.profile)
        if not samples or progress["position_s"] > samples[-1][1]:
            moved = now
        samples.append((now - began, progress["position_s"], memory["renderers"], memory["total"]))
        if progress["finished"]:
            break
        if now - moved > STALLED_S:
            raise TimeoutError(
                f"{path.name}: no progress since {progress['position_s']:.0f} s: {progress}"
            )
        time.sleep(SAMPLE_EVERY_S)
    transcript = tab.result()
    if transcript is None:
        raise RuntimeError(f"{path.name}: {progress['error']}")
    tab.remove(transcript["id"])
    return Length(
        minutes=minutes,
        took_s=samples[-1][0],
        peak_mb=max(row[2] for row in samples),
        peak_browser_mb=max(row[3] for row in samples),
        growth_mb=_growth_mb(samples),
        halves=_halves(samples, minutes * 60),
        words=len(transcript["text"].split()),
    )


def _growth_mb(samples: list[tuple[float, float, float, float]]) -> float | None:
    late = [row for row in samples if row[1] >= SETTLED_S]
    settled = [row[2] for row in late if row[1] < SETTLED_S + 300]
    if len(late) <= len(settled) or not settled:
        return None
    return max(row[2] for row in late) - median(settled)


def _halves(samples: list[tuple[float, float, float, float]], duration_s: float) -> float | None:
    """Time per second of audio: second half ÷ first half, without loading the model."""
    first = next((row for row in samples if row[1] > 0), None)
    middle = next((row for row in samples if row[1] >= duration_s / 2), None)
    if first is None or middle is None or middle[0] <= first[0]:
        return None
    first_rate = (middle[0] - first[0]) / max(1.0, middle[1] - first[1])
    second_rate = (samples[-1][0] - middle[0]) / max(1.0, duration_s - middle[1])
    return second_rate / first_rate if duration_s >= 2 * SETTLED_S else None


def _exceeded(length: Length) -> list[str]:
    failed: list[str] = []
    if length.growth_mb is not None and length.growth_mb > GROWTH_MB:
        failed.append(f"{length.minutes:g} min: {length.growth_mb:.0f} MB of growth")
    if length.halves is not None and length.halves > SLOWER:
        failed.append(f"{length.minutes:g} min: second half {length.halves:.2f} times the first")
    return failed
