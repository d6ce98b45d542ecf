"""Errors and data across the seam."""

from __future__ import annotations

import asyncio

import pytest
from earwitness.browser.bridge import answer, read, view_of, write
from earwitness.errors import ErrorView, StorageError
from earwitness.messages import Done
from pyodide.ffi import JsException


def failing(error: Exception) -> None:
    async def promise() -> None:
        raise error

    asyncio.run(answer(promise()))


def test_the_platform_names_the_class_of_its_error() -> None:
    error = JsException("It is full.")
    vars(error).update(kind="StorageError", hint="Free space.", detail="Quota")
    with pytest.raises(StorageError) as caught:
        failing(error)
    assert caught.value.view() == ErrorView("StorageError", "It is full.", "Free space.", "Quota")


def test_a_foreign_error_keeps_its_detail_and_gets_a_hint() -> None:
    view = view_of(JsException("x is not a function"))
    assert view.type == "EarwitnessError"
    assert "x is not a function" in view.detail
    assert view.hint
    ours = view_of(KeyError("id"))
    assert ours.detail == "KeyError: 'id'"
    assert ours.hint


def test_messages_cross_with_their_type() -> None:
    assert read(write({"reply": Done()})) == {"reply": {"type": "done"}}
    assert read(write({"text": "\ue000čeština\ue001"}))["text"] == "\ue000čeština\ue001"
