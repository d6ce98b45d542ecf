"""Across the seam: errors of the platform as ours, plain data as one JSON string, no proxy kept."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from pyodide.ffi import JsException, to_js

from earwitness.errors import PLATFORM_ERRORS, EarwitnessError, ErrorView
from earwitness.serialization import Plain, to_plain

T = TypeVar("T")
_KINDS: dict[str, type[EarwitnessError]] = {kind.__name__: kind for kind in PLATFORM_ERRORS}


async def answer(promise: Awaitable[T]) -> T:
    """Await a promise of the platform.

    Raises:
        EarwitnessError: of the class that the platform named; a foreign failure as the root itself.
    """
    try:
        return await promise
    except JsException as error:
        raise error_of(error) from error


def error_of(error: JsException) -> EarwitnessError:
    """What a JavaScript error means here: `PlatformError` of web/workers/errors.js says it."""
    kind = _KINDS.get(str(getattr(error, "kind", "")))
    if kind is None:
        return EarwitnessError(
            "Something went wrong inside the page.",
            hint="Reload the page; if it happens again, report it with the detail.",
            detail=f"{error.name}: {error.message}",
        )
    return kind(
        error.message,
        hint=str(getattr(error, "hint", "")),
        detail=str(getattr(error, "detail", "")),
    )


def view_of(error: Exception) -> ErrorView:
    """Any error as plain data; one that nobody meant to raise keeps its detail for a report."""
    if isinstance(error, JsException):
        error = error_of(error)
    if isinstance(error, EarwitnessError):
        return error.view()
    return EarwitnessError(
        "Something went wrong inside Earwitness.",
        hint="Retry; if it happens again, report it with the detail.",
        detail=f"{type(error).__name__}: {error}",
    ).view()


def write(value: object) -> str:
    """A dataclass or plain data as JSON."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Plain:
    """JSON as plain data."""
    return json.loads(text)


def array(values: Sequence[object]) -> Any:
    """A Python list as a JavaScript array, JavaScript objects in it as they are."""
    return to_js(list(values))
