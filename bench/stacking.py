"""Stacks encoded windows of different lengths as web/workers/inference.js does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def stacked(parts: Sequence[Array], own: Sequence[int], axis: int) -> Array:
    """Return the rows as one batch.

    In each row the silence after its `own` frames is prolonged by a copy of its beginning.
    """
    frames = max(part.shape[axis] for part in parts)
    rows: list[Array] = []
    for part, frames_own in zip(parts, own, strict=True):
        speech, silence = np.split(part, [frames_own], axis)
        missing = np.arange(frames - part.shape[axis]) % max(1, silence.shape[axis])
        rows.append(np.concatenate([speech, silence.take(missing, axis), silence], axis))
    return np.concatenate(rows)
