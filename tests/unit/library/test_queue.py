"""How files come in, and in which order they get their turn."""

from __future__ import annotations

import asyncio
import json

import pytest
from earwitness import messages as m
from earwitness.engine_messages import AudioOpened, Working
from earwitness.errors import BadRequestError, NotFoundError, StorageError
from earwitness.library.ports import ModelInfo
from earwitness.library.queue.watchdog import CHECK_S, PAUSE_S

from tests.unit.library.house import (
    House,
    batch,
    finished,
    lived,
    ready,
    transcribed,
)


@lived
async def test_the_same_id_again_is_the_same_recording(house: House) -> None:
    request = m.AddFile("a.wav", transcript_id="page-1")
    both = await asyncio.gather(
        house.service.handle(request, [b"x"]), house.service.handle(request, [b"x"])
    )
    assert [reply.id for reply in both if isinstance(reply, m.TranscriptSummary)] == ["page-1"] * 2
    assert len((await house.ask(m.ListTranscripts())).transcripts) == 1


@lived
async def test_a_refused_file_leaves_nothing(house: House) -> None:
    house.shelf.full = True
    with pytest.raises(StorageError):
        await house.ask(m.AddFile("big.wav"), b"x")
    house.shelf.full = False
    house.store.fails = 1
    with pytest.raises(StorageError):
        await house.ask(m.AddFile("a.wav"), b"x")
    for bad in ("../x", "a/b", "", "x" * 65):
        request = m.AddFile("a.wav", transcript_id=bad)
        if bad:
            with pytest.raises(BadRequestError):
                await house.ask(request, b"x")
    with pytest.raises(BadRequestError, match="no model"):
        await house.ask(m.AddFile("a.wav", m.TranscribeOptions(model="huge")), b"x")
    with pytest.raises(BadRequestError, match="One file"):
        await house.ask(m.AddFile("a.wav"))
    assert (await house.ask(m.ListTranscripts())).transcripts == ()
    assert house.shelf.files == {}
    assert not house.host.warns


@lived
async def test_open_options_come_from_the_settings(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(model="tiny.en", language="de", threads=3)))
    await house.add(language="")
    request = house.engines.started[0]
    assert (request.options.model, request.options.language) == ("tiny.en", "de")
    assert request.threads == 3


@lived
async def test_a_model_that_is_here_is_warmed_while_the_file_comes_in(house: House) -> None:
    await house.add(model="base")
    assert [request.model for request in house.engines.warmed] == ["base"]
    await house.restart()
    await house.ask(m.AddFile("b.wav", m.TranscribeOptions(model="tiny.en")), b"b")
    assert house.engines.warmed == []


@lived
async def test_names_are_one_printable_line(house: House) -> None:
    id_ = await house.add("\u202eevil\nname\x00.mp3" + "x" * 400)
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.name.startswith("evil name .mp3")
    assert len(line.name) == 300
    with pytest.raises(BadRequestError):
        await house.ask(m.Rename(id_, "  "))


@lived
async def test_without_keeping_audio_it_goes_when_the_words_are_there(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(keep_audio=False)))
    id_ = await transcribed(house, "Hello.")
    assert house.shelf.files == {}
    assert (await house.ask(m.GetAudio(id_))).path == ""
    summary = await house.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base")))
    assert summary.job.state == "needs-file"
    assert await house.texts(id_) == [" Hello."]


