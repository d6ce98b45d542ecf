"""The application: routes, the page behind them, and the middleware around everything."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from earwitness_server.drain import Drain
from earwitness_server.errors import HANDLERS
from earwitness_server.http.body_limit import BodyLimit
from earwitness_server.http.drain_gate import DrainGate
from earwitness_server.http.fallback import Fallback
from earwitness_server.http.lingering_close import LingeringClose
from earwitness_server.http.request_guards import RequestGuard
from earwitness_server.http.security_headers import SecurityHeaders
from earwitness_server.http.static_page import StaticPage
from earwitness_server.routes import health
from earwitness_server.settings import Settings

if TYPE_CHECKING:
    from earwitness_server.inference.engine import Engine

API_PACKAGES = ("ctranslate2", "av", "sqlalchemy", "alembic", "dbos", "obstore", "multipart",
                "structlog")  # fmt: skip


def missing_packages() -> list[str]:
    """Return the packages that the API needs and this Python lacks."""
    return [name for name in API_PACKAGES if importlib.util.find_spec(name) is None]


def create_app(
    settings: Settings, engine: Engine | None = None, drain: Drain | None = None
) -> FastAPI:
    """Return the application for these settings; `engine` replaces the one it would load."""
    page_only = settings.role == "page" or bool(missing_packages())
    if page_only:
        app = _fastapi()
        app.include_router(health.liveness)
    else:
        app = _api_app(settings, engine, drain or Drain())
    if settings.role != "worker":
        app.mount("/", Fallback(app.routes, StaticPage(settings.dist)))
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(RequestGuard, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    if not page_only:
        from earwitness_server.http.request_log import RequestLog

        # Around the guards: a request that they refuse has an id and a line in the log as well.
        app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(LingeringClose)
    return app


def _api_app(settings: Settings, engine: Engine | None, drain: Drain) -> FastAPI:
    # Imported here: a page alone needs none of their packages.
    from earwitness_server.routes import jobs, library, metrics, uploads
    from earwitness_server.routes.openai import routes as openai
    from earwitness_server.services import running

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with running(settings, drain, engine) as app.state.services:
            yield

    app = _fastapi(lifespan=lifespan)
    routers = [health.liveness, health.readiness, metrics.router]
    if settings.role != "worker":
        routers += [openai.router, uploads.router, jobs.router, library.router]
    for router in routers:
        app.include_router(router)
    app.add_middleware(DrainGate, drain=drain)
    return app


def _fastapi(**options: Any) -> FastAPI:
    return FastAPI(
        title="Earwitness",
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
        **options,
    )
