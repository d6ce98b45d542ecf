"""Errors of JavaScript as errors of Python."""

from __future__ import annotations

import asyncio

import pytest
from earwitness.browser.bridge import error_view, settled
from earwitness.errors import ErrorView, StorageError
from pyodide.ffi import JsException


def failing(error: Exception) -> None:
    async def promise() -> None:
        raise error

    asyncio.run(settled(promise()))


def test_platform_error_has_the_named_class() -> None:
    error = JsException("It is full.")
    vars(error).update(kind="StorageError", hint="Free space.", detail="Quota")
    with pytest.raises(StorageError) as caught:
        failing(error)
    assert caught.value.view() == ErrorView("StorageError", "It is full.", "Free space.", "Quota")


def test_unexpected_error_has_detail_and_hint() -> None:
    view = error_view(JsException("x is not a function"))
    assert view.type == "EarwitnessError"
    assert "x is not a function" in view.detail
    assert view.hint
    ours = error_view(KeyError("id"))
    assert ours.detail == "KeyError: 'id'"
    assert ours.hint
