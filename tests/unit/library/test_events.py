"""Progress is sent ten times a second at most, and a new state at once."""

from __future__ import annotations

from earwitness import messages as m
from earwitness.domain.jobs import Job, pause
from earwitness.domain.records import Record
from earwitness.library.background import BackgroundTasks
from earwitness.library.events import Events

from tests.unit.library.harness import PageLibrary, with_library


async def events_of(library: PageLibrary) -> tuple[Events, list[tuple[str, str, float]]]:
    """Events about two recordings, and a list of what was sent: id, state and time."""
    sent: list[tuple[str, str, float]] = []
    started_s = library.clock.now()

    def emit(event: m.Event) -> None:
        assert isinstance(event, m.TranscriptChanged)
        shown = event.transcript
        sent.append((shown.id, shown.job.state, round(library.clock.now() - started_s, 3)))

    service = library.service
    async with service.repository.transaction() as t:
        for id_ in ("a", "b"):
            t.put(Record(id_, id_, "2026-11-22T10:00:00.000Z", "base"))
            t.put(Job(id_, m.TranscribeOptions(), 1.0))
    background = BackgroundTasks()
    clock, host = library.clock, library.host
    return Events(service.repository, service.models, host, clock, emit, background), sent


@with_library
async def test_progress_is_throttled_and_the_last_state_is_sent(library: PageLibrary) -> None:
    events, sent = await events_of(library)
    for _ in range(5):
        await events.transcript_changed("a")
    await events.transcript_changed("b")
    await events.settle()
    assert sent == [("a", "queued", 0.0), ("b", "queued", 0.0), ("a", "queued", 0.1)]


@with_library
async def test_a_new_state_is_sent_at_once(library: PageLibrary) -> None:
    events, sent = await events_of(library)
    await events.transcript_changed("a")
    await events.transcript_changed("a")
    await library.service.repository.change_job("a", pause)
    await events.transcript_changed("a")
    assert sent == [("a", "queued", 0.0), ("a", "paused", 0.0)]
    await events.settle()
    assert sent[-1] == ("a", "paused", 0.1)
