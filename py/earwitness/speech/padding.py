"""Choose how much silence each window of a batch is padded with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ, WINDOW_MAX_S


def padded_samples(lengths: Sequence[int], longest: int, margin_s: float) -> list[int]:
    """Return the padded lengths of windows in whole frames, at most `longest`; all in samples.

    Silence costs as much to encode as speech, so each window of a batch is padded by the margin
    only. A single window is padded to `longest`, and so is a batch at Whisper's full 30 s, which
    fallback asks for.
    """
    if len(lengths) == 1 or longest >= WINDOW_MAX_S * SAMPLE_RATE_HZ:
        return [longest] * len(lengths)
    margin = margin_s * SAMPLE_RATE_HZ
    return [
        min(longest, math.ceil((length + margin) / FRAME_SAMPLES) * FRAME_SAMPLES)
        for length in lengths
    ]
