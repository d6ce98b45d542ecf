"""What the routes work with, opened when the process starts and closed when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from earwitness.errors import EarwitnessError
from fastapi import Depends, Request

from earwitness_server.drain import Drain
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.engine import Engine, EngineOptions
from earwitness_server.inference.local_transcriber import LocalTranscriber
from earwitness_server.inference.model_registry import ModelRegistry
from earwitness_server.inference.transcriber import Transcriber
from earwitness_server.jobs.execution import Execution, Executions
from earwitness_server.jobs.progress import ProgressFeed
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.jobs.worker import Worker
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


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes need; the only thing on the application's state."""

    settings: Settings
    drain: Drain
    database: Database
    keys: Keys
    quotas: Quotas
    library: Library
    queue: Queue
    objects: Objects
    uploads: Uploads
    temporary: TemporaryFiles
    search: Search
    workflows: WorkflowClient
    progress: ProgressFeed
    registry: ModelRegistry
    engine: Engine | None
    """The models in memory; None with the role `web`."""
    transcriber: Transcriber
    admission: Admission


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
            services = await asyncio.to_thread(_open, settings, drain, engine, stack)
        except EarwitnessError as error:
            drain.start_error = error
            raise
        try:
            yield services
        finally:
            services.progress.close()
            await asyncio.to_thread(stack.close)


def _open(settings: Settings, drain: Drain, engine: Engine | None, stack: ExitStack) -> Services:
    # Other users of the machine must not read it.
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    tracing.start()
    stack.callback(tracing.stop)
    drain.on_begin(lambda: log.info("stopping", grace_s=settings.drain_s))
    drain.on_over(lambda: log.warning("grace_over"))
    database = Database(settings.database)
    stack.callback(database.close)
    database.migrate()
    objects = Objects(settings.objects or str(settings.data / "objects"))
    queue, library, uploads = Queue(database), Library(database), Uploads(database, objects)
    quotas = Quotas(database, settings.queue_limit)
    admission = Admission(settings.slots + settings.waiting_limit, quotas)
    temporary = TemporaryFiles(settings.data)
    stack.callback(temporary.close)
    address = system_address(settings.database, settings.data)
    workflows = WorkflowClient(address)
    stack.callback(workflows.close)
    search = open_search(database, queue, settings)
    stack.callback(search.close)
    progress = ProgressFeed(queue)
    for add in (drain.on_begin, drain.on_over):
        add(progress.wake)
    depth = QueueDepth(queue.depths)
    metrics_registry.register(depth)
    stack.callback(metrics_registry.unregister, depth)
    transcriber: Transcriber
    if settings.role == "web":
        engine = None
        registry = ModelRegistry(lambda: settings.offered_models, settings.default_model)
        transcriber = QueuedTranscriber(
            queue=queue,
            objects=objects,
            library=library,
            workflows=workflows,
            progress=progress,
            drain=drain,
        )
    else:
        engine = local = engine or Engine(_engine_options(settings))
        registry = ModelRegistry(local.models, settings.default_model)
        if settings.default_model in local.models():
            local.load(settings.default_model)
        transcriber = LocalTranscriber(local, settings.slots, admission)
        stack.callback(transcriber.close)
        drain.on_begin(transcriber.refuse_waiting)
        drain.on_over(transcriber.cancel_all)
        worker = Worker(
            database,
            queue,
            workflows,
            Executions(lambda: Execution(local, queue, objects, temporary.path)),
            Cleanup(library, uploads, objects, database),
            address=address,
            models=local.models,
            slots=settings.slots,
            away_s=settings.worker_away_s,
        )
        worker.start()
        stack.callback(worker.stop)
        # At once, so that other workers get its jobs before the last request has ended.
        drain.meanwhile(lambda: worker.stop(settings.drain_s))
    return Services(
        settings=settings,
        drain=drain,
        database=database,
        keys=Keys(database),
        quotas=quotas,
        library=library,
        queue=queue,
        objects=objects,
        uploads=uploads,
        temporary=temporary,
        search=search,
        workflows=workflows,
        progress=progress,
        registry=registry,
        engine=engine,
        transcriber=transcriber,
        admission=admission,
    )


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


def _engine_options(settings: Settings) -> EngineOptions:
    return EngineOptions(
        folder=settings.models,
        default=settings.default_model,
        device=settings.device,
        threads=settings.threads,
        limits=DecodeLimits(
            longest_s=settings.max_duration_s,
            memory_bytes=settings.decode_memory_bytes,
            cpu_s=settings.decode_cpu_s,
        ),
    )
