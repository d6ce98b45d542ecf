"""The application: routes, the page behind them, and the headers around everything."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from earwitness_server import errors, health
from earwitness_server.headers import OriginGuard, SecurityHeaders
from earwitness_server.page import Page
from earwitness_server.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Build the server's application as `settings` say."""
    app = FastAPI(title="Earwitness", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.settings = settings
    errors.install(app)
    app.include_router(health.router)
    app.mount("/", Page(settings.dist))
    app.add_middleware(OriginGuard, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    app.add_middleware(SecurityHeaders, settings=settings)
    return app
