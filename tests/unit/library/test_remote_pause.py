"""Pause and resume of a recording that a server transcribes."""

from __future__ import annotations

import asyncio
import json

from earwitness import messages as m
from earwitness.remote.http import Request, Response
from earwitness.serialization import to_plain
from earwitness.transcript import Transcript

from tests.unit.library.harness import PageLibrary

SERVER = "https://a.example"
JOB = "/api/jobs/j"


class OneJobServer:
    """A server of one job, which is done once it is resumed. A cancel waits for `arrive`."""

    origin = "https://page.example"

    def __init__(self) -> None:
        self.state: m.JobState = "transcribing"
        self.followed = asyncio.Event()
        self.arrive = asyncio.Event()
        self.ended = asyncio.Event()
        self.looks: list[m.JobState] = []

    async def send(self, request: Request) -> Response:
        await asyncio.sleep(0)
        path = request.url.removeprefix(SERVER)
        if (request.method, path) == ("POST", "/api/uploads"):
            return Response(201, {"location": "/api/uploads/u"})
        if request.method == "PATCH" and request.audio:
            return Response(204, {"upload-offset": str(request.audio.end)})
        if (request.method, path) == ("POST", "/api/jobs"):
            return Response(201, {}, json.dumps({"id": "j"}))
        if path == f"{JOB}/cancel":
            await self.arrive.wait()
            self._end("cancelled")
        elif path == f"{JOB}/resume":
            assert self.state == "cancelled"
            self._end("done")
        elif path == f"{JOB}/result":
            result = Transcript("j", "talk.wav", "2026-11-30T10:00:00Z", 1.0, "base")
            return Response(200, {}, json.dumps(to_plain(result)))
        else:
            assert path == JOB
            self.looks.append(self.state)
        return Response(200, {}, json.dumps(to_plain(m.JobView("j", self.state))))

    async def download(self, request: Request) -> tuple[Response, object]:
        raise NotImplementedError(request.url)

    async def stream(self, request: Request) -> EventsUntilTheEnd:
        self.followed.set()
        return EventsUntilTheEnd(self.ended)

    def _end(self, state: m.JobState) -> None:
        self.state = state
        self.ended.set()


class EventsUntilTheEnd:
    """A stream without events, which closes when the job ends."""

    response = Response(200, {})

    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    async def next(self) -> str | None:
        await self._ended.wait()
        return None

    def close(self) -> None:
        """There is no connection."""


def test_resume_waits_for_the_cancel_that_is_under_way() -> None:
    async def story() -> None:
        server = OneJobServer()
        library = PageLibrary(server)
        await library.open()
        handle = library.service.handle
        await handle(m.ChangeSettings(m.Settings(where="server", server_url=SERVER)))
        made = await handle(m.AddFile("talk.wav", m.TranscribeOptions(where="server")), [b"a"])
        assert isinstance(made, m.TranscriptSummary)
        await server.followed.wait()
        await handle(m.Pause(made.id))
        await handle(m.Resume(made.id))
        for _ in range(100):  # More turns than a look at the job takes.
            await asyncio.sleep(0)
        assert server.looks == []
        server.arrive.set()
        await library.service.settle()
        await library.service.remote.settle()
        assert server.looks == ["cancelled", "done"]
        assert await library.state(made.id) == "done"

    asyncio.run(asyncio.wait_for(story(), 20))
