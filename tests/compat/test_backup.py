"""A backup that 0.1.0 saved, loaded by the library of today."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.compat.origin import sha256
from tests.compat.support import FIXTURES, assert_holds, live, load, plain, request
from tests.unit.library.harness import PageLibrary

BACKUP = (FIXTURES / "backup" / "earwitness.zip").read_bytes()
EXPECTED = load("backup/expected.json")
IDS = EXPECTED["ids"]
WAITING, HALF_WAY = (each["id"] for each in EXPECTED["transcripts"][:2])


async def loaded(house: PageLibrary) -> Any:
    """Load the backup into an empty library; the reply."""
    await house.open()
    return await house.ask(request("load-backup"), BACKUP)


def entries(data: bytes) -> dict[str, Any]:
    """What a backup holds: JSON read, audio as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        contents = {name: file.read(name) for name in file.namelist()}
    return {
        name: json.loads(content) if name.endswith(".json") else content
        for name, content in contents.items()
    }


def test_words_and_audio_come_in_unchanged() -> None:
    async def story(house: PageLibrary) -> None:
        reply = await loaded(house)
        assert sorted(reply.added) == EXPECTED["added"]
        assert IDS["in the bin"] not in reply.added
        found = plain(await house.ask(request("list-transcripts")))["transcripts"]
        assert_holds(found, [without_unfinished_job(each) for each in EXPECTED["transcripts"]])
        for id_, words in EXPECTED["words"].items():
            whole = plain(await house.ask(request("get-transcript", transcript_id=id_)))
            assert_holds(whole, words)
        audio = {id_: sha256(content) for id_, content in house.audio_store.files.items()}
        assert audio == EXPECTED["audio"]

    live(story)


def without_unfinished_job(summary: dict[str, Any]) -> dict[str, Any]:
    """0.1.0 loads a recording that was not done as done; then its job is not compared."""
    unfinished = summary["id"] in (WAITING, HALF_WAY)
    return {name: value for name, value in summary.items() if not (unfinished and name == "job")}


def test_what_was_not_done_is_paused_and_goes_on() -> None:
    async def story(house: PageLibrary) -> None:
        await loaded(house)
        assert house.engines.started == []
        assert [await house.state(id_) for id_ in (WAITING, HALF_WAY)] == ["paused", "paused"]
        words = await house.texts(HALF_WAY)
        await house.ask(request("resume", transcript_id=HALF_WAY))
        (started,) = house.engines.started
        # The point that 0.1.0 had stored with the same words, in the library beside the backup.
        assert (started.resume.batch, started.resume.window, started.resume.sample) == (
            1,
            1,
            315_392,
        )
        assert (started.options.model, started.resume.language) == ("tiny.en", "en")
        assert await house.texts(HALF_WAY) == words
        await house.ask(request("cancel", transcript_id=HALF_WAY))
        await house.ask(request("resume", transcript_id=WAITING))
        assert house.engines.started[-1].resume.batch == 0

    live(story)


def test_the_earlier_text_comes_back() -> None:
    async def story(house: PageLibrary) -> None:
        await loaded(house)
        id_ = IDS["run twice"]
        for _ in range(2):
            await house.ask(request("go-back", transcript_id=id_, replace_corrections=True))
        found = plain(await house.ask(request("get-transcript", transcript_id=id_)))
        assert_holds(found, EXPECTED["earlier"])

    live(story)


def test_saved_again_it_holds_the_same() -> None:
    async def story(house: PageLibrary) -> None:
        await loaded(house)
        await house.ask(request("save-backup"))
        (again,) = house.backups.files.values()
        found, expected = entries(again), entries(BACKUP)
        assert set(found) == set(expected)
        for name, content in expected.items():
            if name.startswith("transcripts/"):
                assert_holds(found[name], content, name)
            elif name.startswith("audio/"):
                assert found[name] == content, name

    live(story)
