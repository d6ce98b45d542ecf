"""Where direct requests are heard: a few threads, a short queue, a clear refusal when it is full.

A transcription runs in a thread with an event loop of its own, because the policy computes in
Python between the model's calls, and the web's loop must not wait for that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context

from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch

from earwitness_server.http.drain import stopping
from earwitness_server.inference.admission import busy
from earwitness_server.inference.engine import Engine, Recording
from earwitness_server.observability.tracing import describe, tracing

End = BaseException | None


class _Guest:
    """One request: what it is still to be handed, and whether it is being heard."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Batch | tuple[End]] = asyncio.Queue()
        self.left = threading.Event()
        self.begun = False

    def refuse(self) -> None:
        self.left.set()
        self.items.put_nowait((stopping(),))


class LocalTranscriber:
    """Takes direct requests while there is room."""

    def __init__(self, engine: Engine, slots: int, waiting_limit: int) -> None:
        self._engine = engine
        self._most = slots + waiting_limit
        self._inside = 0
        self._guests: set[_Guest] = set()
        self._stopping = False
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="hear")

    @property
    def inside(self) -> int:
        """Requests being heard or waiting."""
        return self._inside

    def check(self) -> None:
        """Refuse now rather than after a long upload.

        Raises:
            ApiError: 429, when too many wait already; 503, when the server is stopping.
        """
        if self._stopping:
            raise stopping()
        if self._inside >= self._most:
            raise busy()

    async def hear(
        self, recording: Recording, settings: SpeechSettings | None = None
    ) -> AsyncGenerator[Batch]:
        """Batches as they are decoded. Leaving early stops the work after the batch in flight.

        Raises:
            ApiError: 429, when too many wait already; 503, when the server is stopping.
            EarwitnessError: what the engine raises.
        """
        self.check()
        loop = asyncio.get_running_loop()
        guest = _Guest()

        def put(item: Batch | tuple[End]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(guest.items.put_nowait, item)

        async def work() -> None:
            batches = self._engine.transcribe(recording, settings=settings, stop=guest.left.is_set)
            async with aclosing(batches):
                while True:
                    with tracing.windows() as span:
                        batch = await anext(batches, None)
                        if batch is None:
                            return
                        describe(span, batch)
                    put(batch)

        def run() -> None:
            ended: End = None
            try:
                guest.begun = True
                if not guest.left.is_set():
                    asyncio.run(work())
            except BaseException as error:
                ended = error
            put((ended,))

        self._inside += 1
        self._guests.add(guest)
        # With the context of the request, which the spans of its windows belong to.
        future = loop.run_in_executor(self._threads, copy_context().run, run)
        future.add_done_callback(lambda _done: self._leave())
        try:
            while isinstance(item := await guest.items.get(), Batch):
                yield item
            if item[0] is not None:
                raise item[0]
        finally:
            self._guests.discard(guest)
            guest.left.set()

    def _leave(self) -> None:
        self._inside -= 1

    def refuse_waiting(self) -> None:
        """Let nobody in any more; who waits for a thread is told now, and may go elsewhere."""
        self._stopping = True
        for guest in self._guests:
            if not guest.begun:
                guest.refuse()

    def refuse_all(self) -> None:
        """Hear nobody any longer; the engine stops after the batch in flight."""
        self._stopping = True
        for guest in self._guests:
            guest.refuse()

    def close(self) -> None:
        """Let nobody in any more; what is in flight ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
