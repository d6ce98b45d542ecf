"""Where jobs run: on this device, on a server, and automatically."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from earwitness import messages as m

from tests.unit.library.house import House, failed, lived, opened, ready

HERE = "https://page.example"


@lived
async def test_what_has_not_been_sent_comes_home_with_the_settings(house: House) -> None:
    await house.service.handle(
        m.ChangeSettings(m.Settings(where="server", server_url="https://a.example"))
    )
    made = await house.service.handle(
        m.AddFile("a.wav", m.TranscribeOptions(where="server")), [b"a"]
    )
    assert isinstance(made, m.TranscriptSummary)
    assert made.job.server == "https://a.example"
    assert house.engines.started == []
    await house.ask(m.ChangeSettings(m.Settings(where="device")))
    assert [request.transcript_id for request in house.engines.started] == [made.id]
    assert await house.state(made.id) == "loading"


@lived
async def test_automatic_stays_here_within_the_limit_and_for_files_that_are_no_audio(
    house: House,
) -> None:
    await house.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=600.0)))
    id_ = await house.add(where="auto")
    await house.hear(ready())
    await house.hear(opened(id_, 600.0))
    assert await house.state(id_) == "transcribing"
    await house.hear(failed(id_, "MediaError"))
    assert await house.state(id_) == "failed"
    assert house.of(m.ServerNeeded) == []


@lived
async def test_a_refusal_is_remembered(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=60.0)))
    await house.ask(m.AllowServer(HERE, allowed=False))
    id_ = await house.add(where="auto")
    await house.hear(ready())
    await house.hear(opened(id_, 36000.0))
    assert house.of(m.ServerNeeded) == []
    status = await house.ask(m.GetStatus())
    assert (status.server.origin, status.server.allowed) == (HERE, False)
    await house.restart()
    assert house.service.repository.settings.server_consent == {HERE: False}
    assert (await house.ask(m.GetStatus())).settings == replace(
        m.Settings(), where="auto", server_after_s=60.0, server_consent={HERE: False}
    )


@lived
async def test_what_was_to_be_sent_is_tried_here_when_the_answer_is_taken_back(
    house: House,
) -> None:
    chosen = m.Settings(where="auto", server_after_s=60.0, server_consent={HERE: True})
    await house.ask(m.ChangeSettings(chosen))
    ids: list[str] = []
    for name in ("a", "b", "c"):
        made = await house.service.handle(
            m.AddFile(name, m.TranscribeOptions(where="auto")), [name.encode()]
        )
        assert isinstance(made, m.TranscriptSummary)
        ids.append(made.id)
    for number, id_ in enumerate(ids, 1):
        while len(house.engines.started) < number:
            await asyncio.sleep(0)
        await house.service.on_engine_event(opened(id_, 36000.0))
    assert house.service.repository.job(ids[2]).away
    assert not house.service.repository.job(ids[2]).server.base
    await house.service.handle(m.AllowServer(HERE, allowed=False))
    while len(house.engines.started) < 4:
        await asyncio.sleep(0)
    assert house.engines.started[3].transcript_id == ids[2]
    assert house.of(m.ServerNeeded) == []
    for id_ in ids[:2]:
        await house.service.handle(m.Cancel(id_))


@lived
async def test_a_part_of_a_recording_is_always_done_here(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(opened(id_, 60.0))
    options = m.TranscribeOptions(model="base", where="server")
    summary = await house.service.handle(m.Retranscribe(id_, options, start_s=10.0, end_s=20.0))
    assert isinstance(summary, m.TranscriptSummary)
    await house.service.settle()
    assert summary.job.server == ""
    assert house.engines.started[-1].end_s == 20.0
