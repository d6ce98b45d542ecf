"""A server in its own process: its memory, and percentiles of what was measured with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.server_process import ServerProcess


@contextmanager
def running_server(folder: Path, *options: str, **settings: Any) -> Iterator[ServerProcess]:
    """Start a server with its data in `folder`; it is stopped at the end.

    `options` are the command's, `settings` are environment variables in lower case. With
    `scripted_windows` the server has an engine that needs no time, otherwise the real one.
    """
    server = ServerProcess(folder, *options, data=None, dist=None, **settings)
    try:
        yield server.start()
        server.stop()
    finally:
        server.close()


def resident_bytes(server: ServerProcess) -> int:
    """The memory that the server's process uses now."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
