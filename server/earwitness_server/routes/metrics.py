"""Metrics for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from earwitness_server.errors import error_answers
from earwitness_server.http.auth import GuardedRoute, MayOperate
from earwitness_server.observability.metrics import LISTENERS, metrics_registry
from earwitness_server.services import CurrentServices

router = APIRouter(tags=["health"], route_class=GuardedRoute)


@router.head("/metrics", include_in_schema=False)
@router.get("/metrics", response_class=Response, responses=error_answers(401, 403, 429))
def metrics(services: CurrentServices, _caller: MayOperate) -> Response:
    """Counts and times in Prometheus' form."""
    LISTENERS.set(services.progress.listeners)
    return Response(generate_latest(metrics_registry), media_type=CONTENT_TYPE_LATEST)
