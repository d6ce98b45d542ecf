"""The API around the page: its routes, and what they all need, opened when the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from earwitness_server.engine.engine import Engine, EngineOptions
from earwitness_server.media.source import DecodeLimits
from earwitness_server.openai_api import routes as openai_routes
from earwitness_server.room import Room
from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import Keys
from earwitness_server.temporary import Temporary


def attach(app: FastAPI) -> None:
    """Add every route of the API."""
    app.include_router(openai_routes.router)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what every request needs; models are in memory before the first one comes."""
    settings: Settings = app.state.settings
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    await asyncio.to_thread(database.migrate)
    engine = Engine(engine_options(settings))
    if settings.role != "web" and settings.default_model in engine.models():
        await asyncio.to_thread(engine.load, settings.default_model)
    state = app.state
    state.database, state.keys, state.engine = database, Keys(database), engine
    state.temporary = Temporary(settings.data)
    state.room = Room(engine, settings.slots, settings.waiting_limit)
    try:
        yield
    finally:
        state.room.close()
        state.temporary.close()
        database.close()


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
