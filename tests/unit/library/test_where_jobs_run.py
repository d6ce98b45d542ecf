"""Where jobs run: on this device, on a server, and automatically."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from earwitness import messages as m

from tests.unit.library.harness import PageLibrary, failed, opened, ready, with_library

HERE = "https://page.example"


@with_library
async def test_unsent_jobs_return_when_the_settings_choose_the_device(
    library: PageLibrary,
) -> None:
    await library.service.handle(
        m.ChangeSettings(m.Settings(where="server", server_url="https://a.example"))
    )
    made = await library.service.handle(
        m.AddFile("a.wav", m.TranscribeOptions(where="server")), [b"a"]
    )
    assert isinstance(made, m.TranscriptSummary)
    assert made.job.server == "https://a.example"
    assert library.engines.started == []
    await library.ask(m.ChangeSettings(m.Settings(where="device")))
    assert [request.transcript_id for request in library.engines.started] == [made.id]
    assert await library.state(made.id) == "loading"


@with_library
async def test_automatic_jobs_within_the_limit_stay_on_the_device(
    library: PageLibrary,
) -> None:
    await library.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=600.0)))
    id_ = await library.add(where="auto")
    await library.hear(ready())
    await library.hear(opened(id_, 600.0))
    assert await library.state(id_) == "transcribing"
    await library.hear(failed(id_, "MediaError"))
    assert await library.state(id_) == "failed"
    assert library.of(m.ServerNeeded) == []


@with_library
async def test_a_refused_server_is_remembered(library: PageLibrary) -> None:
    await library.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=60.0)))
    await library.ask(m.AllowServer(HERE, allowed=False))
    id_ = await library.add(where="auto")
    await library.hear(ready())
    await library.hear(opened(id_, 36000.0))
    assert library.of(m.ServerNeeded) == []
    status = await library.ask(m.GetStatus())
    assert (status.server.origin, status.server.allowed) == (HERE, False)
    await library.restart()
    assert library.service.repository.settings.server_consent == {HERE: False}
    assert (await library.ask(m.GetStatus())).settings == replace(
        m.Settings(), where="auto", server_after_s=60.0, server_consent={HERE: False}
    )


@with_library
async def test_withdrawn_consent_returns_unsent_jobs(
    library: PageLibrary,
) -> None:
    chosen = m.Settings(where="auto", server_after_s=60.0, server_consent={HERE: True})
    await library.ask(m.ChangeSettings(chosen))
    ids: list[str] = []
    for name in ("a", "b", "c"):
        made = await library.service.handle(
            m.AddFile(name, m.TranscribeOptions(where="auto")), [name.encode()]
        )
        assert isinstance(made, m.TranscriptSummary)
        ids.append(made.id)
    for number, id_ in enumerate(ids, 1):
        while len(library.engines.started) < number:
            await asyncio.sleep(0)
        await library.service.on_engine_event(opened(id_, 36000.0))
    assert library.service.repository.job(ids[2]).away
    assert not library.service.repository.job(ids[2]).server.base
    await library.service.handle(m.AllowServer(HERE, allowed=False))
    while len(library.engines.started) < 4:
        await asyncio.sleep(0)
    assert library.engines.started[3].transcript_id == ids[2]
    assert library.of(m.ServerNeeded) == []
    for id_ in ids[:2]:
        await library.service.handle(m.Cancel(id_))


@with_library
async def test_a_span_always_runs_on_the_device(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(opened(id_, 60.0))
    options = m.TranscribeOptions(model="base", where="server")
    summary = await library.service.handle(m.Retranscribe(id_, options, start_s=10.0, end_s=20.0))
    assert isinstance(summary, m.TranscriptSummary)
    await library.service.settle()
    assert summary.job.server == ""
    assert library.engines.started[-1].end_s == 20.0


@with_library
async def test_unreachable_server_is_shown_with_the_next_step(library: PageLibrary) -> None:
    await library.service.handle(m.ChangeSettings(m.Settings(where="server")))
    made = await library.service.handle(
        m.AddFile("a.wav", m.TranscribeOptions(where="server")), [b"a"]
    )
    assert isinstance(made, m.TranscriptSummary)
    while (error := library.service.repository.job(made.id).error) is None:
        await asyncio.sleep(0)
    assert (error.type, error.message) == ("ServerAwayError", f"{HERE} does not answer.")
    assert "by itself" in error.hint
    await library.service.handle(m.Cancel(made.id))
