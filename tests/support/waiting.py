"""Waiting for what other threads and processes do, without a guess how long it takes."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Callable
from typing import TypeVar

import httpx2

T = TypeVar("T")

LIMIT_S = 180.0
"""The longest that anything may take that happens at all: the machine may be busy."""
POLL_S = 0.05
NOT_YET = (OSError, http.client.HTTPException, httpx2.TransportError)
"""Errors of a server that starts, of a connection that breaks, of a file that is deleted."""


def wait_for(check: Callable[[], T], what: str) -> T:
    """Call `check` until its result is true; return that result.

    Errors of the network and of files count as not yet.

    Raises:
        AssertionError: it stayed false for `LIMIT_S`; names `what` was waited for.
    """
    deadline_s = time.monotonic() + LIMIT_S
    while True:
        reason = ""
        try:
            if found := check():
                return found
        except NOT_YET as error:
            reason = f" (last error: {error!r})"
        assert time.monotonic() < deadline_s, f"waited {LIMIT_S:.0f} s for: {what}{reason}"
        time.sleep(POLL_S)


async def wait_for_async(check: Callable[[], T], what: str) -> T:
    """`wait_for` in a coroutine: other tasks go on meanwhile."""
    deadline_s = time.monotonic() + LIMIT_S
    while not (found := check()):
        assert time.monotonic() < deadline_s, f"waited {LIMIT_S:.0f} s for: {what}"
        await asyncio.sleep(POLL_S)
    return found


def within_one_minute(action: Callable[[], T]) -> T:
    """Run `action` until a run begins and ends in the same minute of the clock; its result.

    Rates are counted by such minutes. `action` must be able to start afresh.
    """
    for _ in range(10):
        minute = time.time() // 60
        result = action()
        if time.time() // 60 == minute:
            return result
    raise AssertionError("no run of ten stayed within a minute")
