"""How much silence each window of a batch is encoded with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ, WINDOW_MAX_S


def padded_samples(lengths: Sequence[int], longest: int, margin_s: float) -> list[int]:
    """For windows of so many samples, how many to encode: `longest` at most, whole frames.

    Encoding costs as much for silence as for speech, so each window of a batch gets the margin it
    needs and no more. A window alone is encoded at `longest`, and so is a batch for which Whisper's
    full 30 s are asked, because it was doubted at less.
    """
    if len(lengths) == 1 or longest >= WINDOW_MAX_S * SAMPLE_RATE_HZ:
        return [longest] * len(lengths)
    margin = margin_s * SAMPLE_RATE_HZ
    return [
        min(longest, math.ceil((length + margin) / FRAME_SAMPLES) * FRAME_SAMPLES)
        for length in lengths
    ]
