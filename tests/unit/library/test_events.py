"""Progress is told ten times a second at most, a turn of events at once."""

from __future__ import annotations

import asyncio

from earwitness.library.events import EventThrottle

from tests.unit.library.harness import SteppingClock


def a_clock() -> SteppingClock:
    clock = SteppingClock()
    clock.time_s = 100.0
    return clock


def test_progress_is_throttled_and_the_last_state_is_sent() -> None:
    async def scene() -> list[tuple[str, float]]:
        clock, said = a_clock(), list[tuple[str, float]]()

        async def say(topic: str) -> None:
            said.append((topic, clock.now()))

        announcer = EventThrottle(clock, say)
        for _ in range(5):
            await announcer.announce("a")
        await announcer.announce("b")
        await announcer.settle()
        return said

    assert asyncio.run(scene()) == [("a", 100.0), ("b", 100.0), ("a", 100.1)]


def test_a_new_state_is_sent_at_once() -> None:
    async def scene() -> list[tuple[str, float]]:
        clock, said, states = a_clock(), list[tuple[str, float]](), {"a": "transcribing"}

        async def say(topic: str) -> None:
            said.append((states[topic], clock.now()))

        announcer = EventThrottle(clock, say, states.__getitem__)
        await announcer.announce("a")
        await announcer.announce("a")
        states["a"] = "done"
        await announcer.announce("a")
        assert said == [("transcribing", 100.0), ("done", 100.0)]
        await announcer.settle()
        return said

    assert asyncio.run(scene())[-1] == ("done", 100.1)