@lived
async def test_pause_survives_a_restart_and_resume_goes_on(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    assert house.engines.pauses == 1
    assert await house.state(id_) == "pausing"
    await house.hear(batch(id_, 1, "In flight."))
    assert await house.state(id_) == "pausing"
    await house.hear(finished(id_, paused=True))
    assert await house.state(id_) == "paused"
    await house.restart()
    assert await house.state(id_) == "paused"
    assert house.engines.started == []
    await house.ask(m.Resume(id_))
    assert house.engines.started[0].resume.batch == 1


@lived
async def test_a_pause_frees_the_engine_soon_even_in_the_middle_of_a_batch(house: House) -> None:
    first = await house.add("a.wav", b"a")
    second = await house.add("b.wav", b"b")
    await house.hear(ready())
    await house.hear(batch(first, 1, "One."))
    await house.ask(m.Pause(first))
    checks = 0
    while house.engines.terminations == 0:
        assert await house.state(first) == "pausing"
        assert checks * CHECK_S <= PAUSE_S
        await house.hear(Working(first))
        await house.service.check_engine()
        checks += 1
    await house.service.settle()
    assert checks * CHECK_S > PAUSE_S
    assert await house.state(first) == "paused"
    assert house.engines.started[-1].transcript_id == second
    assert await house.state(second) == "loading"
    await house.ask(m.Resume(first))
    await house.hear(finished(second))
    assert house.engines.started[-1].resume.batch == 1


@lived
async def test_a_pause_is_never_kept_as_on_its_way(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    await house.ask(m.Rename(id_, "Another name"))
    (line,) = json.loads(house.store.tables["snapshot"]["recent"])
    assert line["job"]["state"] == "paused"
    await house.restart()
    assert await house.state(id_) == "paused"


@lived
async def test_after_a_resume_everyone_who_waits_is_told_the_new_place(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(4)]
    await house.hear(ready())
    await house.ask(m.Pause(ids[1]))
    house.events.clear()
    await house.ask(m.Resume(ids[1]))
    told = {e.transcript.id: e.transcript.job.queue_position for e in house.of(m.TranscriptChanged)}
    assert told == {ids[1]: 1, ids[2]: 2, ids[3]: 3}


@lived
async def test_resume_before_the_pause_took_hold_goes_on_afterwards(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    await house.ask(m.Resume(id_))
    assert len(house.engines.started) == 1
    await house.hear(finished(id_, paused=True))
    assert len(house.engines.started) == 2
    assert await house.state(id_) == "transcribing"


@lived
async def test_the_queue_has_an_order_that_can_be_changed(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(4)]
    listed = {t.id: t for t in (await house.ask(m.ListTranscripts())).transcripts}
    assert [listed[id_].job.queue_position for id_ in ids] == [0, 1, 2, 3]
    assert (await house.ask(m.Prioritise(ids[3]))).job.queue_position == 1
    await house.ask(m.Cancel(ids[1]))
    for id_ in (ids[0], ids[3], ids[2]):
        assert house.engines.started[-1].transcript_id == id_
        await house.hear(finished(id_))
    assert len(house.engines.started) == 3


@lived
async def test_those_who_wait_hear_that_they_moved_up(house: House) -> None:
    first, _, last = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(3)]
    house.events.clear()
    await house.hear(finished(first))
    heard = [e.transcript for e in house.events if isinstance(e, m.TranscriptChanged)]
    assert [t.job.queue_position for t in heard if t.id == last] == [1]


def places(house: House) -> dict[str, int]:
    """What the pages were told last of every recording's place in the queue."""
    told = [e.transcript for e in house.events if isinstance(e, m.TranscriptChanged)]
    return {t.id: t.job.queue_position for t in told}


@lived
async def test_whoever_leaves_or_joins_the_queue_moves_the_others(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(5)]
    await house.ask(m.Cancel(ids[1]))
    assert [places(house)[id_] for id_ in ids] == [0, 0, 1, 2, 3]
    await house.ask(m.Remove((ids[2],)))
    assert [places(house)[id_] for id_ in ids[3:]] == [1, 2]
    await house.ask(m.Restore((ids[2],)))
    assert [places(house)[id_] for id_ in ids[2:]] == [1, 2, 3]
    await house.ask(m.Pause(ids[3]))
    assert [places(house)[id_] for id_ in ids[2:]] == [1, 0, 2]
    await house.ask(m.Prioritise(ids[4]))
    assert [places(house)[id_] for id_ in ids[2:]] == [2, 0, 1]


@lived
async def test_a_file_with_several_tracks_tells_them_and_another_can_be_heard(
    house: House,
) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(AudioOpened(id_, 120.0, ("English · aac", "Czech · aac")))
    await house.hear(batch(id_, 1, "One."))
    await house.hear(finished(id_))
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.tracks == ("English · aac", "Czech · aac")
    assert line.job.options.audio_track == 0
    await house.ask(m.Retranscribe(id_, m.TranscribeOptions(audio_track=1)))
    assert house.engines.started[-1].options.audio_track == 1
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.job.options.audio_track == 1


@lived
async def test_expected_names_come_from_the_settings_unless_given(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(prompt="Zelenka, Biber")))
    first = await house.add("a.wav", b"a")
    assert house.engines.started[-1].options.prompt == "Zelenka, Biber"
    await house.hear(finished(first))
    await house.add("b.wav", b"b", prompt="Muffat")
    assert house.engines.started[-1].options.prompt == "Muffat"


@lived
async def test_wishes_that_change_nothing_are_no_errors(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    for request in (m.Pause(id_), m.Resume(id_), m.Cancel(id_)):
        assert (await house.ask(request)).job.state == "done"
    with pytest.raises(NotFoundError):
        await house.ask(m.Pause("nobody"))


@lived
async def test_a_metered_connection_is_asked_for_first(house: House) -> None:
    house.host.metered = True
    house.host.catalogue = (
        ModelInfo("base", "Base", 80_000_000, True, False),
        ModelInfo("tiny.en", "Tiny", 44_000_000, False, True),
    )
    await house.service.models.refresh()
    big = await house.add("a.wav", b"a", model="base")
    assert house.of(m.DownloadNeeded) == [m.DownloadNeeded("base", 80_000_000, True)]
    assert house.engines.started == []
    small = await house.add("b.wav", b"b", model="tiny.en")
    assert house.engines.started[-1].transcript_id == small
    await house.hear(finished(small))
    await house.ask(m.ApproveDownload("base", approved=False))
    assert await house.state(big) == "paused"
    await house.ask(m.Resume(big))
    assert len(house.of(m.DownloadNeeded)) == 2
    await house.ask(m.ApproveDownload("base"))
    assert house.engines.started[-1].transcript_id == big
