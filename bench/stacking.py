"""Encoded windows of different length as one batch, as web/workers/inference.js stacks them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def stacked(parts: Sequence[Array], own: Sequence[int], axis: int) -> Array:
    """Rows as one batch; the silence after `own` frames is prolonged by its own beginning."""
    frames = max(part.shape[axis] for part in parts)
    rows: list[Array] = []
    for part, heard in zip(parts, own, strict=True):
        speech, silence = np.split(part, [heard], axis)
        missing = np.arange(frames - part.shape[axis]) % max(1, silence.shape[axis])
        rows.append(np.concatenate([speech, silence.take(missing, axis), silence], axis))
    return np.concatenate(rows)
