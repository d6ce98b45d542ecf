"""The server's own command in a forked process, on a scripted engine or on the real one."""

from __future__ import annotations

import math
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from earwitness_server import services
from earwitness_server.cli.main import main

from tests.support.scripted_engine import ScriptedEngine


class SharedScript:
    """What a test tells the scripted engines of several processes, and what they tell the test.

    Both are files in the folder of the servers' data.
    """

    def __init__(self, data: Path) -> None:
        self._limit = data / "scripted-limit.txt"
        self._begun = data / "scripted-windows"

    def hold(self, window: int) -> None:
        """Stop every engine in the middle of this window of every recording."""
        self._limit.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._limit.with_suffix(".new")
        fresh.write_text(str(window))
        fresh.replace(self._limit)

    def release(self) -> None:
        """Let them go on."""
        self._limit.unlink(missing_ok=True)

    def limit(self) -> float:
        """The window that must not end yet."""
        try:
            return int(self._limit.read_text())
        except FileNotFoundError:
            return math.inf

    def begin(self, audio: str, window: int) -> None:
        """Write down that a window begins: as an empty file, which a full disk takes as well."""
        self._begun.mkdir(exist_ok=True)
        (self._begun / quote(f"{time.time_ns():020} {audio} {window}", safe="")).touch()

    def begun(self) -> list[str]:
        """`audio window` of every window that any engine began, in order."""
        try:
            return [unquote(name).split(" ", 1)[1] for name in sorted(os.listdir(self._begun))]
        except FileNotFoundError:
            return []


class SharedScriptedEngine(ScriptedEngine):
    """A scripted engine that tests in another process hold and release."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        super().__init__(windows=int(os.environ["SCRIPTED_WINDOWS"]))
        self._models = os.environ.get("SCRIPTED_MODELS", "base,tiny.en").split(",")
        self._script = SharedScript(Path(sys.argv[sys.argv.index("--data") + 1]))

    def models(self) -> list[str]:
        return self._models

    def limit(self) -> float:
        return self._script.limit()

    def begun(self, content: bytes, window: int) -> None:
        self._script.begin(content[:8].decode(), window)


def run(arguments: list[str], environment: dict[str, str], log: Path) -> None:
    """Be the command until it ends. Its output goes to the end of the file `log`.

    SCRIPTED_WINDOWS chooses the scripted engine, SCRIPTED_MODELS what it has; SCRIPTED_HOST is the
    name of the machine that the process takes itself to be on.
    """
    with log.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["earwitness_server", *arguments]
    if host := environment.get("SCRIPTED_HOST"):
        socket.gethostname = lambda: host
    if "SCRIPTED_WINDOWS" in environment:
        services.Engine = SharedScriptedEngine  # type: ignore[assignment,misc]
    sys.exit(main())
