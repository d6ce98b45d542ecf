"""Graphs of transformers.js: a report after each run, and failures as our errors."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from earwitness.browser.transformers import ComputeError, Graph, Transformers
from pyodide.ffi import JsException


async def compute(inputs: dict[str, Any]) -> dict[str, Any]:
    """Stands in for a model: returns its inputs, or fails without any."""
    if not inputs:
        raise JsException("out of memory")
    return {name: SimpleNamespace(_js_obj=value) for name, value in inputs.items()}


async def from_pretrained(model_id: str, options: dict[str, Any]) -> Any:
    return compute


def test_each_run_of_a_graph_is_reported_and_a_failed_one_is_not() -> None:
    async def story() -> None:
        runs: list[None] = []
        module = SimpleNamespace(PreTrainedModel=SimpleNamespace(from_pretrained=from_pretrained))
        library = Transformers(module, None, lambda: runs.append(None))  # type: ignore[arg-type]
        graph: Graph = await library.graph("base", "encoder")
        assert await graph({"audio": 1}) == {"audio": 1}
        assert await graph({"audio": 2}) == {"audio": 2}
        with pytest.raises(ComputeError, match="during computation"):
            await graph({})
        assert len(runs) == 2

    asyncio.run(story())
