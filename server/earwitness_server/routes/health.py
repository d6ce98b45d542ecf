"""Health of the process: liveness needs nothing but the page's packages, readiness asks around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pydantic import BaseModel

from earwitness_server.drain import StoppingError
from earwitness_server.errors import ApiError, error_answers

if TYPE_CHECKING:
    from earwitness_server.services import Services

liveness = APIRouter(tags=["health"])
readiness = APIRouter(tags=["health"])


class Health(BaseModel):
    """Alive."""

    status: str = "ok"


class Ready(BaseModel):
    """Everything that requests need is there."""

    status: str = "ready"


@liveness.head("/healthz", include_in_schema=False)
@liveness.get("/healthz")
async def healthz() -> Health:
    """Answer as soon as the process can answer anything."""
    return Health()


@readiness.head("/readyz", include_in_schema=False)
@readiness.get("/readyz", responses=error_answers(503))
def readyz(request: Request) -> Ready:
    """Whether requests can be served: the database, the audio store, the model."""
    services: Services = request.app.state.services
    if services.drain.begun.is_set():
        raise StoppingError
    engine = services.engine
    needed = {
        "the database": services.database.alive(),
        "the audio store": services.objects.alive(),
        "a model (fetch one: `earwitness models base`)": (engine is None or engine.models()),
    }
    if missing := [name for name, there in needed.items() if not there]:
        raise ApiError(
            503,
            f"The server lacks {' and '.join(missing)}.",
            hint="Try again in a moment.",
            code="not_ready",
            retry_after_s=5,
        )
    return Ready()
