"""Requests and engine events in random order: no job is lost or stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from earwitness import messages as m
from earwitness.domain.jobs import RUNNING
from earwitness.errors import EarwitnessError
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.library.harness import CZECH, PageLibrary, batch, failed, finished, ready

IDS = ("a", "b", "c")
Step = Callable[[PageLibrary, str], Awaitable[object]]


def job_in_engine(event: Callable[[str, int, int], object]) -> Step:
    """A step in which the engine says something about its job."""

    async def step(library: PageLibrary, _id: str) -> None:
        running = library.service.local.running
        if running is not None:
            job = library.service.repository.job(running, in_bin=True)
            await library.hear(event(running, job.run, job.resume.batch + 1))

    return step


async def stay_silent(library: PageLibrary, _id: str) -> None:
    before = library.engines.terminations
    while library.service.local.running is not None and library.engines.terminations == before:
        await library.service.check_engine()
    await library.service.settle()


STEPS: dict[str, Step] = {
    "add": lambda library, id_: library.ask(m.AddFile(id_, transcript_id=id_), id_.encode()),
    "provide": lambda library, id_: library.ask(m.ProvideFile(id_), id_.encode()),
    "pause": lambda library, id_: library.ask(m.Pause(id_)),
    "resume": lambda library, id_: library.ask(m.Resume(id_)),
    "cancel": lambda library, id_: library.ask(m.Cancel(id_)),
    "prioritise": lambda library, id_: library.ask(m.Prioritise(id_)),
    "move": lambda library, id_: library.ask(m.MoveJob(id_, "device")),
    "remove": lambda library, id_: library.ask(m.Remove((id_,))),
    "restore": lambda library, id_: library.ask(m.Restore((id_,))),
    "empty the bin": lambda library, _id: library.ask(m.EmptyBin()),
    "run again": lambda library, id_: library.ask(m.Retranscribe(id_, CZECH, 0.0, None, True)),
    "go back": lambda library, id_: library.ask(m.GoBack(id_, True)),
    "edit": lambda library, id_: library.ask(m.EditSegment(id_, 0, "Edited.")),
    "forget audio": lambda library, _id: library.ask(
        m.ChangeSettings(m.Settings(keep_audio=False))
    ),
    "close the tab": lambda library, _id: library.restart(),
    "be ready": lambda library, _id: library.hear(ready()),
    "stay silent": stay_silent,
    "save a batch": job_in_engine(lambda id_, run, number: batch(id_, number, "One.", run=run)),
    "finish": job_in_engine(lambda id_, run, _number: finished(id_, run=run)),
    "stop": job_in_engine(lambda id_, run, _number: finished(id_, run=run, paused=True)),
    "fail": job_in_engine(lambda id_, run, _number: failed(id_, run=run)),
    "fail for good": job_in_engine(lambda id_, run, _n: failed(id_, "MediaError", run=run)),
    "die": job_in_engine(lambda id_, run, _number: failed(id_, run=run, lost=True)),
}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*STEPS]), st.sampled_from(IDS)), max_size=25))
def test_no_job_is_lost_or_stuck(steps: list[tuple[str, str]]) -> None:
    async def story() -> None:
        library = PageLibrary()
        await library.open()
        for name, id_ in steps:
            try:
                await STEPS[name](library, id_)
            except EarwitnessError:
                await library.service.settle()
            await check(library)

    asyncio.run(story())


async def check(library: PageLibrary) -> None:
    """Memory is what the store holds, and each job is where its state says."""
    repository, running = library.service.repository, library.service.local.running
    stored = LibraryRepository(library.store, library.http.origin)
    await stored.load()
    assert sorted(map(repr, stored.jobs_and_bin())) == sorted(map(repr, repository.jobs_and_bin()))
    assert stored.records() == repository.records()
    fresh = DocumentCache(repository, library.store, library.clock)
    for job in repository.jobs():
        opened = await library.service.documents.open(job.transcript_id)
        assert (await fresh.open(job.transcript_id)).segments == opened.segments
    for job in repository.jobs_and_bin():
        assert job.state not in RUNNING or job.transcript_id == running, "a job runs nowhere"
    if running is None:
        assert "queued" not in [job.state for job in repository.jobs()], "a free engine waits"
    else:
        assert repository.is_listed(running), "the engine works on what is in the bin"
        assert library.engines.started[-1].transcript_id == running
