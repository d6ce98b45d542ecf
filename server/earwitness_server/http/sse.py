"""Server-sent events: their form on the wire, and the answer that carries them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

KEEP_ALIVE = ": still here\n\n"
"""A comment, sent while nothing happens so that no proxy closes the connection."""


def event(name: str, data: object, event_id: str = "") -> str:
    """Return one event with plain data as JSON; without an id where `event_id` is empty."""
    mark = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{mark}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def stream(events: AsyncIterator[str]) -> StreamingResponse:
    """Return an answer that sends each event at once, past caches and buffering proxies."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
