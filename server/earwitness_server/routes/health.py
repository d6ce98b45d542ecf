"""Whether the process lives, whether it can work, and how it is doing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from earwitness_server.errors import ApiError, error_answers
from earwitness_server.http.auth import GuardedRoute, require
from earwitness_server.http.drain import stopping
from earwitness_server.observability.metrics import DIRECT, LISTENERS, metrics_registry
from earwitness_server.services import services_of
from earwitness_server.storage.keys import Caller

router = APIRouter(tags=["health"], route_class=GuardedRoute)


class Ready(BaseModel):
    """Everything that requests need is there."""

    status: str = "ready"


@router.get("/readyz", responses=error_answers(503))
def readyz(request: Request) -> Ready:
    """Whether requests can be served: the database, the audio store, the model."""
    services = services_of(request)
    if services.drain.begun():
        raise stopping()
    missing = [
        name
        for name, there in (
            ("the database", services.database.alive()),
            ("the audio store", services.objects.alive()),
        )
        if not there
    ]
    engine = request.app.state.engine
    if engine is not None and not engine.models():
        missing.append("a model (fetch one: `python3 build.py server models base`)")
    if missing:
        raise ApiError(
            503,
            f"The server lacks {' and '.join(missing)}.",
            hint="Try again in a moment.",
            code="not_ready",
            retry_after_s=5,
        )
    return Ready()


@router.get("/metrics", response_class=Response, responses=error_answers(401, 403, 429))
def metrics(request: Request, _caller: Annotated[Caller, Depends(require("operate"))]) -> Response:
    """Counts and times in Prometheus' form."""
    LISTENERS.set(services_of(request).progress.listeners)
    room = request.app.state.room
    DIRECT.set(room.inside if room is not None else 0)
    return Response(generate_latest(metrics_registry), media_type=CONTENT_TYPE_LATEST)
