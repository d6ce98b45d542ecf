"""`build.py dev`: page and server from the work tree; each saved change is shown at once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import IO, TypedDict

from tooling.environment import environment, node
from tooling.live_reload import LiveReload
from tooling.paths import BUILD, PYTHON, ROOT
from tooling.pipeline import (
    EXPORTED_MODELS,
    PAGE_RUNTIME,
    SERVER_MODELS,
    TOOL_WHEELS,
    WHEELS,
    version,
)
from tooling.rooms import module_graph, module_of, reachable
from tooling.say import BuildError, say
from tooling.sources import ENDINGS, work_tree
from tooling.watch import Watch

DIFFERENCES = """\
Serve page and API from the work tree, and show each saved change:
  a style           takes the place of the old one in the open page
  other page files  the open page loads again, Python starts anew
  server files      the server starts again

What differs from a build (build.py run):
  - Nothing is minified, compressed or named by its content. Source maps are there.
  - Our Python is loaded from its sources, and Python starts without a memory image, so that a
    second visit starts as slowly as a first one. The standard library is compiled as in a build.
  - There is no service worker: the page needs the server, and does not update itself.
  - Damaged files of Python are not looked for when it does not start.
  - The page's content security policy allows one more origin: the one that tells of changes.
  - The server is killed when its code changes: requests in flight fail, jobs go on.
  - The port is another one, so that the browser keeps recordings apart from those of a build; so
    is the folder of the server's data.
"""
FOLDER = BUILD / "dev"
DATA = ROOT / "var-dev"
DEFAULT_PORT = 8410
SOURCES = (*ENDINGS, ".json", ".svg", ".png", ".woff2", ".webmanifest", ".txt")
"""Suffixes of watched files."""
LOOK_EVERY_S = 0.15
END_AFTER_S = 5.0


def dev(port: int, data: Path, rest: Sequence[str]) -> int:
    """Serve until interrupted; everything that is served must have been prepared.

    Raises:
        BuildError: the page cannot be bundled.
    """
    with ExitStack() as stack:
        live_reload = LiveReload()
        stack.callback(live_reload.close)
        bundler = Bundler(live_reload.url)
        stack.callback(bundler.stop)
        if error := bundler.begin():
            raise BuildError("bundling the page", error, "Correct it and run this command again.")
        write_packages(FOLDER / "python" / "packages.zip")
        server = Server(port, data, rest, live_reload.origin)
        stack.callback(server.stop)
        signal.signal(signal.SIGTERM, _interrupt)
        return Loop(bundler, server, live_reload).run()


class Loop:
    """Looks for changes, and does what each of them needs."""

    def __init__(self, bundler: Bundler, server: Server, live_reload: LiveReload) -> None:
        self._bundler, self._server, self._live_reload = bundler, server, live_reload
        self._watch = Watch([ROOT / name for name in ("web", "py", "server", "models")])
        self._of_server = modules_of_server()
        self._reload_waits = False

    def run(self) -> int:
        """Until the process is interrupted."""
        self._server.start()
        while True:
            if changed := self._watch.changed():
                # A file that goes away meanwhile is the next change.
                with suppress(FileNotFoundError):
                    self._take(changed)
            if self._server.came_up():
                say(f"Serving the work tree at {self._server.url}")
            if self._reload_waits and self._server.up:
                self._reload_waits = False
                self._live_reload.reload()
            time.sleep(LOOK_EVERY_S)

    def _take(self, changed: set[Path]) -> None:
        names = {path.relative_to(ROOT).as_posix() for path in changed}
        names = {name for name in names if name.endswith(SOURCES)}
        if not names:
            return  # An editor's own files.
        say(f"Changed: {', '.join(sorted(names)[:3])}{' …' if len(names) > 3 else ''}")
        python = {name for name in names if name.startswith("py/earwitness/")}
        if any(self._is_of_server(name) for name in names):
            self._server.start()
        if python:
            write_contract()
            write_packages(FOLDER / "python" / "packages.zip")
            self._reload_waits = True
        if python or any(name.startswith("web/") for name in names):
            self._bundle()
        if any(name.endswith(".py") for name in names):
            self._of_server = modules_of_server() or self._of_server

    def _bundle(self) -> None:
        changed = [name for name in self._bundler.bundle() if not name.endswith(".map")]
        if changed and all(name.endswith(".css") for name in changed):
            self._live_reload.swap_styles()
        elif changed:
            self._reload_waits = True

    def _is_of_server(self, name: str) -> bool:
        if name.startswith(("server/", "models/")):
            return True
        return module_of(name) in self._of_server if self._of_server else name.startswith("py/")


class Bundled(TypedDict, total=False):
    """A line of `tooling/web/dev.mjs`."""

    changed: list[str]
    error: str


class Bundler:
    """`tooling/web/dev.mjs`, which keeps what it parsed: bundling again takes some milliseconds."""

    def __init__(self, events_url: str) -> None:
        command = [node(), ROOT / "tooling" / "web" / "dev.mjs", PAGE_RUNTIME, EXPORTED_MODELS,
                   TOOL_WHEELS, FOLDER, f"{version()}-dev", events_url]  # fmt: skip
        self._process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(),
        )  # fmt: skip

    def begin(self) -> str:
        """Wait for the first bundle; returns why there is none."""
        return self._answer().get("error", "")

    def bundle(self) -> list[str]:
        """Bundle the work tree; addresses of what is new. Prints why it cannot be done."""
        print(file=_open(self._process.stdin), flush=True)
        answer = self._answer()
        if "error" in answer:
            say(f"The page cannot be bundled:\n{answer['error']}")
        return answer.get("changed", [])

    def stop(self) -> None:
        """End it."""
        _open(self._process.stdin).close()
        _end(self._process)

    def _answer(self) -> Bundled:
        line = _open(self._process.stdout).readline()
        return json.loads(line) if line else {"error": "tooling/web/dev.mjs has ended."}


class Server:
    """Our server, with the development page in it."""

    def __init__(self, port: int, data: Path, rest: Sequence[str], events_origin: str) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.up = False
        self._command = [
            str(PYTHON), "-m", "earwitness_server", "--port", str(port), "--dist", str(FOLDER),
            "--models", str(SERVER_MODELS), "--data", str(data), *rest,
        ]  # fmt: skip
        self._environment = _server_environment(environment(), events_origin)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server in place of the one that runs; its jobs continue."""
        self.up = False
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment)

    def came_up(self) -> bool:
        """Return True once, at the first answer after `start`."""
        if self.up or not self._process or self._process.poll() is not None:
            return False
        healthz = f"{self.url}healthz"
        with suppress(OSError), urllib.request.urlopen(healthz, timeout=LOOK_EVERY_S):  # noqa: S310, http
            self.up = True
        return self.up

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.terminate()
            _end(self._process)


