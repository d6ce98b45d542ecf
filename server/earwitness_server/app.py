"""The application: routes, the page behind them, and the headers around everything."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from earwitness_server import errors
from earwitness_server.http.body_limit import BodyLimit
from earwitness_server.http.drain import Drain
from earwitness_server.http.fallback import Fallback
from earwitness_server.http.lingering_close import LingeringClose
from earwitness_server.http.nul_guard import NulGuard
from earwitness_server.http.security_headers import OriginGuard, SecurityHeaders
from earwitness_server.http.static_page import StaticPage
from earwitness_server.routes import liveness as alive
from earwitness_server.settings import Settings

if TYPE_CHECKING:
    from earwitness_server.inference.engine import Engine

API_PACKAGES = ("ctranslate2", "av", "sqlalchemy", "alembic", "dbos", "obstore", "multipart",
                "structlog")  # fmt: skip


def missing_packages() -> list[str]:
    """What the API needs and this Python does not have."""
    return [name for name in API_PACKAGES if importlib.util.find_spec(name) is None]


def create_app(settings: Settings, engine: Engine | None = None) -> FastAPI:
    """Build the server's application as `settings` say; `engine` replaces the one it would make."""
    drain = Drain()
    page_only = settings.role == "page" or bool(missing_packages())
    if page_only:
        app = _fastapi()
        app.include_router(alive.router)
    else:
        from earwitness_server import api

        app = _fastapi(lifespan=api.lifespan)
        api.attach(app, settings, drain)
    app.state.settings, app.state.engine, app.state.drain = settings, engine, drain
    errors.install(app)
    if settings.role != "worker":
        app.mount("/", Fallback(app.routes, StaticPage(settings.dist)))
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(NulGuard)
    app.add_middleware(OriginGuard, settings=settings)
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

        # Around the guards: what they refuse has an id and a line in the log as well.
        app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(LingeringClose)
    return app


def _fastapi(**options: Any) -> FastAPI:
    return FastAPI(
        title="Earwitness", docs_url=None, redoc_url=None, openapi_url="/openapi.json", **options
    )
