"""What the routes work with, opened when the process starts and closed when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Annotated

from earwitness.errors import EarwitnessError
from earwitness.extensions import installed
from fastapi import Depends, Request

from earwitness_server.drain import Drain
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.engine import Engine
from earwitness_server.inference.local_transcriber import LocalTranscriber
from earwitness_server.inference.model_registry import ModelRegistry
from earwitness_server.inference.transcriber import Transcriber
from earwitness_server.jobs.execution import Execution, Executions
from earwitness_server.jobs.progress import ProgressFeed
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.jobs.worker import Worker
from earwitness_server.jobs.workflow import Runtime
from earwitness_server.jobs.workflow_client import WorkflowClient, system_address
from earwitness_server.media.source import DecodeLimits
from earwitness_server.observability.log import configure, log
from earwitness_server.observability.metrics import QueueDepth, metrics_registry
from earwitness_server.observability.tracing import tracing
from earwitness_server.search.index_sync import Search
from earwitness_server.search.local import LocalSearch
from earwitness_server.search.shared import SharedSearch
from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import Keys
from earwitness_server.storage.library import Library
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.quotas import Quotas
from earwitness_server.storage.retention import Cleanup
from earwitness_server.storage.temporary import TemporaryFiles
from earwitness_server.storage.uploads import Uploads


class Services:
    """Everything that routes need; the only thing on the application's state."""

    def __init__(
        self, settings: Settings, drain: Drain, engine: Engine | None, stack: ExitStack
    ) -> None:
        """Open them; `stack` closes those that are open, also where a later one fails.

        Raises:
            EarwitnessError: one of them cannot be opened.
        """
        self.settings = settings
        self.drain = drain
        # Other users of the machine must not read it.
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        tracing.start()
        stack.callback(tracing.stop)
        drain.on_begin.append(lambda: log.info("stopping", grace_s=settings.drain_s))
        drain.on_over.append(lambda: log.warning("grace_over"))
        self.database = Database(settings.database)
        stack.callback(self.database.close)
        self.database.migrate()
        self.extensions = installed()
        for error in self.extensions.errors:
            log.warning("extension_left_out", error=error)
        self.keys = Keys(self.database)
        self.library = Library(self.database)
        self.queue = Queue(self.database)
        self.objects = Objects(settings.objects or str(settings.data / "objects"))
        self.uploads = Uploads(self.database, self.objects)
        self.quotas = Quotas(self.database, settings.queue_limit)
        self.admission = Admission(settings.slots + settings.waiting_limit, self.quotas)
        self.temporary = TemporaryFiles(settings.data)
        stack.callback(self.temporary.close)
        self.workflows = WorkflowClient(system_address(settings))
        stack.callback(self.workflows.close)
        self.search = open_search(self.database, self.queue, settings)
        stack.callback(self.search.close)
        self.progress = ProgressFeed(self.queue)
        drain.on_begin.append(self.progress.wake)
        drain.on_over.append(self.progress.wake)
        depth = QueueDepth(self.queue.depths)
        metrics_registry.register(depth)
        stack.callback(metrics_registry.unregister, depth)
        self.engine = None if settings.role == "web" else engine or engine_of(settings)
        """The models in memory; None with the role `web`."""
        self.transcriber: Transcriber
        if self.engine is None:
            self.registry = ModelRegistry(lambda: settings.offered_models, settings.default_model)
            self.transcriber = QueuedTranscriber(
                self.queue, self.objects, self.library, self.workflows, self.progress, drain
            )
        else:
            self.registry = ModelRegistry(
                self.engine.models, settings.default_model, self.engine.tells_speakers
            )
            self.transcriber = self._start_local(self.engine, stack)

    def _start_local(self, engine: Engine, stack: ExitStack) -> LocalTranscriber:
        """Take jobs from now on; return what transcribes direct requests on the same engine."""
        settings, drain = self.settings, self.drain
        if settings.default_model in engine.models():
            engine.load(settings.default_model)
        transcriber = LocalTranscriber(engine, settings.slots, self.admission)
        stack.callback(transcriber.close)
        drain.on_begin.append(transcriber.refuse_waiting)
        drain.on_over.append(transcriber.cancel_all)
        leaving = Runtime.leaving.is_set
        make = partial(Execution, engine, self.queue, self.objects, self.temporary.path, leaving)
        cleanup = Cleanup(self.library, self.uploads, self.objects, self.database)
        worker = Worker(
            settings, self.database, self.queue, self.workflows, Executions(make), cleanup,
            engine.models,
        )  # fmt: skip
        worker.start()
        stack.callback(worker.stop)
        # At once, so that other workers get its jobs before the last request has ended.
        drain.meanwhile.append(lambda: worker.stop(settings.drain_s))
        return transcriber


async def services_of(request: Request) -> Services:
    """Return the services of the application that received a request."""
    services: Services = request.app.state.services
    return services


CurrentServices = Annotated[Services, Depends(services_of)]
"""The type of a route's parameter that is given the services."""


@asynccontextmanager
async def running(
    settings: Settings, drain: Drain, engine: Engine | None = None
) -> AsyncGenerator[Services]:
    """Open the services, with models in memory; `engine` replaces the one of the settings.

    Raises:
        EarwitnessError: one of them cannot be opened; `drain.start_error` keeps it too.
    """
    configure(settings.log_level)
    with ExitStack() as stack:
        try:
            services = await asyncio.to_thread(Services, settings, drain, engine, stack)
        except EarwitnessError as error:
            drain.start_error = error
            raise
        try:
            yield services
        finally:
            services.progress.close()
            await asyncio.to_thread(stack.close)


def open_search(database: Database, queue: Queue, settings: Settings) -> Search:
    """Return the search of this database; where there is an API it follows changes by itself."""
    if database.sqlite:
        # A worker answers no search: nobody would take deleted transcripts out of its index.
        folder = None if settings.role == "worker" else settings.data
        search: Search = LocalSearch(database, queue, folder)
    else:
        search = SharedSearch(database, queue)
    if settings.role != "worker":
        search.start()
    return search


def engine_of(settings: Settings) -> Engine:
    """Return an engine on the models of the settings; it loads each one when it is first used."""
    limits = DecodeLimits(
        longest_s=settings.max_duration_s,
        memory_bytes=settings.decode_memory_bytes,
        cpu_s=settings.decode_cpu_s,
    )
    return Engine(
        settings.models,
        settings.default_model,
        device=settings.device,
        threads=settings.threads,
        limits=limits,
    )
