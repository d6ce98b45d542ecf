"""The API around the page: its routes, and what they all need, opened when the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager

from earwitness.errors import EarwitnessError
from fastapi import FastAPI

from earwitness_server.http.drain import Drain, DrainGate
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.engine import Engine, EngineOptions
from earwitness_server.inference.local_transcriber import LocalTranscriber
from earwitness_server.inference.model_registry import ModelRegistry
from earwitness_server.jobs.execution import Execution, Executions
from earwitness_server.jobs.progress import ProgressFeed
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.jobs.worker import Worker
from earwitness_server.jobs.workflow_client import WorkflowClient, system_address
from earwitness_server.media.source import DecodeLimits
from earwitness_server.observability.log import configure, log
from earwitness_server.observability.metrics import QueueDepth, metrics_registry
from earwitness_server.observability.tracing import tracing
from earwitness_server.routes import health, jobs, library, uploads
from earwitness_server.routes import liveness as alive
from earwitness_server.routes.openai import routes as openai_routes
from earwitness_server.search.index_sync import Search
from earwitness_server.search.local import LocalSearch
from earwitness_server.search.shared import SharedSearch
from earwitness_server.services import Services
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


def attach(app: FastAPI, settings: Settings, drain: Drain) -> None:
    """Add the routes of this process' role; a worker only says how it is."""
    for module in (alive, health):
        app.include_router(module.router)
    if settings.role != "worker":
        for module in (openai_routes, uploads, jobs, library):
            app.include_router(module.router)
    app.add_middleware(DrainGate, drain=drain)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open what every request needs; models are in memory before the first one comes."""
    configure(app.state.settings.log_level)
    with ExitStack() as stack:
        try:
            await asyncio.to_thread(_open, app, stack)
        except EarwitnessError as error:
            app.state.start_error = error
            raise
        try:
            yield
        finally:
            app.state.services.progress.close()
            await asyncio.to_thread(stack.close)


def _open(app: FastAPI, stack: ExitStack) -> None:
    settings: Settings = app.state.settings
    # Other users of the machine have no business in it.
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    tracing.start()
    stack.callback(tracing.stop)
    if settings.role == "web":
        engine, registry = (
            None,
            ModelRegistry(lambda: settings.offered_models, settings.default_model),
        )
    else:
        engine = app.state.engine or Engine(engine_options(settings))
        registry = ModelRegistry(engine.models, settings.default_model)
    drain: Drain = app.state.drain
    drain.on_begin(lambda: log.info("stopping", grace_s=settings.drain_s))
    drain.on_over(lambda: log.warning("grace_over"))
    services = open_services(settings, drain, registry, stack)
    app.state.services, app.state.keys = services, services.keys
    app.state.room = None
    depth = QueueDepth(services.queue)
    metrics_registry.register(depth)
    stack.callback(metrics_registry.unregister, depth)
    if engine is None:
        app.state.room = QueuedTranscriber(services)
        return
    if settings.default_model in engine.models():
        engine.load(settings.default_model)
    app.state.engine = engine
    app.state.room = room = LocalTranscriber(engine, settings.slots, settings.waiting_limit)
    stack.callback(room.close)
    drain.on_begin(room.refuse_waiting)
    drain.on_over(room.refuse_all)
    worker = make_worker(services, engine)
    worker.start()
    stack.callback(worker.stop)
    # At once, so that others need not wait for its jobs until the last request has ended.
    drain.meanwhile(lambda: worker.stop(settings.drain_s))


def open_services(
    settings: Settings, drain: Drain, registry: ModelRegistry, stack: ExitStack
) -> Services:
    """Open the database and the stores; `stack` closes them.

    Raises:
        StorageError: one of them cannot be reached.
    """
    database = Database(settings.database)
    stack.callback(database.close)
    database.migrate()
    objects = Objects(settings.objects or str(settings.data / "objects"))
    queue = Queue(database)
    temporary = TemporaryFiles(settings.data)
    stack.callback(temporary.close)
    workflows = WorkflowClient(system_address(settings.database, settings.data))
    stack.callback(workflows.close)
    search = open_search(database, queue, settings)
    stack.callback(search.close)
    progress = ProgressFeed(queue)
    for tell in (drain.on_begin, drain.on_over):
        tell(progress.wake)
    return Services(
        settings=settings,
        drain=drain,
        registry=registry,
        database=database,
        keys=Keys(database),
        library=Library(database),
        queue=queue,
        objects=objects,
        uploads=Uploads(database, objects),
        workflows=workflows,
        progress=progress,
        search=search,
        temporary=temporary,
        places=Admission(settings.slots + settings.waiting_limit),
        quotas=Quotas(database, settings.queue_limit),
    )


def open_search(database: Database, queue: Queue, settings: Settings) -> Search:
    """The one for this database; it keeps up by itself where there is an API to ask it."""
    if database.sqlite:
        # A worker answers no search: nobody would take out of its index what is deleted.
        folder = None if settings.role == "worker" else settings.data
        search: Search = LocalSearch(database, queue, folder)
    else:
        search = SharedSearch(database, queue)
    if settings.role != "worker":
        search.start()
    return search


def make_worker(services: Services, engine: Engine) -> Worker:
    """The worker of this process."""
    settings = services.settings

    def make_work() -> Execution:
        return Execution(engine, services.queue, services.objects, services.temporary.file)

    return Worker(
        services.database,
        services.queue,
        services.workflows,
        Executions(make_work),
        Cleanup(services.library, services.uploads, services.objects, services.database),
        address=system_address(settings.database, settings.data),
        slots=settings.slots,
        away_s=settings.worker_away_s,
    )


def engine_options(settings: Settings) -> EngineOptions:
    """What the engine needs of the settings."""
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
