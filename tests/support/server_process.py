"""Servers in processes of their own, which a test may stop, kill and start again.

They are forked from one process that has everything imported, which takes a tenth of a start from
nothing. That the command itself starts is tested in `tests/server/test_serve.py`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import urllib.error
import urllib.request
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.support import scripted_server
from tests.support.outages import Storage
from tests.support.page_files import write_page
from tests.support.ports import ReservedPort
from tests.support.scripted_server import SharedScript
from tests.support.waiting import LIMIT_S, wait_for
from tooling.environment import environment

_QUIET = {"EARWITNESS_LOG_LEVEL": "warning", "EARWITNESS_FETCH_MODELS": "false"}
PIECE = {"content-type": "application/offset+octet-stream"}
"""Header of a request that carries a piece of an upload."""


def _forks() -> ForkServerContext:
    """The process that servers are forked from. It finds modules by the environment alone."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.scripted_server"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context


class ServerProcess:
    """A server with an address that stays its own, however often it is started.

    `settings` are environment variables in lower case. With `scripted_windows` the server has a
    scripted engine that transcribes so many windows of every file; without, the real one.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        data: Path | None = None,
        dist: Path | None = None,
        **settings: str,
    ) -> None:
        self.data = data or folder / "data"
        self.settings = settings
        self._dist = dist or write_page(folder / "dist")
        self._options = options
        self._port = ReservedPort()
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"server-{self._port.number}.log"
        self._logged = 0
        self._process: ForkServerProcess | None = None
        scheme = "https" if "--tls-cert" in options else "http"
        self.origin = f"{scheme}://127.0.0.1:{self._port.number}"
        self.script = SharedScript(self.data)

    @property
    def port(self) -> int:
        """Of its address."""
        return self._port.number

    @property
    def url(self) -> str:
        """Of the page."""
        return f"{self.origin}/"

    @property
    def pid(self) -> int:
        """Of the process."""
        pid = self._running().pid
        assert pid is not None
        return pid

    @property
    def alive(self) -> bool:
        """The process runs."""
        return self._process is not None and self._process.is_alive()

    @property
    def log(self) -> str:
        """Everything that the process printed."""
        return self._log.read_bytes()[self._logged :].decode() if self._log.exists() else ""

    def launch(self) -> None:
        """Start a process and do not wait for its answers."""
        self._logged = self._log.stat().st_size if self._log.exists() else 0
        arguments = ["--port", str(self.port), "--dist", str(self._dist)]
        arguments += ["--data", str(self.data), *self._options]
        self._process = _forks().Process(
            target=scripted_server.run, args=(arguments, self._variables(), self._log), daemon=True
        )
        self._process.start()

    def start(self) -> ServerProcess:
        """Start a process; returns when it answers requests."""
        self.launch()

        def answers() -> bool:
            assert self.alive, self.log
            return f"Earwitness is at {self.url}" in self.log

        wait_for(answers, "a server that answers requests")
        return self

    def stop(self) -> None:
        """Stop it as a supervisor does; waits for its end."""
        if self._process is not None:
            self._process.terminate()
            self.exit_status()

    def kill(self) -> None:
        """End it as the kernel or a power cut does."""
        if self._process is not None:
            self._process.kill()
            self.exit_status()

    def exit_status(self) -> int:
        """The exit status of the process, once it has ended."""
        process = self._running()
        process.join(LIMIT_S)
        assert process.exitcode is not None, f"the process has not ended: {self.log}"
        return process.exitcode

    def close(self) -> None:
        """Kill the process if it still runs, and give the port back."""
        if self.alive:
            self.kill()
        if self._process is not None:
            self._process.close()
            self._process = None
        self._port.close()

    def _variables(self) -> dict[str, str]:
        chosen = {name.upper(): value for name, value in self.settings.items()}
        return environment() | _QUIET | chosen

    def _running(self) -> ForkServerProcess:
        assert self._process is not None, "not started"
        return self._process

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON that a request is answered with, or the headers of an answer without a body.

        Raises:
            HTTPError: the answer's status is 400 or more; its body is a note.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        headers.setdefault("content-type", "application/json")
        request = urllib.request.Request(self.origin + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
                content = answer.read()
                return json.loads(content) if content else answer.headers
        except urllib.error.HTTPError as error:
            # Read now, because the connection is closed afterwards.
            error.add_note(error.read().decode())
            raise

    def submit(self, content: bytes) -> str:
        """Upload a recording and make it a job; the transcript's id."""
        length = {"upload-length": str(len(content)), **PIECE}
        upload = self.call("POST", "/api/uploads", content, **length)["location"].split("/")[-1]
        return self.call("POST", "/api/jobs", {"upload": upload})["id"]

    def state(self, transcript_id: str) -> str:
        """The state of a job."""
        return self.call("GET", f"/api/jobs/{transcript_id}")["state"]

    def add_key(self, *options: str) -> str:
        """A new API key, made with the server's own command."""
        command = [sys.executable, "-m", "earwitness_server", "--data", str(self.data)]
        printed = subprocess.run(
            [*command, "keys", "add", "page", "--scopes", "transcribe,read,write", *options],
            check=True, capture_output=True, text=True, env=self._variables(), timeout=LIMIT_S,
        ).stdout  # fmt: skip
        return next(word for word in printed.split() if word.startswith("ew_"))


class Deployment:
    """Several servers on the same database and the same store of audio."""

    def __init__(self, folder: Path, storage: Storage, **settings: str) -> None:
        self.storage = storage
        self.data = folder / "data"
        self.script = SharedScript(self.data)
        self._folder = folder
        self._settings = settings
        self._servers: list[ServerProcess] = []

    def make(self, **settings: str) -> ServerProcess:
        """A server that is not started yet."""
        chosen = {**self.storage.environment, **self._settings, **settings}
        server = ServerProcess(self._folder, data=self.data, dist=None, **chosen)
        self._servers.append(server)
        return server

    def start(self, **settings: str) -> ServerProcess:
        """A server that answers requests."""
        return self.make(**settings).start()

    def close(self) -> None:
        """Kill every process."""
        for server in self._servers:
            server.close()
