"""The server with a model and a library of its own, as a process that can be killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.conftest import ROOT, Server, free_port, wait_for_http
from tooling.environment import environment

MODELS = ROOT / "build" / "server-models"


@dataclass
class FullServer(Server):
    """The page and a real engine behind it, with a library of its own; it can be killed."""

    data: Path = Path("var")
    settings: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def origin(self) -> str:
        return self.url.rstrip("/")

    def start(self) -> None:
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "earwitness_server", "--port", str(self.port)]
        command += ["--dist", str(self.dist), "--data", str(self.data), "--models", str(MODELS)]
        own = {"EARWITNESS_DEFAULT_MODEL": "tiny.en", "EARWITNESS_WORKER_AWAY_S": "3"}
        with (ROOT / "build" / "test-server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=ROOT, env=environment() | own | self.settings
            )
        wait_for_http(self.url + "readyz")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.process = None

    def key(self) -> str:
        """A new key of this server's."""
        command = [sys.executable, "-m", "earwitness_server", "keys", "add", "page"]
        told = subprocess.run(
            [*command, "--scopes", "transcribe,read,write"],
            check=True, capture_output=True, text=True, cwd=ROOT,
            env=environment() | {"EARWITNESS_DATA": str(self.data)},
        )  # fmt: skip
        return next(word for word in told.stdout.split() if word.startswith("ew_"))
