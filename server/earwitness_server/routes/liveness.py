"""Whether the process lives: what a supervisor asks. Needs nothing but the page's packages."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Alive."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as soon as the process can answer anything."""
    return Health()
