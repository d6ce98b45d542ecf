"""Spans of a recording, in seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable

from earwitness.errors import BadRequestError

Span = tuple[float, float]
"""Start and end."""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that touch or overlap as one.

    Raises:
        BadRequestError: one of them is empty, negative or infinite.
    """
    found: list[Span] = []
    for start_s, end_s in sorted(spans):
        if not (0 <= start_s < end_s and math.isfinite(end_s)):
            raise BadRequestError(
                f"From {start_s:g} s to {end_s:g} s there is no sound.",
                hint="Choose an end after the start.",
            )
        if found and start_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        else:
            found.append((start_s, end_s))
    return tuple(found)
