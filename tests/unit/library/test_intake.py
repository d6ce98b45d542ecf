"""What is noticed about a file: that it is empty, is here already, or ends too early."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.engine_messages import Finished

from tests.unit.library.house import House, finished, lived, opened, transcribed


@lived
async def test_an_empty_file_is_listed_with_its_reason_and_stays_so(house: House) -> None:
    id_ = await house.add("nothing.mp3", b"")
    await house.restart()
    [listed] = (await house.ask(m.ListTranscripts())).transcripts
    assert (listed.id, listed.name, listed.job.state) == (id_, "nothing.mp3", "failed")
    assert listed.job.error.type == "MediaError"
    assert listed.job.error.hint
    assert not listed.audio_kept
    assert house.engines.started == []


@lived
async def test_the_queue_goes_on_behind_an_empty_file(house: House) -> None:
    await house.add("nothing.mp3", b"")
    id_ = await house.add("talk.wav", b"audio")
    assert [job.transcript_id for job in house.engines.started] == [id_]


async def same_as(house: House, id_: str) -> str:
    listed = (await house.ask(m.ListTranscripts())).transcripts
    return next(each.same_as for each in listed if each.id == id_)


@lived
async def test_the_same_audio_again_names_the_first_and_is_transcribed_all_the_same(
    house: House,
) -> None:
    first = await transcribed(house, "One.", name="talk.wav")
    again = await house.add("copy of talk.wav", b"talk.wav")
    other = await house.add("other.wav", b"other")
    assert await same_as(house, again) == first
    assert await same_as(house, first) == ""
    assert await same_as(house, other) == ""
    assert house.engines.started[-1].transcript_id == again

    await house.ask(m.Remove((first,)))
    assert await same_as(house, again) == ""
    await house.ask(m.Restore((first,)))
    await house.restart()
    assert await same_as(house, again) == first


@lived
async def test_a_recording_that_came_to_nothing_is_not_named(house: House) -> None:
    first = await house.add("talk.wav", b"audio")
    await house.ask(m.Cancel(first))
    assert await same_as(house, await house.add("talk.wav", b"audio")) == ""


@pytest.mark.parametrize(
    ("promised_s", "ended_s", "told_s"),
    [
        (11.0, 5.5, 5.5),
        (11.0, 10.5, 0.0),
        (11.0, None, 0.0),
        (7200.0, 7150.0, 0.0),
        (7200.0, 7000.0, 7000.0),
    ],
)
@lived
async def test_where_a_recording_ends_too_early_is_kept(
    house: House, promised_s: float, ended_s: float | None, told_s: float
) -> None:
    id_ = await house.add()
    await house.hear(opened(id_, promised_s))
    await house.hear(Finished(id_, 1, promised_s, ends_s=ended_s))
    await house.restart()
    [listed] = (await house.ask(m.ListTranscripts())).transcripts
    assert (listed.duration_s, listed.ends_s) == (promised_s, told_s)


@lived
async def test_a_recording_whose_rest_is_damage_tells_where(house: House) -> None:
    id_ = await house.add()
    await house.hear(Finished(id_, 1, 5.0, ends_s=5.0, broken_off=True))
    [listed] = (await house.ask(m.ListTranscripts())).transcripts
    assert listed.ends_s == 5.0


@lived
async def test_a_run_over_a_part_says_nothing_about_the_end(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.")
    await house.ask(m.Retranscribe(id_, m.TranscribeOptions(), 0.0, 10.0))
    await house.hear(finished(id_, run=2))
    await house.hear(Finished(id_, 2, 30.0, ends_s=12.0))
    [listed] = (await house.ask(m.ListTranscripts())).transcripts
    assert listed.ends_s == 0.0
