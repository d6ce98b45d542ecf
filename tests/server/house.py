"""Servers in processes of their own on a scripted engine, so that they can be killed.

They are forked from one process that has everything imported, which takes a tenth of a start from
nothing; that the command itself starts is tested elsewhere.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.server import scripted_process
from tests.server.databases import Places

WINDOWS = 6
PACE_S = 0.3
PATIENCE_S = 180.0
"""A machine may be busy: how long anything may take that happens at all."""
PIECE = {"content-type": "application/offset+octet-stream"}


def _forks() -> ForkServerContext:
    """The process that servers are forked from. It finds modules by the environment alone."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.scripted_process"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context


@dataclass
class Server:
    """One process."""

    process: ForkServerProcess
    address: str

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self.process.pid is not None
        return self.process.pid

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request; the answer's JSON (or its headers, where there is no body)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        headers.setdefault("content-type", "application/json")
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                content = answer.read()
                return json.loads(content) if content else answer.headers
        except urllib.error.HTTPError as error:
            # The body names the reason; it is read here because the connection is closed after.
            error.add_note(error.read().decode())
            raise

    def submit(self, content: bytes) -> str:
        """Upload a recording and make it a job; the transcript's id."""
        length = {"upload-length": str(len(content)), **PIECE}
        upload = self.call("POST", "/api/uploads", content, **length)["location"].split("/")[-1]
        return self.call("POST", "/api/jobs", {"upload": upload})["id"]

    def kill(self) -> None:
        """As the kernel or a power cut would."""
        self.process.kill()
        self.process.join(PATIENCE_S)

    def stop(self) -> None:
        """As a supervisor would."""
        self.process.terminate()
        self.process.join(PATIENCE_S)


@dataclass
class House:
    """Several servers on the same database and store."""

    dist: Path
    data: Path
    places: Places
    servers: list[Server] = field(default_factory=list[Server])

    def launch(self, **settings: str) -> tuple[ForkServerProcess, Path]:
        """Start a process; it, and the file that it says its address in."""
        environment = {
            **self.places.environment,
            "SCRIPTED_WINDOWS": str(WINDOWS),
            "SCRIPTED_PACE_S": str(PACE_S),
            "EARWITNESS_SLOTS": "1",
            "EARWITNESS_LOG_LEVEL": "warning",
            **{name.upper(): value for name, value in settings.items()},
        }
        arguments = ["--port", "0", "--dist", str(self.dist), "--data", str(self.data)]
        said = self.data.parent / f"server-{len(self.servers)}.log"
        process = _forks().Process(
            target=scripted_process.run, args=(arguments, environment, said), daemon=True
        )
        process.start()
        return process, said

    def start(self, **settings: str) -> Server:
        """Start a process; returns when it answers."""
        process, said = self.launch(**settings)
        server = Server(process, "")
        self.servers.append(server)

        def ready() -> bool:
            text = said.read_text() if said.exists() else ""
            assert process.is_alive(), text
            # The log is in the same file, and may stand before or behind it in a line.
            found = re.search(r"Earwitness is at (http://[\w.:]+)", text)
            if not found:
                return False
            server.address = found[1]
            return server.call("GET", "/readyz")["status"] == "ready"

        until(ready)
        return server

    def end(self) -> None:
        """End every process."""
        for server in self.servers:
            server.kill()

    def heard(self) -> list[str]:
        """`id window` of every batch that any process began, in order."""
        path = self.data / "heard.txt"
        return path.read_text().split("\n")[:-1] if path.exists() else []


def until(check: Callable[[], bool]) -> None:
    """Wait for something; errors of the network count as not yet."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if check():
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
