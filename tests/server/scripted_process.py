"""`python -m tests.server.scripted_process …`: the server's own command on a scripted engine."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from earwitness.speech.transcribe import Batch
from earwitness_server import __main__ as command
from earwitness_server import api
from earwitness_server.inference.engine import EngineOptions, Recording

from tests.server.scripted import ScriptedEngine


class LoggedEngine(ScriptedEngine):
    """Writes down every batch that it begins, across processes."""

    def __init__(self, _options: EngineOptions) -> None:
        super().__init__(
            windows=int(os.environ["SCRIPTED_WINDOWS"]),
            pace_s=float(os.environ["SCRIPTED_PACE_S"]),
        )
        self.log = Path(sys.argv[sys.argv.index("--data") + 1]) / "heard.txt"

    async def transcribe(self, recording: Recording, **options: Any) -> AsyncGenerator[Batch]:
        async for batch in super().transcribe(recording, **options):
            with self.log.open("a") as file:
                file.write(f"{recording.fingerprint[:8]} {batch.windows[0].window}\n")
            yield batch


def main() -> int:
    """The command; SCRIPTED_HOST is the name of the machine that it takes itself to be on."""
    if host := os.environ.get("SCRIPTED_HOST"):
        socket.gethostname = lambda: host
    api.Engine = LoggedEngine  # type: ignore[assignment,misc]
    return command.main()


def run(arguments: list[str], environment: dict[str, str], said: Path) -> None:
    """The command in a forked process; what it says goes to a file."""
    with said.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    sys.argv = ["earwitness_server", *arguments]
    sys.exit(main())


if __name__ == "__main__":
    sys.exit(main())
