"""Events to the pages: progress at most ten times a second, turns of events at once.

The last word is always said. A turn (a job is done) must not wait for progress told just before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from earwitness.library.ports import Clock

INTERVAL_S = 0.1
"""Between two announcements about the same thing."""


class Announcer:
    """Calls `say(topic)` now, or a little later when it was called just before."""

    def __init__(
        self,
        clock: Clock,
        say: Callable[[str], Awaitable[None]],
        state_of: Callable[[str], object] = lambda _topic: None,
    ) -> None:
        """`state_of`: what of a topic is told at once when it is not as it was last told."""
        self._clock = clock
        self._say = say
        self._state_of = state_of
        self._said_at: dict[str, float] = {}
        self._said: dict[str, object] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def changed(self, topic: str) -> None:
        """What `topic` names has changed."""
        if topic in self._said and self._said[topic] != self._state_of(topic):
            await self._now(topic)
            return
        if topic in self._waiting:
            return
        wait_s = self._said_at.get(topic, -INTERVAL_S) + INTERVAL_S - self._clock.now()
        if wait_s <= 0:
            await self._now(topic)
        else:
            self._waiting[topic] = asyncio.create_task(self._later(topic, min(wait_s, INTERVAL_S)))

    async def settle(self) -> None:
        """Wait until everything is said."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())

    async def _later(self, topic: str, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        del self._waiting[topic]
        await self._now(topic)

    async def _now(self, topic: str) -> None:
        self._said_at[topic] = self._clock.now()
        self._said[topic] = self._state_of(topic)
        await self._say(topic)
