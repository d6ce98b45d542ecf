"""Time each token: dynamic time warping of the cross-attention.

The path is that of openai/whisper's `timing.py`, computed a row at a time. The minimum over "stay
on this token" is a running minimum over prefix sums, so that the inner loops (`accumulate`, `map`)
run in C.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, chain
from operator import add, sub


def first_frames(weights: Sequence[Sequence[float]], frames: int) -> list[int]:
    """Return for each row of `weights` [tokens, frames] the frame at which its token begins.

    Only the first `frames` columns count. The path leads from the first token at frame 0 to the
    last token at the last frame, with the largest sum of weights. The result never decreases.
    """
    rows = [list(row[:frames]) for row in weights]
    if not rows or not rows[0]:
        return [0] * len(rows)
    totals = [[-value for value in accumulate(rows[0])]]
    for row in rows[1:]:
        above = totals[-1]
        entered = map(min, above, chain((math.inf,), above))
        sums = list(accumulate(row))
        best = accumulate(map(add, entered, chain((0.0,), sums)), min)
        totals.append(list(map(sub, best, sums)))
    return _trace(totals)


def _trace(totals: Sequence[Sequence[float]]) -> list[int]:
    firsts = [0] * len(totals)
    token, frame = len(totals) - 1, len(totals[0]) - 1
    while token > 0:
        above, here = totals[token - 1], totals[token]
        diagonal = above[frame - 1] if frame else math.inf
        straight = above[frame]
        stay = here[frame - 1] if frame else math.inf
        if stay < diagonal and stay < straight:
            frame -= 1
            continue
        firsts[token] = frame
        token -= 1
        if diagonal <= straight:
            frame -= 1
    return firsts
