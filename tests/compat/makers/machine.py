"""Servers and browsers for the makers, reached by their public doors only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests" / "compat" / "v0_1_0"
CORPUS = ROOT / "tests" / "corpus"
PATIENCE_S = 600.0
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
HOST = "a-machine"
"""The name of the machine that a server takes itself to be on: no fixture names a real one."""
_COMMAND = (
    f"import runpy, socket; socket.gethostname = lambda: {HOST!r}; "
    "runpy.run_module({!r}, run_name='__main__')"
)


def environment(**settings: str) -> dict[str, str]:
    """Variables of a child process that runs this checkout."""
    paths = [ROOT / "py", ROOT / "server", ROOT / "models", ROOT]
    own = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "ORT_DISABLE_TELEMETRY": "1"}
    return {**os.environ, **own, **settings}


class Process:
    """The server's own command in a process that can be killed."""

    def __init__(self, data: Path, module: str = "earwitness_server", **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-c", _COMMAND.format(module)]
        command += ["--port", str(self.port), "--data", str(data)]
        command += ["--dist", str(ROOT / "dist"), "--models", str(ROOT / "build/server-models")]
        own = {"EARWITNESS_DEFAULT_MODEL": "tiny.en"}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment(**own, **settings))
        until(lambda: self._process.poll() is not None or answers(f"{self.url}/readyz"))
        assert self._process.poll() is None, "the server did not start"

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as a supervisor would."""
        self._process.terminate()
        self._process.wait()


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)


def call(
    url: str, method: str, path: str, body: Any = None, key: str = "", **headers: str
) -> Answer:
    """Send a request; bytes are sent as a piece of an upload, anything else as JSON."""
    raw = isinstance(body, bytes)
    data = body if raw else None if body is None else json.dumps(body).encode()
    own = {"content-type": "application/offset+octet-stream" if raw else "application/json"}
    if key:
        own["authorization"] = f"Bearer {key}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url + path, data, {**own, **named}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read().decode())


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(url: str) -> bool:
    """Whether there is a server at an address."""
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except OSError:
        return False


def until(check: object, wait_s: float = 0.1) -> None:
    """Ask again and again until it is true."""
    assert callable(check)
    end = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < end, "it never happened"
        time.sleep(wait_s)


@contextmanager
def browsing(profile: Path) -> Iterator[BrowserContext]:
    """A Chromium of its own with a profile on the disk."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=os.environ.get("EARWITNESS_CHROMIUM", "/usr/bin/chromium"),
            args=FLAGS,
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        yield context
        context.close()


def visit(context: BrowserContext, url: str) -> Page:
    """Open the page and wait until its Python is up."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("() => window.earwitness !== undefined")
    page.evaluate("() => window.earwitness.ready")
    return page
