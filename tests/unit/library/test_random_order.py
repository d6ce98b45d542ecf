"""Commands of the user and events of the engine in random order: no job is lost or stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from earwitness import messages as m
from earwitness.domain.jobs import RUNNING
from earwitness.errors import EarwitnessError
from earwitness.library.document_cache import DocumentCache
from earwitness.library.repository import LibraryRepository
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.library.house import CZECH, House, batch, failed, finished, ready

IDS = ("a", "b", "c")
Step = Callable[[House, str], Awaitable[object]]


def job_in_engine(event: Callable[[str, int, int], object]) -> Step:
    """A step in which the engine says something about its job."""

    async def step(house: House, _id: str) -> None:
        running = house.service.local.running
        if running is not None:
            job = house.service.repository.job(running, in_bin=True)
            await house.hear(event(running, job.run, job.resume.batch + 1))

    return step


async def stay_silent(house: House, _id: str) -> None:
    before = house.engines.terminations
    while house.service.local.running is not None and house.engines.terminations == before:
        await house.service.check_engine()
    await house.service.settle()


STEPS: dict[str, Step] = {
    "add": lambda house, id_: house.ask(m.AddFile(id_, transcript_id=id_), id_.encode()),
    "provide": lambda house, id_: house.ask(m.ProvideFile(id_), id_.encode()),
    "pause": lambda house, id_: house.ask(m.Pause(id_)),
    "resume": lambda house, id_: house.ask(m.Resume(id_)),
    "cancel": lambda house, id_: house.ask(m.Cancel(id_)),
    "prioritise": lambda house, id_: house.ask(m.Prioritise(id_)),
    "move": lambda house, id_: house.ask(m.MoveJob(id_, "device")),
    "remove": lambda house, id_: house.ask(m.Remove((id_,))),
    "restore": lambda house, id_: house.ask(m.Restore((id_,))),
    "empty the bin": lambda house, _id: house.ask(m.EmptyBin()),
    "run again": lambda house, id_: house.ask(m.Retranscribe(id_, CZECH, 0.0, None, True)),
    "go back": lambda house, id_: house.ask(m.GoBack(id_, True)),
    "edit": lambda house, id_: house.ask(m.EditSegment(id_, 0, "Edited.")),
    "forget audio": lambda house, _id: house.ask(m.ChangeSettings(m.Settings(keep_audio=False))),
    "close the tab": lambda house, _id: house.restart(),
    "be ready": lambda house, _id: house.hear(ready()),
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
        house = House()
        await house.open()
        for name, id_ in steps:
            try:
                await STEPS[name](house, id_)
            except EarwitnessError:
                await house.service.settle()
            await check(house)

    asyncio.run(story())


async def check(house: House) -> None:
    """Memory is what the store holds, and each job is where its state says."""
    repository, running = house.service.repository, house.service.local.running
    stored = LibraryRepository(house.store, house.http.origin)
    await stored.load()
    assert sorted(map(repr, stored.jobs_and_bin())) == sorted(map(repr, repository.jobs_and_bin()))
    assert stored.records() == repository.records()
    fresh = DocumentCache(repository, house.store, house.clock)
    for job in repository.jobs():
        opened = await house.service.documents.open(job.transcript_id)
        assert (await fresh.open(job.transcript_id)).segments == opened.segments
    for job in repository.jobs_and_bin():
        assert job.state not in RUNNING or job.transcript_id == running, "a job runs nowhere"
    if running is None:
        assert "queued" not in [job.state for job in repository.jobs()], "a free engine waits"
    else:
        assert repository.is_listed(running), "the engine works on what is in the bin"
        assert house.engines.started[-1].transcript_id == running
