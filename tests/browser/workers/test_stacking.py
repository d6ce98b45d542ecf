"""Encoded windows of different lengths become one batch, as on native ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Worker

from bench.stacking import stacked

STACK = """async ({ parts, own, axis }) => {
    class Tensor {
        constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
    }
    const tensors = parts.map(({ data, dims }) =>
        new Tensor('float32', Float32Array.from(data), dims));
    const { data, dims } = inference.stacked({ Tensor }, tensors, own, axis);
    return { data: Array.from(data), dims };
}"""


@pytest.mark.parametrize("axis", [2, 3])
def test_short_rows_are_extended_by_their_own_silence(worker: Worker, axis: int) -> None:
    random = np.random.default_rng(2)
    own, silent = [11, 3, 6], [2, 4, 4]
    parts: list[np.ndarray] = []
    for heard, more in zip(own, silent, strict=True):
        shape = [1, 2, 5, 5]
        shape[axis] = heard + more
        parts.append(random.normal(size=shape).astype(np.float32))
    given = [{"data": part.ravel().tolist(), "dims": list(part.shape)} for part in parts]
    got = worker.evaluate(STACK, {"parts": given, "own": own, "axis": axis})
    wanted = stacked(parts, own, axis)
    assert got["dims"] == list(wanted.shape)
    np.testing.assert_allclose(np.reshape(got["data"], got["dims"]), wanted)
    row = np.moveaxis(wanted[1], axis - 1, 0)
    mine = np.moveaxis(parts[1][0], axis - 1, 0)
    order = [0, 1, 2, *(3, 4, 5, 6), *(3, 4), *(3, 4, 5, 6)]
    np.testing.assert_array_equal(row, mine[order])
