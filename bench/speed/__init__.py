"""Measure speed and compare it with peers in one interleaved run, on the same weights and clips.

Measure on an idle machine. Ratios bear some noise, times do not.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

from bench.page import playwright_driver
from bench.report import publish, say, table
from bench.speed import clips as speed_clips
from bench.speed.contenders import ALL, QUICK
from bench.speed.interleaved import Row, run_interleaved
from bench.speed.ratios import ratios, verdicts
from bench.speed.startup import measure_starts, starts_table

QUICK_S = 540.0
"""No further round is begun that would end later, so that the quick form takes ten minutes."""
QUICK_REPEATS = {"7s": 5, "26s": 3, "120s": 2}
FULL_REPEATS = {"3s": 7, "7s": 7, "15s": 5, "26s": 5, "120s": 3, "600s": 1}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench speed`."""
    parser.add_argument(
        "--quick",
        action="store_true",
        help="less than 10 minutes: base, 2 threads, three clips, the main contenders",
    )
    parser.add_argument(
        "--models", default="base,tiny.en", metavar="M,M,…", help="models (default base,tiny.en)"
    )
    parser.add_argument(
        "--threads", default="2,1", metavar="N,N,…", help="numbers of threads (default 2,1)"
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="NAME,…",
        help="contenders whose names contain one of these (default: all)",
    )
    parser.add_argument(
        "--clips", default="", metavar="7s,120s,…", help="lengths of the clips (default: all)"
    )
    parser.add_argument("--no-start", action="store_true", help="skip the times of the start")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. Returns 1 if a first target is missed, otherwise 0."""
    began = time.monotonic()
    repeats = QUICK_REPEATS if arguments.quick else FULL_REPEATS
    if arguments.clips:
        repeats = {length: repeats.get(length, 1) for length in arguments.clips.split(",")}
    known = speed_clips.choose()
    clips = {length: known[length] for length in speed_clips.ORDER if length in repeats}
    names = QUICK if arguments.quick else tuple(ALL)
    if arguments.only:
        wanted = arguments.only.split(",")
        names = tuple(name for name in ALL if any(part in name for part in wanted))
    starts = {name: ALL[name] for name in names}
    models = ["base"] if arguments.quick else arguments.models.split(",")
    threads = [2] if arguments.quick else [int(n) for n in arguments.threads.split(",")]
    ends_at = began + QUICK_S if arguments.quick else float("inf")
    rows: list[Row] = []
    result: dict[str, Any] = {}
    with playwright_driver() as playwright:
        for model in models:
            for count in threads:
                rows += run_interleaved(playwright, model, count, starts, clips, repeats, ends_at)
        first = [row for row in rows if row.model == models[0] and row.threads == threads[0]]
        result |= {"model": models[0], "threads": threads[0], **ratios(first)}
        if not arguments.quick and not arguments.no_start:
            result["start"] = measure_starts(playwright, clips["7s"].path, "base", rounds=5)
    result["rows"] = [{**asdict(row), "median_s": row.median_s} for row in rows]
    result["took_s"] = time.monotonic() - began
    say(f"done in {result['took_s']:.0f} s")
    lines = verdicts(result | result.get("start", {}))
    sections = [_table(rows)]
    if "start" in result:
        sections.append(starts_table(result["start"]))
    title = f"## Targets ({models[0]}, {threads[0]} threads; stock at its faster precision)\n\n"
    publish(result, [*sections, title + "\n".join(lines)], arguments.json)
    return 1 if any(line.endswith("MISSED") for line in lines) else 0


def _table(rows: list[Row]) -> str:
    header = ["model", "threads", "clip", "contender", "median, s", "range, s", "× real time",
              "error rate, %"]  # fmt: skip
    cells = [
        [
            row.model,
            row.threads,
            f"{row.clip} ({row.audio_s:.1f} s)",
            row.contender,
            f"{row.median_s:.2f}",
            f"{min(row.times_s):.2f} … {max(row.times_s):.2f}",
            f"{row.audio_s / row.median_s:.1f}",
            f"{100 * row.error_rate:.1f}",
        ]
        for row in sorted(
            rows, key=lambda r: (r.model, -r.threads, speed_clips.ORDER.index(r.clip))
        )
    ]
    return "## Time to the finished text\n\n" + table(header, cells)
