"""The server: throughput beside faster-whisper, queue, search, listeners, uploads."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import publish, say, table
from bench.server import listeners, load, queue, search, uploads

PARTS: dict[str, Callable[[argparse.Namespace, Path], dict[str, Any]]] = {
    "load": load.measure,
    "queue": queue.measure,
    "search": search.measure,
    "listeners": listeners.measure,
    "uploads": uploads.measure,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `bench server`."""
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    parser.add_argument("--clients", default="1,4,16,32", help="numbers of clients, for load")
    parser.add_argument("--model", default="tiny.en", help="for load (default tiny.en)")
    parser.add_argument("--clip", type=Path, help="for load: another recording, 1 min and more")
    parser.add_argument("--jobs", type=int, default=1000, help="jobs queued at once, for queue")
    parser.add_argument("--transcripts", type=int, default=100_000, help="for search")
    parser.add_argument("--listeners", type=int, default=500, help="open streams, for listeners")
    parser.add_argument("--uploads", type=int, default=32, help="at the same time, for uploads")
    parser.add_argument("--upload-mb", type=int, default=110, help="each: 2 h of speech as Opus")


def run(arguments: argparse.Namespace) -> int:
    """Measure; there is no rule to fail here."""
    names = [arguments.only] if arguments.only else list(PARTS)
    result: dict[str, Any] = {}
    for name in names:
        say(f"server: {name}")
        with TemporaryDirectory(prefix="earwitness-bench-") as folder:
            result[name] = PARTS[name](arguments, Path(folder))
    sections = [
        f"### {name}\n\n" + table(("what", "measured"), list(values.items()))
        for name, values in result.items()
    ]
    publish(result, sections, arguments.json)
    return 0
