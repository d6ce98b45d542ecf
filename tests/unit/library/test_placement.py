"""Placement: why a job does not start, and what the user is asked."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.domain.jobs import Job, fail, fail_on_device, hand_over, pause, start
from earwitness.domain.records import Record
from earwitness.errors import ErrorView
from earwitness.library.background import BackgroundTasks
from earwitness.library.events import Events
from earwitness.library.ports import ModelInfo
from earwitness.library.queue.placement import Placement

from tests.unit.library.harness import PageLibrary, with_library

HERE = "https://page.example"
BIG = ModelInfo("base", "Base", 80_000_000, True, False)
SMALL = ModelInfo("tiny.en", "Tiny, English", 44_000_000, False, True)
BROKEN = ErrorView("ModelError", "It broke.")


async def placement_of(library: PageLibrary, **settings: object) -> Placement:
    """Placement of a library with a model to download, a model here, and these settings."""
    library.host.catalogue = (BIG, SMALL)
    await library.service.models.refresh()
    await library.ask(m.ChangeSettings(dataclasses.replace(m.Settings(), **settings)))  # type: ignore[arg-type]
    repository, models = library.service.repository, library.service.models
    background = BackgroundTasks()
    events = Events(
        repository, models, library.host, library.clock, library.events.append, background
    )
    return Placement(repository, models, events)


def job(id_: str = "a", order: float = 1.0, **options: object) -> Job:
    wanted = m.TranscribeOptions(**{"model": "base", **options})  # type: ignore[arg-type]
    return Job(id_, wanted, order)


AUTOMATIC = hand_over(start(job(where="auto"), loaded=True))

DOWNLOAD = m.DownloadNeeded("base", 80_000_000, True)
SENDING = m.ServerNeeded(HERE, "a", "a", 0, "cannot")


async def start_of(
    library: PageLibrary, waiting: Job, at_work: tuple[str, ...] = (), **settings: object
) -> tuple[bool, list[m.Event]]:
    """Return whether the job may start, and what the user is asked."""
    metered = bool(settings.pop("metered", False))
    placement = await placement_of(library, **settings)
    async with library.service.repository.transaction() as t:
        t.put(Record("a", "a", "2026-11-22T10:00:00.000Z", "base"), waiting)
    place = "server" if waiting.on_server else "device"
    asked = [*library.of(m.DownloadNeeded), *library.of(m.ServerNeeded)]
    assert asked == []
    found = placement.next_job(place, at_work, metered=metered)
    assert found in (None, waiting)
    asked += [*library.of(m.DownloadNeeded), *library.of(m.ServerNeeded)]
    return found is not None, asked


@pytest.mark.parametrize(
    ("waiting", "at_work", "metered", "starts", "asked"),
    [
        (job(), (), False, True, []),
        (pause(job()), (), False, False, []),
        (start(job(), loaded=True), (), False, False, []),
        (dataclasses.replace(job(), state="needs-file"), (), False, False, []),
        (job(), ("b",), False, False, []),
        (job(), ("b",), True, False, []),
        (job(), ("a",), False, False, []),
        (job(), (), True, False, [DOWNLOAD]),
        (job(model="tiny.en"), (), True, True, []),
        (job(model="unknown"), (), True, True, []),
        (job(where="server"), (), True, True, []),
        (job(where="server"), ("b",), False, True, []),
        (job(where="server"), ("b", "c"), False, False, []),
        (job(where="server"), ("a",), False, False, []),
        (AUTOMATIC, (), False, False, [SENDING]),
        (AUTOMATIC, ("b", "c"), False, False, []),
    ],
)
@with_library
async def test_placement_starts_a_job_or_asks_the_user(
    library: PageLibrary,
    waiting: Job,
    at_work: tuple[str, ...],
    metered: bool,
    starts: bool,
    asked: list[m.Event],
) -> None:
    assert await start_of(library, waiting, at_work, metered=metered) == (starts, asked)


@pytest.mark.parametrize("answer", [True, False])
@with_library
async def test_placement_follows_the_answer_about_the_server(
    library: PageLibrary, answer: bool
) -> None:
    answered = {HERE: answer}
    found = await start_of(library, AUTOMATIC, where="auto", server_consent=answered)
    assert found == (answer, [])


@with_library
async def test_approved_download_starts_and_declined_download_is_asked_for_again(
    library: PageLibrary,
) -> None:
    placement = await placement_of(library)
    async with library.service.repository.transaction() as t:
        for number, (id_, model) in enumerate([("a", "base"), ("b", "base"), ("c", "tiny.en")]):
            t.put(Record(id_, id_, "2026-11-22T10:00:00.000Z", model))
            t.put(job(id_, float(number), model=model))

    def next_id() -> str:
        found = placement.next_job("device", {}, metered=True)
        return found.transcript_id if found is not None else ""

    assert (next_id(), next_id()) == ("c", "c")
    assert library.of(m.DownloadNeeded) == [m.DownloadNeeded("base", 80_000_000, True)]
    placement.download_answered("base", False)
    assert next_id() == "c"
    assert len(library.of(m.DownloadNeeded)) == 2
    placement.download_answered("base", True)
    assert next_id() == "a"


@pytest.mark.parametrize("consent", [None, True, False])
@with_library
async def test_failed_job_moves_to_the_server_only_with_consent(
    library: PageLibrary, consent: bool | None
) -> None:
    answers = {} if consent is None else {HERE: consent}
    placement = await placement_of(library, where="auto", server_consent=answers)
    failing = dataclasses.replace(start(job(where="auto"), loaded=True), failed_window=0)
    failed = placement.after_failure(fail_on_device(failing, BROKEN, engine_lost=False))
    if consent is False:
        assert (failed.state, failed.error) == ("failed", BROKEN)
    else:
        assert (failed.state, failed.away) == ("queued", True)
        shown = failed.error.type if failed.error else ""
        assert shown == ("" if consent else "ConsentError")


@pytest.mark.parametrize("where", ["device", "server"])
@with_library
async def test_only_automatic_jobs_are_moved_to_the_server(
    library: PageLibrary, where: str
) -> None:
    placement = await placement_of(library, where="auto", server_consent={HERE: True})
    failed = fail(job(where=where), error=BROKEN)
    assert placement.after_failure(failed) == failed
    assert not placement.moves_to_server(start(job(where=where), loaded=True))
