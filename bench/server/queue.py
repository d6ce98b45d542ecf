"""How fast jobs are accepted and completed when the transcription itself takes no time."""

from __future__ import annotations

import argparse
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.server.process import resident_bytes, running_server
from tests.support.server_process import ServerProcess


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return jobs accepted and jobs done per second, and how much the memory grew."""
    with running_server(folder, scripted_windows="2") as server:
        before = resident_bytes(server)
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: server.submit(f"sound {i}".encode()), range(arguments.jobs)))
        accepted_s = time.perf_counter() - began
        while _unfinished(server):
            time.sleep(0.5)
        done_s = time.perf_counter() - began
        grown = resident_bytes(server) - before
    return {
        "jobs": arguments.jobs,
        "accepted (upload and job) per second": round(arguments.jobs / accepted_s, 1),
        "done per second": round(arguments.jobs / done_s, 1),
        "memory growth, MB": grown >> 20,
    }


def _unfinished(server: ServerProcess) -> int:
    """The number of jobs that are queued or running, from the server's metrics."""
    with urllib.request.urlopen(f"{server.origin}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return sum(
        int(float(line.split()[-1])) for line in lines if line.startswith("earwitness_jobs{")
    )
