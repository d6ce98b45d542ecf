"""Large files from many clients at once: the memory must not follow."""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.server.process import Server, server

PIECE = 16 << 20


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Peak memory while all of them upload, and the rate."""
    (folder / "data").mkdir()
    size = arguments.upload_mb << 20
    with server(folder, scripted=True, SCRIPTED_WINDOWS="1", SCRIPTED_PACE_S="0") as one:
        before = one.resident_bytes()
        peak, over = [before], Event()
        watcher = Thread(target=_watch, args=(one, peak, over))
        watcher.start()
        began = time.perf_counter()
        with ThreadPoolExecutor(arguments.uploads) as pool:
            list(pool.map(lambda _: _send(one, size), range(arguments.uploads)))
        took_s = time.perf_counter() - began
        over.set()
        watcher.join()
    return {
        "uploads at once": arguments.uploads,
        "each, MB": arguments.upload_mb,
        "MB a second": round(arguments.uploads * arguments.upload_mb / took_s),
        "memory grown at the peak, MB": (max(peak) - before) >> 20,
    }


def _watch(one: Server, peak: list[int], over: Event) -> None:
    while not over.wait(0.1):
        peak.append(one.resident_bytes())


def _send(one: Server, size: int) -> None:
    path = one.call("POST", "/api/uploads", b"", **{"Upload-Length": str(size)})["location"]
    piece = os.urandom(PIECE)
    sent = 0
    while sent < size:
        body = piece[: min(PIECE, size - sent)]
        headers = {"Upload-Offset": str(sent), "Content-Type": "application/offset+octet-stream"}
        sent = int(one.call("PATCH", path, body, **headers)["upload-offset"])
    one.call("DELETE", path)
