"""The queue: adding files, pausing, and the order of jobs."""

from __future__ import annotations

import asyncio
import json

import pytest
from earwitness import messages as m
from earwitness.engine_messages import AudioOpened, Working
from earwitness.errors import BadRequestError, NotFoundError, StorageError
from earwitness.library.ports import ModelInfo
from earwitness.library.queue.watchdog import CHECK_S, PAUSE_S

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    finished,
    ready,
    transcribed,
    with_library,
)


@with_library
async def test_a_repeated_id_is_the_same_recording(library: PageLibrary) -> None:
    request = m.AddFile("a.wav", transcript_id="page-1")
    both = await asyncio.gather(
        library.service.handle(request, [b"x"]), library.service.handle(request, [b"x"])
    )
    assert [reply.id for reply in both if isinstance(reply, m.TranscriptSummary)] == ["page-1"] * 2
    assert len((await library.ask(m.ListTranscripts())).transcripts) == 1


@with_library
async def test_rejected_file_leaves_no_data(library: PageLibrary) -> None:
    library.audio_store.full = True
    with pytest.raises(StorageError):
        await library.ask(m.AddFile("big.wav"), b"x")
    library.audio_store.full = False
    library.store.fails = 1
    with pytest.raises(StorageError):
        await library.ask(m.AddFile("a.wav"), b"x")
    for bad in ("../x", "a/b", "", "x" * 65):
        request = m.AddFile("a.wav", transcript_id=bad)
        if bad:
            with pytest.raises(BadRequestError):
                await library.ask(request, b"x")
    with pytest.raises(BadRequestError, match="no model"):
        await library.ask(m.AddFile("a.wav", m.TranscribeOptions(model="huge")), b"x")
    with pytest.raises(BadRequestError, match="One file"):
        await library.ask(m.AddFile("a.wav"))
    assert (await library.ask(m.ListTranscripts())).transcripts == ()
    assert library.audio_store.files == {}
    assert not library.host.awake


@with_library
async def test_empty_options_come_from_the_settings(library: PageLibrary) -> None:
    await library.ask(m.ChangeSettings(m.Settings(model="tiny.en", language="de", threads=3)))
    await library.add(language="")
    request = library.engines.started[0]
    assert (request.options.model, request.options.language) == ("tiny.en", "de")
    assert request.threads == 3


@with_library
async def test_a_cached_model_is_loaded_while_the_file_is_stored(library: PageLibrary) -> None:
    await library.add(model="base")
    assert [request.model for request in library.engines.warmed] == ["base"]
    await library.restart()
    await library.ask(m.AddFile("b.wav", m.TranscribeOptions(model="tiny.en")), b"b")
    assert library.engines.warmed == []


@with_library
async def test_names_become_one_printable_line(library: PageLibrary) -> None:
    id_ = await library.add("\u202eevil\nname\x00.mp3" + "x" * 400)
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert line.name.startswith("evil name .mp3")
    assert len(line.name) == 300
    with pytest.raises(BadRequestError):
        await library.ask(m.Rename(id_, "  "))


@with_library
async def test_audio_that_is_not_kept_is_deleted_after_transcription(
    library: PageLibrary,
) -> None:
    await library.ask(m.ChangeSettings(m.Settings(keep_audio=False)))
    id_ = await transcribed(library, "Hello.")
    assert library.audio_store.files == {}
    assert (await library.ask(m.GetAudio(id_))).path == ""
    summary = await library.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base")))
    assert summary.job.state == "needs-file"
    assert await library.texts(id_) == [" Hello."]


