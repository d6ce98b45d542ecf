"""`python -m tests.server.scripted_process …`: the server's own command on a scripted engine."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from earwitness.speech.transcribe import Batch
from earwitness_server import __main__ as command
from earwitness_server import api
from earwitness_server.engine.engine import EngineOptions, Recording

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


if __name__ == "__main__":
    api.Engine = LoggedEngine  # type: ignore[assignment,misc]
    sys.exit(command.main())
