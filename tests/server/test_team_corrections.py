"""Two people correct one text of a server: the page's library of each against a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.domain.versions import EditConflictError
from earwitness.errors import BadRequestError, EarwitnessError, ServerError
from earwitness.remote.http import Request

from tests.support.network_library import STORY_S, Page
from tests.support.scripted_engine import sentence
from tests.support.server_process import ServerProcess
from tests.support.waiting import wait_for

WINDOWS = 4
WHOLE = [sentence(i) for i in range(WINDOWS)]
Person = tuple[Page, str]
"""A page, and the id of the copy in its library."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that needs keys."""
    made = ServerProcess(
        tmp_path / "server", scripted_windows=str(WINDOWS), earwitness_require_keys="true"
    )
    yield made.start()
    made.close()


def add_transcript(server: ServerProcess, key: str, *, keep_audio: bool = False) -> str:
    """Transcribe a recording; return its id."""
    auth = {"authorization": f"Bearer {key}"}
    headers = {
        "upload-length": "4",
        "content-type": "application/offset+octet-stream",
        "tus-resumable": "1.0.0",
        **auth,
    }
    location = server.call("POST", "/api/uploads", b"talk", **headers)["location"]
    body = {"upload": location.split("/")[-1], "keep_audio": keep_audio}
    id_ = str(server.call("POST", "/api/jobs", body, **auth)["id"])

    def done() -> bool:
        return server.call("GET", f"/api/jobs/{id_}", **auth)["state"] == "done"

    wait_for(done, "the end of the job")
    return id_


def meet(
    server: ServerProcess, keys: list[str], id_: str, story: Callable[..., Awaitable[None]]
) -> None:
    """Run a story with a copy of the transcript in the library of each key's page."""

    async def whole() -> None:
        pages = [Page(server.origin) for _ in keys]
        people: list[Person] = []
        for page, key in zip(pages, keys, strict=True):
            await page.open()
            await page.choose(search_server=True, server_key=key)
            people.append((page, (await page.ask(m.CopyTranscript(id_))).id))
        try:
            await asyncio.wait_for(story(*people), STORY_S)
        finally:
            for page in pages:
                page.network.close()

    asyncio.run(whole())


async def type_over(person: Person, segment: int, text: str) -> None:
    page, id_ = person
    await page.ask(m.Update(id_, {str(segment): text}))


async def look(person: Person) -> m.OriginalView:
    page, id_ = person
    view: m.OriginalView = await page.ask(m.GetOriginal(id_))
    return view


async def send(person: Person, **decided: Any) -> m.Updated:
    page, id_ = person
    updated: m.Updated = await page.ask(m.Synchronise(id_, **decided))
    return updated


async def read(person: Person) -> list[str]:
    page, id_ = person
    return await page.texts(id_)


def test_corrections_of_two_people_meet_and_say_who_made_them(server: ServerProcess) -> None:
    anna, ben = server.add_key("--label", "Anna <b>"), server.add_key("--label", "Ben")

    async def story(one: Person, other: Person) -> None:
        await type_over(one, 0, "Anna was here.")
        await one[0].ask(m.Update(one[1], split=(m.SplitAt(1, len("This is")),)))
        await one[0].ask(m.Update(one[1], delete=(4,)))
        assert (await look(one)).unsent == 3
        assert (await look(other)) == m.OriginalView(0, may_change=True)
        await send(one)
        assert (await look(one)) == m.OriginalView(0, may_change=True)

        await type_over(other, 2, "Ben was here.")
        view = await look(other)
        assert (view.unsent, [each.by for each in view.newer]) == (1, ["Anna <b>"])
        updated = await send(other)
        assert updated.what
        texts = await read(other)
        assert texts == ["Anna was here.", *texts[1:3], "Ben was here."]
        assert " ".join(texts[1:3]) == WHOLE[1]

        assert [each.by for each in (await look(one)).newer] == ["Ben"]
        await send(one, send=False)
        assert await read(one) == texts
        page, id_ = one
        here = await page.ask(m.ListVersions(id_))
        assert [each.by for each in here.versions] == ["Ben", "", "", "", ""]
        there = await page.ask(m.ListVersions(id_, where="server"))
        assert [each.by for each in there.versions] == ["Ben", "Anna <b>", ""]
        assert (await look(one)) == m.OriginalView(0, may_change=True)

    meet(server, [anna, ben], add_transcript(server, anna), story)


