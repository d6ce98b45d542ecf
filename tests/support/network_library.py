"""The page's library in this process, on a real network and a real clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from earwitness import messages as m

from tests.support.host_network import HostHttpClient
from tests.support.waiting import wait_for_async
from tests.unit.library.harness import PageLibrary

STORY_S = 400.0
"""The longest that a story may take; each of its waits names what it waits for before that."""


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, delay_s: float) -> None:
        """Return after `delay_s`."""
        await asyncio.sleep(delay_s)


class Page(PageLibrary):
    """The library with a real network and a real clock."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.network = self.http = HostHttpClient(origin, self.audio_store)
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

    async def done(self, id_: str) -> list[str]:
        """Wait for the end; the texts."""
        finished = ("done", "failed", "cancelled", "paused")
        await wait_for_async(
            lambda: self.summary(id_).job.state in finished, "the end of the transcription"
        )
        assert self.summary(id_).job.state == "done", self.summary(id_).job
        return await self.texts(id_)

    async def reload(self) -> None:
        """What closing and opening the tab does: whatever was under way is gone."""
        for job in self.service.repository.jobs():
            await self.service.remote.disconnect(job.transcript_id)
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
        try:
            await asyncio.wait_for(story(page), STORY_S)
            await page.service.remote.settle()
        finally:
            page.network.close()

    asyncio.run(whole())


def paths(page: Page, method: str) -> list[str]:
    return [q.url.split("/", 3)[3].split("/")[1] for q in page.network.asked if q.method == method]