def _server_environment(inherited: Mapping[str, str], events_origin: str) -> dict[str, str]:
    origins = [
        each for each in (inherited.get("EARWITNESS_CONNECT_ORIGINS"), events_origin) if each
    ]
    installed = [each for each in ("base", "tiny.en") if (SERVER_MODELS / each).is_dir()]
    chosen = {"EARWITNESS_DEFAULT_MODEL": installed[0]} if installed else {}
    return {
        **chosen,
        "EARWITNESS_DRAIN_S": "0",
        **inherited,
        "EARWITNESS_CONNECT_ORIGINS": ",".join(origins),
    }


def write_packages(target: Path) -> None:
    """Write the zip that the page's Python imports from: packages of others, and our sources."""
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as packages:
        for wheel in sorted(WHEELS.glob("*.whl")):
            with zipfile.ZipFile(wheel) as source:
                for name in source.namelist():
                    packages.writestr(name, source.read(name))
        for path in sorted((ROOT / "py" / "earwitness").rglob("*.py")):
            packages.write(path, path.relative_to(ROOT / "py"))
    partial.replace(target)


def write_contract() -> None:
    """Write again what `web/generated` takes from Python's classes; prints why it cannot be."""
    command = [sys.executable, "-m", "tooling.contract"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        say(f"web/generated is not written:\n{done.stderr.strip()}")


def modules_of_server() -> set[str]:
    """Modules of ours that the server imports; empty while one of them cannot be parsed."""
    try:
        return reachable(module_graph(work_tree()), "earwitness_server.__main__")
    except SyntaxError:
        return set()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_AFTER_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream, "it was asked for as a pipe"
    return stream
