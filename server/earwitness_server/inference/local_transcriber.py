"""Direct requests on this process's model: a few threads, each with an event loop of its own.

The policy computes in Python between the model's calls, and the web's loop must not wait for that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context

from earwitness.speakers.diarization import Diarization
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch

from earwitness_server.drain import StoppingError
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.engine import Engine
from earwitness_server.inference.known_voices import KnownVoice
from earwitness_server.inference.transcriber import Recording
from earwitness_server.observability.tracing import describe, tracing

End = BaseException | None


class _Request:
    """One transcription: the items for its client, and whether a thread has begun with it."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Batch | tuple[End]] = asyncio.Queue()
        self.left = threading.Event()
        self.begun = False

    def refuse(self) -> None:
        self.left.set()
        self.items.put_nowait((StoppingError(),))


class LocalTranscriber:
    """A `Transcriber` on the engine of this process."""

    def __init__(self, engine: Engine, slots: int, admission: Admission) -> None:
        self._engine = engine
        self._admission = admission
        self._requests: set[_Request] = set()
        self._stopping = False
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="transcribe")

    async def transcribe(
        self, recording: Recording, settings: SpeechSettings | None = None
    ) -> AsyncGenerator[Batch]:
        """Yield batches as they are decoded. Left early, the work stops after the current batch.

        Raises:
            StoppingError: the server stops before the recording is done.
            EarwitnessError: what the engine raises.
        """
        if self._stopping:
            raise StoppingError
        loop = asyncio.get_running_loop()
        request = _Request()

        def put(item: Batch | tuple[End]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(request.items.put_nowait, item)

        async def work() -> None:
            batches = self._engine.transcribe(
                recording, settings=settings, stop=request.left.is_set
            )
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
                request.begun = True
                if not request.left.is_set():
                    asyncio.run(work())
            except BaseException as error:
                ended = error
            put((ended,))

        self._requests.add(request)
        # With the context of the request, to which the spans of its windows belong.
        future = loop.run_in_executor(self._threads, copy_context().run, run)
        try:
            while isinstance(item := await request.items.get(), Batch):
                yield item
            if item[0] is not None:
                raise item[0]
        finally:
            self._requests.discard(request)
            request.left.set()
            if not future.done():
                self._admission.hold_until(future)

    async def find_speakers(
        self, recording: Recording, known: Sequence[KnownVoice] = ()
    ) -> Diarization:
        """Return who speaks when. Cancelled, the work stops after the current windows.

        Raises:
            StoppingError: the server stops.
            EarwitnessError: what the engine raises.
        """
        if self._stopping:
            raise StoppingError
        left = threading.Event()

        def run() -> Diarization:
            return asyncio.run(self._engine.find_speakers(recording, known, stop=left.is_set))

        context = copy_context()
        future = asyncio.get_running_loop().run_in_executor(self._threads, context.run, run)
        try:
            return await asyncio.shield(future)
        finally:
            left.set()
            if not future.done():
                self._admission.hold_until(future)

    def refuse_waiting(self) -> None:
        """Refuse new requests, and those that still wait for a thread."""
        self._stopping = True
        for request in self._requests:
            if not request.begun:
                request.refuse()

    def cancel_all(self) -> None:
        """Cancel all running transcriptions; the engine stops after the current batches."""
        self._stopping = True
        for request in self._requests:
            request.refuse()

    def close(self) -> None:
        """Accept no further work; running threads end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
