"""Many event streams on one job: how long after the first the last stream has a window."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.server.process import percentile, resident_bytes, running_server
from tests.support.server_process import ServerProcess

WINDOWS = 8
PACE_S = 2.0
"""Time between two windows of the recording."""


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the delays between the first stream's event and the others', over all windows."""
    with running_server(folder, scripted_windows=str(WINDOWS)) as server:
        server.script.hold(0)
        transcript_id = server.submit(b"sound")
        arrivals = asyncio.run(_listen(server, transcript_id, arguments.listeners))
        memory = resident_bytes(server)
    windows = range(1, WINDOWS + 1)
    complete = [
        [arrival[window] for arrival in arrivals]
        for window in windows
        if all(window in arrival for arrival in arrivals)
    ]
    delays_ms = [(moment - min(moments)) * 1000 for moments in complete for moment in moments]
    return {
        "streams": len(arrivals),
        "every stream had every window": len(complete) == len(windows),
        "delay after the first stream, median, ms": round(median(delays_ms)),
        "delay after the first stream, p99, ms": round(percentile(delays_ms, 0.99)),
        "resident memory, MB": memory >> 20,
    }


async def _listen(server: ServerProcess, transcript_id: str, count: int) -> list[dict[int, float]]:
    """Open the streams, then let the engine finish a window every `PACE_S`; all arrivals."""
    connected = asyncio.Barrier(count + 1)
    streams = [
        asyncio.create_task(_arrivals(server.port, transcript_id, connected)) for _ in range(count)
    ]
    await connected.wait()
    for window in range(1, WINDOWS):
        server.script.hold(window)
        await asyncio.sleep(PACE_S)
    server.script.release()
    return await asyncio.gather(*streams)


async def _arrivals(port: int, transcript_id: str, connected: asyncio.Barrier) -> dict[int, float]:
    """Number of saved windows -> the moment when this stream had the event."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /api/jobs/{transcript_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    await reader.readline()
    await connected.wait()
    moments: dict[int, float] = {}
    async for line in reader:
        if line.startswith(b"id: "):
            moments.setdefault(int(line[4:].split(b".")[0]), time.perf_counter())
    writer.close()
    return moments
