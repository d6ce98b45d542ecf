"""Progress is told ten times a second at most, a turn of events at once."""

from __future__ import annotations

import asyncio

from earwitness.library.event_throttle import Announcer

from tests.unit.library.house import SteppingClock


def a_clock() -> SteppingClock:
    clock = SteppingClock()
    clock.time_s = 100.0
    return clock


def test_progress_waits_and_the_last_word_is_said() -> None:
    async def scene() -> list[tuple[str, float]]:
        clock, said = a_clock(), list[tuple[str, float]]()

        async def say(topic: str) -> None:
            said.append((topic, clock.now()))

        announcer = Announcer(clock, say)
        for _ in range(5):
            await announcer.changed("a")
        await announcer.changed("b")
        await announcer.settle()
        return said

    assert asyncio.run(scene()) == [("a", 100.0), ("b", 100.0), ("a", 100.1)]


def test_a_turn_of_events_does_not_wait() -> None:
    async def scene() -> list[tuple[str, float]]:
        clock, said, states = a_clock(), list[tuple[str, float]](), {"a": "transcribing"}

        async def say(topic: str) -> None:
            said.append((states[topic], clock.now()))

        announcer = Announcer(clock, say, states.__getitem__)
        await announcer.changed("a")
        await announcer.changed("a")
        states["a"] = "done"
        await announcer.changed("a")
        assert said == [("transcribing", 100.0), ("done", 100.0)]
        await announcer.settle()
        return said

    assert asyncio.run(scene())[-1] == ("done", 100.1)
