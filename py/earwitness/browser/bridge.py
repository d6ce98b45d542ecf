"""Between Python and JavaScript: data as one JSON string, errors as classes of `errors`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from pyodide.ffi import JsException, to_js

from earwitness.errors import PLATFORM_ERRORS, EarwitnessError, ErrorView
from earwitness.serialization import Plain

T = TypeVar("T")
_KINDS: dict[str, type[EarwitnessError]] = {kind.__name__: kind for kind in PLATFORM_ERRORS}


async def settled(promise: Awaitable[T]) -> T:
    """Return the result of a promise of the platform.

    Raises:
        EarwitnessError: the class that the platform named, or the root for any other error.
    """
    try:
        return await promise
    except JsException as error:
        raise platform_error(error) from error


async def settled_json(promise: Awaitable[str]) -> Plain:
    """Return the plain data of a promise of JSON. Raises as `settled`."""
    return json.loads(await settled(promise))


def platform_error(error: JsException) -> EarwitnessError:
    """Return a JavaScript error as ours; `PlatformError` of errors.js names the class."""
    kind = _KINDS.get(str(getattr(error, "kind", "")))
    if kind is None:
        return EarwitnessError(
            "The page had an unexpected error.",
            hint="Reload the page. If the error comes back, report it with its details.",
            detail=f"{error.name}: {error.message}",
        )
    return kind(
        error.message,
        hint=str(getattr(error, "hint", "")),
        detail=str(getattr(error, "detail", "")),
    )


def error_view(error: Exception) -> ErrorView:
    """Return any error as plain data; an unexpected one has its detail for a bug report."""
    if isinstance(error, JsException):
        error = platform_error(error)
    if isinstance(error, EarwitnessError):
        return error.view()
    return EarwitnessError(
        "Earwitness had an unexpected error.",
        hint="Try again. If the error comes back, report it with its details.",
        detail=f"{type(error).__name__}: {error}",
    ).view()


def js_array(values: Sequence[object]) -> Any:
    """Return a JavaScript array of these values."""
    return to_js(list(values))
