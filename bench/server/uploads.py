"""Large files from many clients at once: the server's memory must not grow with the files."""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.server.process import resident_bytes, running_server
from tests.support.server_process import PIECE, ServerProcess

PIECE_BYTES = 16 << 20


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the peak of the memory while all clients upload, and the rate of all together."""
    size = arguments.upload_mb << 20
    with running_server(folder, scripted_windows="1") as server:
        before = resident_bytes(server)
        sizes, finished = [before], Event()
        sampler = Thread(target=_sample_memory, args=(server, sizes, finished))
        sampler.start()
        began = time.perf_counter()
        with ThreadPoolExecutor(arguments.uploads) as pool:
            list(pool.map(lambda _: _upload(server, size), range(arguments.uploads)))
        took_s = time.perf_counter() - began
        finished.set()
        sampler.join()
    return {
        "uploads at once": arguments.uploads,
        "size of each, MB": arguments.upload_mb,
        "MB per second": round(arguments.uploads * arguments.upload_mb / took_s),
        "memory growth at the peak, MB": (max(sizes) - before) >> 20,
    }


def _sample_memory(server: ServerProcess, sizes: list[int], finished: Event) -> None:
    while not finished.wait(0.1):
        sizes.append(resident_bytes(server))


def _upload(server: ServerProcess, size: int) -> None:
    path = server.call("POST", "/api/uploads", b"", **{"upload-length": str(size)})["location"]
    piece = os.urandom(PIECE_BYTES)
    sent = 0
    while sent < size:
        body = piece[: min(PIECE_BYTES, size - sent)]
        answer = server.call("PATCH", path, body, **{"upload-offset": str(sent), **PIECE})
        sent = int(answer["upload-offset"])
    server.call("DELETE", path)
