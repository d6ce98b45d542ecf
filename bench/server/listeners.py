"""Many open streams on one job: how late the last of them hears of a window."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.server.process import percentile, server

WINDOWS = 8
PACE_S = 2.0


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Delay between the first listener's event and the others', over every window."""
    (folder / "data").mkdir()
    extra = {"SCRIPTED_WINDOWS": str(WINDOWS), "SCRIPTED_PACE_S": str(PACE_S)}
    with server(folder, scripted=True, **extra) as one:
        transcript_id = one.submit(b"sound")
        target = urlsplit(one.address)
        assert target.hostname
        assert target.port
        path = f"/api/jobs/{transcript_id}/events"
        arrivals = asyncio.run(_listen(target.hostname, target.port, path, arguments.listeners))
        memory = one.resident_bytes()
    by_window: dict[int, list[float]] = {}
    for each in arrivals:
        for window, moment in each.items():
            by_window.setdefault(window, []).append(moment)
    complete = [moments for moments in by_window.values() if len(moments) == len(arrivals)]
    delays_ms = [(m - min(moments)) * 1000 for moments in complete for m in moments]
    return {
        "listeners": len(arrivals),
        "all heard every window until the end": all(WINDOWS in each for each in arrivals),
        "delay after the first median, ms": round(median(delays_ms)),
        "delay after the first p99, ms": round(percentile(delays_ms, 0.99)),
        "resident memory, MB": memory >> 20,
    }


async def _listen(host: str, port: int, path: str, count: int) -> list[dict[int, float]]:
    return list(await asyncio.gather(*(_one(host, port, path) for _ in range(count))))


async def _one(host: str, port: int, path: str) -> dict[int, float]:
    """Windows seen so far -> the moment this listener heard of them."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    moments: dict[int, float] = {}
    async for line in reader:
        if line.startswith(b"id: "):
            moments.setdefault(int(line[4:].split(b".")[0]), time.perf_counter())
    writer.close()
    return moments
