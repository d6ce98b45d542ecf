"""Measure the server: throughput compared with faster-whisper, queue, search, streams, uploads."""

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
    """Add the options of `bench server`."""
    parser.add_argument("--only", choices=PARTS, help="measure this part only (default: all)")
    parser.add_argument(
        "--clients",
        default="1,4,16,32",
        metavar="N,N,…",
        help="load: numbers of clients (default 1,4,16,32)",
    )
    parser.add_argument("--model", default="tiny.en", help="load: the model (default tiny.en)")
    parser.add_argument(
        "--clip", type=Path, help="load: a recording of 1 min or more (default: one of the corpus)"
    )
    parser.add_argument(
        "--jobs", type=int, default=1000, help="queue: number of jobs (default 1000)"
    )
    parser.add_argument(
        "--transcripts", type=int, default=100_000, help="search: library size (default 100000)"
    )
    parser.add_argument(
        "--listeners", type=int, default=500, help="listeners: open streams (default 500)"
    )
    parser.add_argument(
        "--uploads", type=int, default=32, help="uploads: number at the same time (default 32)"
    )
    parser.add_argument(
        "--upload-mb",
        type=int,
        default=110,
        help="uploads: size of each in MB (default 110: 2 h of speech as Opus)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure the chosen parts and print them; always 0, because no limit is set."""
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
