"""The watchdog: an engine that sends no message."""

from __future__ import annotations

from earwitness import messages as m
from earwitness.domain.estimate import Speeds
from earwitness.engine_messages import Working
from earwitness.library.queue.watchdog import CHECK_S, patience_s

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    finished,
    opened,
    ready,
    transcribed,
    with_library,
)

AGES = 10_000
"""Checks, far more than any patience has."""


async def be_silent(library: PageLibrary, checks: int = AGES) -> int:
    """Let so many checks pass, or as many as the engine lives; how many it were."""
    before = library.engines.terminations
    count = 0
    while count < checks and library.engines.terminations == before:
        await library.service.check_engine()
        count += 1
    await library.service.settle()
    return count


@with_library
async def test_a_hung_engine_is_replaced(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One."))
    assert await be_silent(library) < AGES
    first, again = library.engines.started
    assert (first.resume.batch, again.resume.batch, again.device) == (0, 1, "wasm")
    await library.hear(ready())
    await library.hear(batch(id_, 2, "Two."))
    await library.hear(finished(id_))
    assert await library.texts(id_) == [" One.", " Two."]


@with_library
async def test_a_job_that_hangs_twice_at_one_window_fails(
    library: PageLibrary,
) -> None:
    bad = await library.add("bad.wav", b"bad")
    good = await library.add("good.wav", b"good")
    await be_silent(library)
    await be_silent(library)
    listed = {t.id: t.job for t in (await library.ask(m.ListTranscripts())).transcripts}
    assert listed[bad].state == "failed"
    assert listed[bad].error is not None
    assert "stopped answering" in listed[bad].error.message
    assert listed[bad].error.hint
    assert library.engines.started[-1].transcript_id == good


@with_library
async def test_any_event_resets_the_watchdog(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(opened(id_))
    patience = await be_silent(library)
    for _ in range(3):
        assert await be_silent(library, patience - 1) == patience - 1
        await library.hear(Working())
    assert library.engines.terminations == 1, "only the first one, which told how long it may take"


@with_library
async def test_idle_engine_is_not_watched(library: PageLibrary) -> None:
    await be_silent(library)
    id_ = await library.add()
    await library.hear(finished(id_))
    await be_silent(library)
    assert library.engines.terminations == 0


@with_library
async def test_an_unanswered_pause_ends_the_engine(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.ask(m.Pause(id_))
    await be_silent(library)
    assert library.engines.terminations == 1
    assert await library.state(id_) == "paused"
    await library.ask(m.Resume(id_))
    assert len(library.engines.started) == 2


@with_library
async def test_an_analysis_that_does_not_give_way_to_a_job_is_ended(library: PageLibrary) -> None:
    await transcribed(library, "Hello.", speakers=True)
    other = await library.add("other.wav", b"other")
    assert library.engines.pauses >= 1
    assert await be_silent(library, 10) < 10
    assert library.engines.started[-1].transcript_id == other


def test_watchdog_limit_grows_with_model_device_and_resume() -> None:
    new = Speeds()
    plain_s = patience_s(new, "base", 80_000_000, 0.0)
    assert plain_s > 20 * CHECK_S
    assert patience_s(new, "small", 250_000_000, 0.0) > plain_s
    assert patience_s(new, "base", 80_000_000, 7200.0) > plain_s
    slow = new.learned("base", 300.0, 60.0)
    assert patience_s(slow, "base", 80_000_000, 0.0) > 5 * plain_s
    quick = new.learned("base", 1.0, 60.0)
    assert patience_s(quick, "base", 80_000_000, 0.0) == plain_s
