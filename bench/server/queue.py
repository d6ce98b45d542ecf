"""How fast jobs are taken in and worked off when the work itself costs nothing."""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.server.process import server


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Jobs accepted a second, and jobs done a second with nothing else going on."""
    (folder / "data").mkdir()
    extra = {"SCRIPTED_WINDOWS": "2", "SCRIPTED_PACE_S": "0"}
    with server(folder, scripted=True, **extra) as one:
        before = one.resident_bytes()
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: one.submit(f"sound {i}".encode()), range(arguments.jobs)))
        accepted_s = time.perf_counter() - began
        while _waiting(one):
            time.sleep(0.5)
        done_s = time.perf_counter() - began
        grown = one.resident_bytes() - before
    return {
        "jobs": arguments.jobs,
        "accepted (upload and job), a second": round(arguments.jobs / accepted_s, 1),
        "done, a second": round(arguments.jobs / done_s, 1),
        "memory grown, MB": grown >> 20,
    }


def _waiting(one: Any) -> int:
    import urllib.request

    with urllib.request.urlopen(f"{one.address}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return sum(
        int(float(line.split()[-1])) for line in lines if line.startswith("earwitness_jobs{")
    )
