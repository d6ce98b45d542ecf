"""An engine that hangs: alive for the browser, silent for us."""

from __future__ import annotations

from earwitness import messages as m
from earwitness.domain.estimate import Speeds
from earwitness.engine_messages import Working
from earwitness.library.queue.watchdog import CHECK_S, patience_s

from tests.unit.library.house import House, batch, finished, lived, opened, ready

AGES = 10_000
"""Checks, far more than any patience has."""


async def be_silent(house: House, checks: int = AGES) -> int:
    """Let so many checks pass, or as many as the engine lives; how many it were."""
    before = house.engines.terminations
    count = 0
    while count < checks and house.engines.terminations == before:
        await house.service.check_engine()
        count += 1
    await house.service.settle()
    return count


@lived
async def test_a_hung_engine_is_ended_and_the_job_goes_on_in_a_fresh_one(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "One."))
    assert await be_silent(house) < AGES
    first, again = house.engines.started
    assert (first.resume.batch, again.resume.batch, again.device) == (0, 1, "wasm")
    await house.hear(ready())
    await house.hear(batch(id_, 2, "Two."))
    await house.hear(finished(id_))
    assert await house.texts(id_) == [" One.", " Two."]


@lived
async def test_one_that_hangs_twice_at_the_same_window_lets_the_next_file_pass(
    house: House,
) -> None:
    bad = await house.add("bad.wav", b"bad")
    good = await house.add("good.wav", b"good")
    await be_silent(house)
    await be_silent(house)
    listed = {t.id: t.job for t in (await house.ask(m.ListTranscripts())).transcripts}
    assert listed[bad].state == "failed"
    assert listed[bad].error is not None
    assert "stopped answering" in listed[bad].error.message
    assert listed[bad].error.hint
    assert house.engines.started[-1].transcript_id == good


@lived
async def test_any_sign_of_life_counts(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(opened(id_))
    patience = await be_silent(house)
    for _ in range(3):
        assert await be_silent(house, patience - 1) == patience - 1
        await house.hear(Working(id_))
    assert house.engines.terminations == 1, "only the first one, which told how long it may take"


@lived
async def test_an_engine_without_a_job_is_not_watched(house: House) -> None:
    await be_silent(house)
    id_ = await house.add()
    await house.hear(finished(id_))
    await be_silent(house)
    assert house.engines.terminations == 0


@lived
async def test_a_pause_that_the_engine_does_not_answer_ends_it(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    await be_silent(house)
    assert house.engines.terminations == 1
    assert await house.state(id_) == "paused"
    await house.ask(m.Resume(id_))
    assert len(house.engines.started) == 2


def test_large_models_slow_devices_and_late_resumes_get_more_time() -> None:
    new = Speeds()
    plain_s = patience_s(new, "base", 80_000_000, 0.0)
    assert plain_s > 20 * CHECK_S
    assert patience_s(new, "small", 250_000_000, 0.0) > plain_s
    assert patience_s(new, "base", 80_000_000, 7200.0) > plain_s
    slow = new.learned("base", 300.0, 60.0)
    assert patience_s(slow, "base", 80_000_000, 0.0) > 5 * plain_s
    quick = new.learned("base", 1.0, 60.0)
    assert patience_s(quick, "base", 80_000_000, 0.0) == plain_s
