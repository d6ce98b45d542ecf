"""The library of a server: reading it needs a setting of its own, and a copy is known as one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError
from earwitness.remote.http import Request, Response, ResponseStream
from earwitness.serialization import to_plain
from earwitness.transcript import Segment, Transcript

from tests.unit.library.harness import PageLibrary, with_library

FOUND = Transcript(
    "theirs", "Council.mp3", "2026-11-30T10:00:00.000Z", 60.0, "base", "transcribe", "en", 1.0,
    (Segment(0.0, 2.0, " Good evening."),),
)  # fmt: skip


class TeamServer:
    """A server with one transcript and an empty list."""

    origin = "https://page.example"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def send(self, request: Request) -> Response:
        self.asked.append(request.url)
        whole = request.url.endswith("/theirs")
        body = (
            to_plain(FOUND)
            if whole
            else {"type": "transcript-list", "transcripts": [], "next": "c"}
        )
        return Response(200, {}, json.dumps(body))

    async def stream(self, request: Request) -> ResponseStream:
        raise NotImplementedError(request.url)

    async def download(self, request: Request) -> tuple[Response, object]:
        raise NotImplementedError(request.url)


async def use(library: PageLibrary, **settings: object) -> None:
    status = await library.ask(m.GetStatus())
    await library.ask(m.ChangeSettings(replace(status.settings, **settings)))


@with_library
async def test_server_is_not_asked_before_the_user_chose_it(library: PageLibrary) -> None:
    server = library.service.server_requests
    with pytest.raises(BadRequestError):
        await server.transcripts(m.ListTranscripts(where="server"))
    await use(library, where="auto")
    with pytest.raises(BadRequestError):
        await server.transcripts(m.ListTranscripts(where="server"))


def test_library_of_the_server_is_listed_while_recordings_stay_here() -> None:
    http = TeamServer()

    @with_library
    async def story(library: PageLibrary) -> None:
        library.http = http
        await library.restart()
        await use(library, search_server=True, server_url="https://team.example")
        status = await library.ask(m.GetStatus())
        assert status.server is not None
        assert not status.server.allowed, "searching is no consent to send recordings"
        page = await library.ask(m.ListTranscripts("b", 7, where="server"))
        assert (page.transcripts, page.next) == ((), "c")
        assert http.asked == ["https://team.example/api/transcripts?before=b&limit=7"]

    story()


def test_copy_is_known_as_one() -> None:
    http = TeamServer()

    @with_library
    async def story(library: PageLibrary) -> None:
        library.http = http
        await library.restart()
        own = await library.add()
        await use(library, search_server=True, server_url="https://team.example")
        copy = await library.ask(m.CopyTranscript("theirs"))
        listed = await library.ask(m.ListTranscripts())
        copied = {each.id: each.job.copied for each in listed.transcripts}
        assert copied == {own: False, copy.id: True}
        assert copy.job.server == "https://team.example"

    story()
