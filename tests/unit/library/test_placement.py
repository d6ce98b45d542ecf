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
from earwitness.library.queue.placement import (
    AtWork,
    DownloadConsent,
    NotQueued,
    Placement,
    PlaceTaken,
    ServerAway,
    ServerConsent,
    WaitReason,
)

from tests.unit.library.harness import PageLibrary, with_library

HERE = "https://page.example"
BIG = ModelInfo("base", "Base", 80_000_000, True, False)
SMALL = ModelInfo("tiny.en", "Tiny, English", 44_000_000, False, True)
AWAY = ServerAway("It does not answer.", "", 4.0)
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


@pytest.mark.parametrize(
    ("waiting", "at_work", "metered", "reason"),
    [
        (job(), {}, False, None),
        (pause(job()), {}, False, NotQueued("paused")),
        (start(job(), loaded=True), {}, False, NotQueued("transcribing")),
        (dataclasses.replace(job(), state="needs-file"), {}, False, NotQueued("needs-file")),
        (job(), {"b": None}, False, PlaceTaken(("b",))),
        (job(), {"a": None}, False, PlaceTaken(("a",))),
        (job(), {}, True, DownloadConsent(BIG)),
        (job(model="tiny.en"), {}, True, None),
        (job(model="unknown"), {}, True, None),
        (job(where="server"), {}, True, None),
        (job(where="server"), {"b": None}, False, None),
        (job(where="server"), {"b": None, "c": AWAY}, False, PlaceTaken(("b", "c"))),
        (job(where="server"), {"a": AWAY}, False, AWAY),
        (hand_over(start(job(where="auto"), loaded=True)), {}, False, ServerConsent(HERE, None)),
    ],
)
@with_library
async def test_placement_returns_the_reason_for_waiting(
    library: PageLibrary, waiting: Job, at_work: AtWork, metered: bool, reason: WaitReason | None
) -> None:
    placement = await placement_of(library)
    assert placement.why_waiting(waiting, at_work, metered=metered) == reason
    assert library.of(m.DownloadNeeded) == library.of(m.ServerNeeded) == []


@pytest.mark.parametrize(("answer", "reason"), [(True, None), (False, ServerConsent(HERE, False))])
@with_library
async def test_placement_follows_the_answer_about_the_server(
    library: PageLibrary, answer: bool, reason: WaitReason | None
) -> None:
    placement = await placement_of(library, where="auto", server_consent={HERE: answer})
    sent = hand_over(start(job(where="auto"), loaded=True))
    assert placement.why_waiting(sent, {}) == reason


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


def test_unreachable_server_is_shown_with_the_next_step() -> None:
    view = AWAY.view()
    assert (view.type, view.message) == ("ServerAwayError", "It does not answer.")
    assert "by itself" in view.hint
