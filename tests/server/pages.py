"""The page's library on a real network, and the server processes that it talks to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earwitness import messages as m

from tests.server.host_wire import HostWire
from tests.server.scripted import sentence
from tests.unit.library.house import House

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = 4
PACE_S = 0.3
WHOLE = [sentence(i) for i in range(WINDOWS)]


class RealClock:
    def now(self) -> float:
        return time.time()

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)


@dataclass
class Process:
    """A server that can be killed and started again on the same address."""

    folder: Path
    port: int
    keys: bool = False
    running: subprocess.Popen[str] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = self.environment()
        command = [sys.executable, "-m", "tests.server.scripted_process", "--port", str(self.port)]
        with (self.folder / "log.txt").open("a") as log:
            self.running = subprocess.Popen(
                [*command, "--dist", f"{self.folder}/dist", "--data", f"{self.folder}/data"],
                stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=ROOT,
            )  # fmt: skip
        assert self.running.stdout is not None
        assert self.running.stdout.readline()

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SCRIPTED_WINDOWS": str(WINDOWS),
            "SCRIPTED_PACE_S": str(PACE_S),
            "EARWITNESS_WORKER_AWAY_S": "3",
            "EARWITNESS_REQUIRE_KEYS": str(self.keys).lower(),
        }

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.wait()
        assert self.running.stdout is not None
        self.running.stdout.close()
        self.running = None

    def key(self) -> str:
        command = [sys.executable, "-m", "earwitness_server", "--data", str(self.folder / "data")]
        told = subprocess.run(
            [*command, "keys", "add", "page", "--scopes", "transcribe,read,write"],
            check=True, capture_output=True, text=True, cwd=ROOT,
            env=self.environment() | {"EARWITNESS_DATA": str(self.folder / "data")},
        )  # fmt: skip
        return next(word for word in told.stdout.split() if word.startswith("ew_"))


class Page(House):
    """The library with a real network and a real clock."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.network = self.wire = HostWire(origin, self.shelf)
        self.clock: Any = RealClock()

    async def ask(self, request: m.Request, *attachments: object) -> Any:
        return await self.service.handle(request, attachments)

    async def hear(self, event: Any) -> None:
        await self.service.on_engine_event(event)

    async def choose(self, **settings: Any) -> None:
        await self.ask(m.ChangeSettings(replace(self.service.repository.settings, **settings)))

    async def send(self, content: bytes = b"talk", **options: Any) -> str:
        name = f"{content[:8].decode()}.wav"
        reply = await self.ask(m.AddFile(name, m.TranscribeOptions(**options)), content)
        return str(reply.id)

    def summary(self, id_: str) -> m.TranscriptSummary:
        return self.service.repository.summary(id_)

    async def until(self, check: Callable[[], Any], patience_s: float = 40.0) -> None:
        deadline = time.monotonic() + patience_s
        while not check():
            assert time.monotonic() < deadline, "it never happened"
            await asyncio.sleep(0.05)

    async def done(self, id_: str) -> list[str]:
        """Wait for the end; the texts."""
        finished = ("done", "failed", "cancelled", "paused")
        await self.until(lambda: self.summary(id_).job.state in finished)
        assert self.summary(id_).job.state == "done", self.summary(id_).job
        return await self.texts(id_)

    async def reload(self) -> None:
        """What closing and opening the tab does: whatever was under way is gone."""
        for job in self.service.repository.jobs():
            await self.service.remote.hang_up(job.transcript_id)
        await self.open()

    def texts_of(self, id_: str) -> int:
        """How many sentences of the server's are committed."""
        mark = self.service.repository.job(id_).resume.mark
        return int(mark.split(".")[1]) if mark else 0


def visit(origin: str, story: Callable[[Page], Awaitable[None]]) -> None:
    """Run a story on an open page that came from `origin`."""

    async def whole() -> None:
        page = Page(origin)
        await page.open()
        await asyncio.wait_for(story(page), 120)
        await page.service.remote.settle()

    asyncio.run(whole())


def paths(page: Page, method: str) -> list[str]:
    return [q.url.split("/", 3)[3].split("/")[1] for q in page.network.asked if q.method == method]
