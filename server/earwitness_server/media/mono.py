"""Several channels to one, by mixing or by choice. web/workers/downmix.js is its twin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
WEIGHTS = {"FL": 0.5, "FR": 0.5, "FC": 0.7, "LFE": 0.0, "LFE2": 0.0}
SURROUND = 0.35
"""The weight of every other channel beside a centre."""
CANCELLED = 0.02
"""Below this share of two channels' power, their sum has cancelled itself out."""


def weights_of(places: Sequence[str]) -> list[float]:
    """Return the weight of each channel, by FFmpeg's names of their places."""
    if "FC" in places and len(places) > 1:
        return [WEIGHTS.get(place, SURROUND) for place in places]
    heard = [0.0 if place.startswith("LFE") else 1.0 for place in places]
    return [each / (sum(heard) or 1.0) for each in heard]


def mix(planes: Sound, places: Sequence[str]) -> Sound:
    """Return the mono form of one decoded piece, shape [samples], from [channels, samples]."""
    if len(planes) == 1:
        return planes[0]
    mono = np.zeros(planes.shape[1], np.float32)
    for plane, weight in zip(planes, weights_of(places), strict=True):
        if weight:
            mono = (mono + np.float64(weight) * plane).astype(np.float32)
    return _unless_cancelled(mono, planes) if len(planes) == 2 else mono


def only(planes: Sound, channel: int) -> Sound:
    """Return one channel of a decoded piece; silence where the piece lacks it."""
    return planes[channel] if channel < len(planes) else np.zeros_like(planes[0])


def _unless_cancelled(mono: Sound, planes: Sound) -> Sound:
    """Two channels of opposite sign, from a cable soldered wrong, sum to nothing: take one."""
    left, right = (_power(plane) for plane in planes)
    if _power(mono) >= CANCELLED * (left + right) / 2:
        return mono
    return planes[0] if left >= right else planes[1]


def _power(samples: Sound) -> float:
    wide = samples.astype(np.float64)
    return float(wide @ wide)
