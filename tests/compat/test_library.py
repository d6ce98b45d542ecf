"""The page's library of 0.1.0, opened by the library of today in this process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from earwitness.messages import Settings

from tests.compat.support import ACTIVE, assert_holds, fill, live, load, plain, request
from tests.unit.library.harness import PageLibrary

LIBRARY = load("page/library.json")
EXPECTED = load("page/expected.json")
IDS = EXPECTED["ids"]
SECONDS_A_DAY = 86_400


async def opened(house: PageLibrary) -> None:
    """Open the library as it was a day after something went to the bin."""
    fill(house, LIBRARY)
    house.clock.time_s = latest_s() + SECONDS_A_DAY
    await house.open()


def latest_s() -> float:
    """When the last recording came in."""
    moments = [row["created_at"] for row in LIBRARY["stores"]["transcripts"].values()]
    return max(datetime.fromisoformat(each).timestamp() for each in moments)


async def ask(house: PageLibrary, type_: str, **fields: Any) -> Any:
    return plain(await house.ask(request(type_, **fields)))


def test_lists_bin_words_and_hits_are_as_before() -> None:
    async def story(house: PageLibrary) -> None:
        await opened(house)
        for removed, name in ((False, "transcripts"), (True, "removed")):
            found = (await ask(house, "list-transcripts", removed=removed))["transcripts"]
            expected = EXPECTED["at once"][name]
            assert [each["id"] for each in found] == [each["id"] for each in expected]
            for one, other in zip(found, expected, strict=True):
                if other["job"]["state"] not in ACTIVE:
                    assert_holds(one, other, other["name"])
        for id_, words in EXPECTED["at once"]["words"].items():
            assert_holds(await ask(house, "get-transcript", transcript_id=id_), words)
        for query, hits in EXPECTED["at once"]["hits"].items():
            found = (await ask(house, "search", query=query))["hits"]
            assert [[h["transcript_id"], h["segment"], h["snippet"]] for h in found] == hits

    live(story)


def test_the_recording_stopped_half_way_goes_on_from_its_last_window() -> None:
    async def story(house: PageLibrary) -> None:
        await opened(house)
        (started,) = house.engines.started
        job = LIBRARY["stores"]["jobs"][IDS["half-way"]]
        assert started.transcript_id == IDS["half-way"]
        assert started.resume.window == 1
        assert_holds(plain(started.resume), job["resume"])
        assert_holds(plain(started.options), job["options"])
        states = {
            each["id"]: each["job"]["state"]
            for each in (await ask(house, "list-transcripts"))["transcripts"]
        }
        assert states[IDS["queued"]] == "queued"
        assert states[IDS["paused"]] == "paused"

    live(story)


def test_the_bin_and_the_earlier_text_come_back() -> None:
    async def story(house: PageLibrary) -> None:
        await opened(house)
        await ask(house, "restore", transcript_ids=[IDS["in the bin"]])
        await ask(house, "go-back", transcript_id=IDS["run twice"], replace_corrections=True)
        heard = LIBRARY["stores"]["windows"][f"{IDS['edited']}/0001/000000"]["segments"][0]["text"]
        await ask(house, "edit-segment", transcript_id=IDS["edited"], segment=0, text=heard)
        for name in ("in the bin", "run twice", "edited"):
            found = await ask(house, "get-transcript", transcript_id=IDS[name])
            assert_holds(found, EXPECTED["later"]["words"][IDS[name]], name)

    live(story)


def test_settings_are_as_before() -> None:
    async def story(house: PageLibrary) -> None:
        await opened(house)
        found = (await ask(house, "get-status"))["settings"]
        kept = LIBRARY["stores"]["settings"]["settings"]
        assert_holds(found, kept)
        defaults = plain(Settings())
        assert [name for name in kept if kept[name] == defaults[name]] == []
        speeds = LIBRARY["stores"]["settings"]["speeds"]["models"]
        models = {each["id"]: each for each in (await ask(house, "get-status"))["models"]}
        for name, one in speeds.items():
            factor = one["compute_s"] / one["audio_s"]
            assert models[name]["realtime_factor"] == factor

    live(story)
