"""Measure changes of long texts in the page's library on CPython, with tables in memory.

The time goes from the request to its reply as JSON. The page's Python and IndexedDB are not in it.
Segments have four seconds and eight words. Prints medians in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import median
from typing import Any

from earwitness import messages as m
from earwitness.engine_messages import ResumePoint, WindowRow, WindowsReady
from earwitness.serialization import to_json
from earwitness.transcript import Segment, Word

from bench.report import publish, say, table
from tests.unit.library.harness import PageLibrary, finished, opened, ready

LENGTHS = (1_000, 5_000, 20_000)
SEGMENT_S = 4.0
WORDS = 8
SEGMENTS_PER_WINDOW = 7
EVERY = 40
"""Every so many segments one has the word that is replaced."""
PLACES = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the measurement's options."""
    parser.add_argument("--repeats", type=int, default=15, help="of each change (default 15)")


def run(arguments: argparse.Namespace) -> int:
    """Print the medians; return 0."""
    measured: dict[int, dict[str, float]] = {}
    for length in LENGTHS:
        say(f"{length} segments")
        measured[length] = asyncio.run(_measure(length, arguments.repeats))
    rows = [
        [change, *(f"{measured[length][change]:.1f}" for length in LENGTHS)]
        for change in measured[LENGTHS[0]]
    ]
    header = ["change, ms", *(f"{length:,} segments" for length in LENGTHS)]
    publish({"median_ms": measured}, [table(header, rows)], arguments.json)
    return 0


async def _measure(length: int, repeats: int) -> dict[str, float]:
    library = PageLibrary()
    await library.open()
    id_ = await _long_text(library, length)
    middle = length // 2
    timed: dict[str, list[float]] = {}

    async def ask(change: str, request: m.Request) -> Any:
        begin_s = time.perf_counter()
        reply = await library.service.handle(request, ())
        to_json(reply)
        timed.setdefault(change, []).append((time.perf_counter() - begin_s) * 1000)
        await library.service.settle()
        return reply

    for number in range(repeats):
        await ask("a text", m.Update(id_, segments={str(middle): f"Corrected text {number}."}))
        await ask("a split", m.Update(id_, split=(m.SplitAt(middle, 9),)))
        await ask("a join", m.Update(id_, join=(middle,)))
        await ask("undo", m.Undo(id_))
        await library.ask(m.Undo(id_))
        query = m.FindText("harbour")
        found = await ask("find in all segments", m.Find(id_, query))
        only = tuple(range(min(PLACES, len(found.places))))
        request = m.Replace(id_, query, "port", only, found.revision)
        await ask(f"replace up to {PLACES} places", request)
        await library.ask(m.Undo(id_))
    return {change: median(times) for change, times in timed.items()}


async def _long_text(library: PageLibrary, length: int) -> str:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(opened(id_, length * SEGMENT_S))
    segments = [_segment(index) for index in range(length)]
    for number, first in enumerate(range(0, length, SEGMENTS_PER_WINDOW)):
        part = tuple(segments[first : first + SEGMENTS_PER_WINDOW])
        row = WindowRow(number, number, part[0].start_s, part[-1].end_s, part)
        resume = ResumePoint(number + 1, number + 1, int(part[-1].end_s * 16_000), "en", 0.98)
        await library.hear(WindowsReady(id_, 1, (row,), resume, part[-1].end_s, compute_s=1.0))
    await library.hear(finished(id_, duration_s=length * SEGMENT_S))
    return id_


def _segment(index: int) -> Segment:
    texts = [f" word{index % 97}"] * WORDS
    if index % EVERY == 0:
        texts[3] = " harbour"
    start_s, step_s = index * SEGMENT_S, SEGMENT_S / WORDS
    words = tuple(
        Word(text, start_s + at * step_s, start_s + (at + 1) * step_s)
        for at, text in enumerate(texts)
    )
    return Segment(start_s, start_s + SEGMENT_S, "".join(texts), words)