def test_sentence_that_both_corrected_is_asked_about_and_nothing_is_lost(
    server: ServerProcess,
) -> None:
    key = server.add_key()

    async def story(one: Person, other: Person) -> None:
        await type_over(one, 0, "Mine.")
        await type_over(other, 0, "Theirs.")
        await type_over(other, 2, "Another one.")
        await send(other)
        with pytest.raises(EditConflictError) as caught:
            await send(one)
        detail = json.loads(caught.value.view().detail)
        assert detail["conflicts"] == [{"segment": 0, "yours": "Mine.", "theirs": "Theirs."}]
        assert (await read(one))[0] == "Mine."
        assert (await read(one))[2] == WHOLE[2]
        # An answer to an older question is asked again.
        with pytest.raises(EditConflictError):
            await send(one, keep={"0": "mine"}, revision=detail["revision"] - 1)
        await send(one, keep={"0": "mine"}, revision=detail["revision"])
        assert (await read(one))[::2] == ["Mine.", "Another one."]
        await send(other)
        assert await read(other) == await read(one)
        page, id_ = other
        versions = await page.ask(m.CompareVersions(id_, 2))
        shown = [word.text for each in versions.differences for word in each.words]
        assert shown == ["Theirs.", "Mine."], "what was overwritten is an earlier text"

        await type_over(one, 1, "One.")
        await type_over(other, 1, "Other.")
        await send(other)
        with pytest.raises(EditConflictError) as caught:
            await send(one, send=False)
        detail = json.loads(caught.value.view().detail)
        await send(one, send=False, keep={"1": "theirs"}, revision=detail["revision"])
        assert await read(one) == await read(other)
        assert (await look(one)).unsent == 0

    meet(server, [key, key], add_transcript(server, key), story)


def test_corrections_that_are_not_sent_stay_over_those_that_come(server: ServerProcess) -> None:
    writes = server.add_key()
    reads = server.add_key("--scopes", "read")

    async def story(writer: Person, reader: Person) -> None:
        await type_over(reader, 0, "Only here.")
        await type_over(writer, 2, "For all.")
        await send(writer)
        view = await look(reader)
        assert (view.unsent, view.may_change, len(view.newer)) == (1, False, 1)
        with pytest.raises(ServerError, match="write"):
            await send(reader)
        assert (await read(reader))[::2] == ["Only here.", WHOLE[2]]
        await send(reader, send=False)
        assert (await read(reader))[::2] == ["Only here.", "For all."]
        assert (await look(reader)) == m.OriginalView(1, may_change=False)
        assert (await read(writer))[0] == WHOLE[0]

    meet(server, [writes, reads], add_transcript(server, writes), story)


def test_shared_text_of_another_owner_may_only_be_read(server: ServerProcess) -> None:
    own = server.add_key()
    foreign = server.add_key(owner="guest")
    id_ = add_transcript(server, own)
    auth = {"authorization": f"Bearer {own}"}
    server.call("PATCH", f"/api/transcripts/{id_}", {"shared": True}, **auth)

    async def story(guest: Person) -> None:
        await type_over(guest, 0, "Mine.")
        view = await look(guest)
        assert (view.unsent, view.may_change) == (1, False)
        with pytest.raises(EarwitnessError):
            await send(guest)
        assert (await read(guest))[0] == "Mine."

    meet(server, [foreign], id_, story)


def test_corrections_without_connection_are_sent_later(server: ServerProcess) -> None:
    key = server.add_key()

    async def story(one: Person) -> None:
        server.kill()
        await type_over(one, 0, "Offline.")
        view = await look(one)
        assert view.unsent == 1
        assert view.error is not None
        with pytest.raises(ServerError):
            await send(one)
        server.start()
        await send(one)
        assert (await look(one)) == m.OriginalView(0, may_change=True)

    meet(server, [key], add_transcript(server, key), story)


def test_correction_while_another_is_on_its_way_is_sent_later(server: ServerProcess) -> None:
    key = server.add_key()

    async def story(one: Person) -> None:
        page, id_ = one
        await type_over(one, 0, "First.")
        real, typed = page.network.send, False

        async def interrupted(request: Request) -> Any:
            nonlocal typed
            answer = await real(request)
            if request.method == "PATCH" and not typed:
                typed = True
                # The user goes on typing while the correction is on its way.
                await type_over(one, 0, "Second.")
            return answer

        page.network.send = interrupted
        await send(one)
        auth = {"authorization": f"Bearer {key}"}
        for unsent, there in ((1, "First."), (0, "Second.")):
            kept = server.call("GET", f"/api/transcripts/{id_}", **auth)["segments"]
            assert kept[0]["text"].strip() == there
            assert (await read(one))[0] == "Second."
            assert (await look(one)).unsent == unsent
            await send(one)

    meet(server, [key], add_transcript(server, key), story)


def test_copy_with_redacted_words_sends_and_takes_in_nothing(server: ServerProcess) -> None:
    key = server.add_key()

    async def story(one: Person) -> None:
        page, id_ = one
        await page.ask(m.Update(id_, redact=(m.RedactText(0, 0, 4),)))
        texts = await read(one)
        for request in (m.GetOriginal(id_), m.Synchronise(id_), m.Synchronise(id_, send=False)):
            with pytest.raises(BadRequestError, match="redacted words"):
                await page.ask(request)
        assert await read(one) == texts
        there = await page.ask(m.ListVersions(id_, where="server"))
        assert len(there.versions) == 1

    meet(server, [key], add_transcript(server, key), story)


def test_recording_that_the_server_kept_comes_with_the_copy(server: ServerProcess) -> None:
    key = server.add_key()

    async def story(one: Person) -> None:
        page, id_ = one
        assert (await look(one)).audio_bytes == 4
        summary = await page.ask(m.FetchAudio(id_))
        assert summary.audio_kept
        assert page.audio_store.files[id_] == b"talk"
        assert (await look(one)).audio_bytes == 0

    meet(server, [key], add_transcript(server, key, keep_audio=True), story)
