"""The end of the process: requests in flight may finish, later ones are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from earwitness.errors import EarwitnessError

Action = Callable[[], None]
REFUSAL_S = 1.0
"""After the grace: time to send the refusals, and once more for the requests that are cut off."""


class StoppingError(EarwitnessError):
    """The server stops before it can finish this request."""

    def __init__(self) -> None:
        super().__init__("The server is stopping.", hint="Send it again in a moment.")


@dataclass(eq=False)
class Drain:
    """How far this process has come in stopping. Belongs to the event loop of the web server."""

    on_begin: list[Action] = field(default_factory=list[Action])
    """Called when the process is told to stop."""
    meanwhile: list[Action] = field(default_factory=list[Action])
    """Run in threads from the beginning on, and waited for as requests are."""
    on_over: list[Action] = field(default_factory=list[Action])
    """Called when the grace has ended and something is still in flight."""
    start_error: EarwitnessError | None = None
    """Why the process stops before it has started; None: it started, or is about to."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """The process was told to stop."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The grace has ended, after which nothing may go on."""

    async def run(self, tasks: Iterable[asyncio.Task[None]], grace_s: float) -> None:
        """Wait for these requests: for their own answers within the grace, else for a refusal."""
        left: set[asyncio.Future[Any]] = set(tasks)
        self.begun.set()
        for call in self.on_begin:
            call()
        left |= {asyncio.ensure_future(asyncio.to_thread(call)) for call in self.meanwhile}
        left = await _unfinished(left, grace_s)
        self.over.set()
        if not left:
            return
        for call in self.on_over:
            call()
        left = await _unfinished(left, REFUSAL_S)
        # Requests whose bodies still arrive, for one: the gate answers them.
        for each in left:
            each.cancel()
        await _unfinished(left, REFUSAL_S)


async def _unfinished(
    futures: set[asyncio.Future[Any]], within_s: float
) -> set[asyncio.Future[Any]]:
    return (await asyncio.wait(futures, timeout=within_s))[1] if futures else futures
