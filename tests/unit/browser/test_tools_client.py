"""The client of the workers with packages: one request at a time, an end for what hangs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from earwitness.browser import tools_client
from earwitness.browser.tools_client import ToolsClient
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.serialization import to_json
from earwitness.tool_messages import (
    ApplyRule,
    DetectEncoding,
    EncodingDetected,
    ReadCues,
    TextsChanged,
)
from earwitness.transcript import Transcript

RULE = ApplyRule(("shout-1.0-py3-none-any.whl",), "shout", Transcript("t", "T", "", 1.0, "base"))


class Workers:
    """What was asked and ended. Without an answer a worker hangs."""

    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any], list[bytes]]] = []
        self.ended: list[str] = []
        self.busy = 0

    async def ask(self, role: str, text: str, files: Any) -> str:
        self.asked.append((role, json.loads(text), list(files)))
        self.busy += 1
        assert self.busy == 1
        await asyncio.sleep(0)
        self.busy -= 1
        if not self.answer:
            await asyncio.Event().wait()
        return self.answer

    def end(self, role: str) -> None:
        self.ended.append(role)


def test_reply_is_typed_and_the_tools_worker_stays() -> None:
    workers = Workers(to_json({"reply": EncodingDetected("cp932")}))

    async def story() -> None:
        client = ToolsClient(workers)
        both = await asyncio.gather(
            client.ask(DetectEncoding(), [b"a"]), client.ask(DetectEncoding(), [b"b"])
        )
        assert both == [EncodingDetected("cp932")] * 2

    asyncio.run(story())
    assert [(role, files) for role, _, files in workers.asked] == [
        ("tools", [b"a"]),
        ("tools", [b"b"]),
    ]
    assert workers.ended == []


def test_extension_leaves_the_tools_worker_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools_client, "IDLE_S", 0.01)
    workers = Workers(to_json({"reply": EncodingDetected("cp932")}))

    async def story() -> None:
        client = ToolsClient(workers)
        await client.ask(DetectEncoding(), [b"a"])
        workers.answer = to_json({"reply": TextsChanged({"0": "X"})})
        await client.ask(RULE, [b"wheel"])
        async with asyncio.timeout(20):
            while "tools" not in workers.ended:
                await asyncio.sleep(0.01)

    asyncio.run(story())


def test_extension_worker_ends_after_each_request() -> None:
    workers = Workers(to_json({"reply": TextsChanged({"0": "X"})}))
    asyncio.run(ToolsClient(workers).ask(RULE, [b"wheel"]))
    assert workers.ended == ["extension"]


@pytest.mark.parametrize(
    ("request_", "name", "role"),
    [(ReadCues("mpl2"), "pysubs2", "tools"), (RULE, "extension 'shout'", "extension")],
)
def test_worker_that_hangs_is_ended_and_named(request_: Any, name: str, role: str) -> None:
    workers = Workers()
    with pytest.raises(EarwitnessError, match=f"{name} took longer than 0 s"):
        asyncio.run(ToolsClient(workers, limit_s=0.01).ask(request_, []))
    assert role in workers.ended


def test_error_of_a_tool_keeps_its_class_and_words() -> None:
    error = BadRequestError("pysubs2 could not read this file.", hint="Save it as SubRip.")
    workers = Workers(to_json({"error": error.view()}))
    with pytest.raises(BadRequestError, match="pysubs2 could not read") as caught:
        asyncio.run(ToolsClient(workers).ask(ReadCues("mpl2"), [b"x"]))
    assert caught.value.hint == "Save it as SubRip."