@with_library
async def test_pause_survives_a_restart(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.ask(m.Pause(id_))
    assert library.engines.pauses == 1
    assert await library.state(id_) == "pausing"
    await library.hear(batch(id_, 1, "In flight."))
    assert await library.state(id_) == "pausing"
    await library.hear(finished(id_, paused=True))
    assert await library.state(id_) == "paused"
    await library.restart()
    assert await library.state(id_) == "paused"
    assert library.engines.started == []
    await library.ask(m.Resume(id_))
    assert library.engines.started[0].resume.batch == 1


@with_library
async def test_a_pause_frees_the_engine_within_seconds(library: PageLibrary) -> None:
    first = await library.add("a.wav", b"a")
    second = await library.add("b.wav", b"b")
    await library.hear(ready())
    await library.hear(batch(first, 1, "One."))
    await library.ask(m.Pause(first))
    checks = 0
    while library.engines.terminations == 0:
        assert await library.state(first) == "pausing"
        assert checks * CHECK_S <= PAUSE_S
        await library.hear(Working())
        await library.service.check_engine()
        checks += 1
    await library.service.settle()
    assert checks * CHECK_S > PAUSE_S
    assert await library.state(first) == "paused"
    assert library.engines.started[-1].transcript_id == second
    assert await library.state(second) == "loading"
    await library.ask(m.Resume(first))
    await library.hear(finished(second))
    assert library.engines.started[-1].resume.batch == 1


@with_library
async def test_pausing_is_shown_but_never_stored(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.ask(m.Pause(id_))
    await library.ask(m.Rename(id_, "Another name"))
    (line,) = json.loads(library.store.tables["snapshot"]["recent"])
    assert line["job"]["state"] == "paused"
    await library.restart()
    assert await library.state(id_) == "paused"


@with_library
async def test_a_resume_announces_all_new_positions(library: PageLibrary) -> None:
    ids = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(4)]
    await library.hear(ready())
    await library.ask(m.Pause(ids[1]))
    library.events.clear()
    await library.ask(m.Resume(ids[1]))
    told = {
        e.transcript.id: e.transcript.job.queue_position for e in library.of(m.TranscriptChanged)
    }
    assert told == {ids[1]: 1, ids[2]: 2, ids[3]: 3}


@with_library
async def test_a_resume_during_the_pause_continues_afterwards(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.ask(m.Pause(id_))
    await library.ask(m.Resume(id_))
    assert len(library.engines.started) == 1
    await library.hear(finished(id_, paused=True))
    assert len(library.engines.started) == 2
    assert await library.state(id_) == "transcribing"


@with_library
async def test_prioritise_changes_the_order_of_the_queue(library: PageLibrary) -> None:
    ids = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(4)]
    listed = {t.id: t for t in (await library.ask(m.ListTranscripts())).transcripts}
    assert [listed[id_].job.queue_position for id_ in ids] == [0, 1, 2, 3]
    assert (await library.ask(m.Prioritise(ids[3]))).job.queue_position == 1
    await library.ask(m.Cancel(ids[1]))
    for id_ in (ids[0], ids[3], ids[2]):
        assert library.engines.started[-1].transcript_id == id_
        await library.hear(finished(id_))
    assert len(library.engines.started) == 3


@with_library
async def test_finishing_announces_new_positions(library: PageLibrary) -> None:
    first, _, last = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(3)]
    library.events.clear()
    await library.hear(finished(first))
    heard = [e.transcript for e in library.events if isinstance(e, m.TranscriptChanged)]
    assert [t.job.queue_position for t in heard if t.id == last] == [1]


def places(library: PageLibrary) -> dict[str, int]:
    """What the pages were told last of every recording's place in the queue."""
    told = [e.transcript for e in library.events if isinstance(e, m.TranscriptChanged)]
    return {t.id: t.job.queue_position for t in told}


@with_library
async def test_leaving_and_joining_the_queue_announces_positions(library: PageLibrary) -> None:
    ids = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(5)]
    await library.ask(m.Cancel(ids[1]))
    assert [places(library)[id_] for id_ in ids] == [0, 0, 1, 2, 3]
    await library.ask(m.Remove((ids[2],)))
    assert [places(library)[id_] for id_ in ids[3:]] == [1, 2]
    await library.ask(m.Restore((ids[2],)))
    assert [places(library)[id_] for id_ in ids[2:]] == [1, 2, 3]
    await library.ask(m.Pause(ids[3]))
    assert [places(library)[id_] for id_ in ids[2:]] == [1, 0, 2]
    await library.ask(m.Prioritise(ids[4]))
    assert [places(library)[id_] for id_ in ids[2:]] == [2, 0, 1]


@with_library
async def test_another_audio_track_can_be_transcribed(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(AudioOpened(id_, 120.0, ("English · aac", "Czech · aac")))
    await library.hear(batch(id_, 1, "One."))
    await library.hear(finished(id_))
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert line.tracks == ("English · aac", "Czech · aac")
    assert line.job.options.audio_track == 0
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(audio_track=1)))
    assert library.engines.started[-1].options.audio_track == 1
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert line.job.options.audio_track == 1


@with_library
async def test_the_prompt_comes_from_the_settings_unless_given(library: PageLibrary) -> None:
    await library.ask(m.ChangeSettings(m.Settings(prompt="Zelenka, Biber")))
    first = await library.add("a.wav", b"a")
    assert library.engines.started[-1].options.prompt == "Zelenka, Biber"
    await library.hear(finished(first))
    await library.add("b.wav", b"b", prompt="Muffat")
    assert library.engines.started[-1].options.prompt == "Muffat"


@with_library
async def test_commands_without_effect_are_no_errors(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    for request in (m.Pause(id_), m.Resume(id_), m.Cancel(id_)):
        assert (await library.ask(request)).job.state == "done"
    with pytest.raises(NotFoundError):
        await library.ask(m.Pause("nobody"))


@with_library
async def test_a_download_on_a_metered_connection_needs_consent(library: PageLibrary) -> None:
    library.host.metered = True
    library.host.catalogue = (
        ModelInfo("base", "Base", 80_000_000, True, False),
        ModelInfo("tiny.en", "Tiny", 44_000_000, False, True),
    )
    await library.service.models.refresh()
    big = await library.add("a.wav", b"a", model="base")
    assert library.of(m.DownloadNeeded) == [m.DownloadNeeded("base", 80_000_000, True)]
    assert library.engines.started == []
    small = await library.add("b.wav", b"b", model="tiny.en")
    assert library.engines.started[-1].transcript_id == small
    await library.hear(finished(small))
    await library.ask(m.ApproveDownload("base", approved=False))
    assert await library.state(big) == "paused"
    await library.ask(m.Resume(big))
    assert len(library.of(m.DownloadNeeded)) == 2
    await library.ask(m.ApproveDownload("base"))
    assert library.engines.started[-1].transcript_id == big
