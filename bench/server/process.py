"""A server in a process of its own, and plain requests to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """Where it answers."""

    address: str
    pid: int

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        """A request; its JSON, or its headers where there is no body."""
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            content = answer.read()
            return json.loads(content) if content else answer.headers

    def upload(self, content: bytes) -> str:
        """Upload a recording whole; its id."""
        headers = {"Upload-Length": str(len(content)),
                   "Content-Type": "application/offset+octet-stream"}  # fmt: skip
        return self.call("POST", "/api/uploads", content, **headers)["location"].split("/")[-1]

    def submit(self, content: bytes) -> str:
        """Upload a recording and make it a job; its id."""
        body = json.dumps({"upload": self.upload(content)}).encode()
        return self.call("POST", "/api/jobs", body, **{"Content-Type": "application/json"})["id"]

    def resident_bytes(self) -> int:
        """Memory of the process now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


@contextmanager
def server(folder: Path, *options: str, scripted: bool = False, **extra: str) -> Iterator[Server]:
    """Start one; `scripted` runs it on an engine that needs no time."""
    dist = folder / "dist"
    dist.mkdir(exist_ok=True)
    (dist / "index.html").write_text("<!doctype html>")
    module = "tests.server.scripted_process" if scripted else "earwitness_server"
    command = [sys.executable, "-m", module, "--port", "0", "--dist", str(dist)]
    command += ["--data", str(folder / "data"), *options]
    environment = {**os.environ, "EARWITNESS_LOG_LEVEL": "warning", **extra}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Server(line.split()[-1].rstrip("/"), process.pid)
        process.terminate()


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
