"""Byte ranges of a file (RFC 9110, section 14): players jump and downloads go on with them."""

from __future__ import annotations

import re

from starlette.datastructures import Headers

from earwitness_server.errors import ApiError

_RANGE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.IGNORECASE)


def requested_range(headers: Headers, size: int, etag: str) -> tuple[int, int] | None:
    """Return [start, stop) of the requested part; None: the whole file.

    Several ranges, other units and malformed headers are ignored, as the standard allows.

    Args:
        headers: of the request.
        size: of the file, in bytes.
        etag: names this very content; a part of another one is not wanted.

    Raises:
        ApiError: 416, the file has no such part.
    """
    match = _RANGE.fullmatch(headers.get("range", ""))
    if match is None or headers.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise ApiError(
            416,
            f"The recording has {size} bytes; the requested part is beyond them.",
            hint="Ask for a part that begins before the end.",
            code="range_not_satisfiable",
            headers={"content-range": f"bytes */{size}", "accept-ranges": "bytes"},
        )
    return start, stop
