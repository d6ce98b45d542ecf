"""A model that lost the thread says the same again and again: how to see it and where to stop."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

MAX_PERIOD = 40
"""Longest repeated piece looked for, in tokens; Whisper's loops are words or sentences."""


@dataclass(frozen=True, slots=True)
class Loop:
    """tokens[start:] begins with one piece of `period` tokens, said `repeats` times in a row."""

    start: int
    period: int
    repeats: int

    @property
    def length(self) -> int:
        """Tokens in all repetitions together."""
        return self.period * self.repeats


def compression_ratio(text: str) -> float:
    """Length of the text over its deflated length (openai/whisper); 0 for no text."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def find_loop(tokens: Sequence[int], *, min_repeats: int, min_tokens: int) -> Loop | None:
    """The first place where a piece repeats at least so often and so long, without a break."""
    best: Loop | None = None
    for period in range(1, min(MAX_PERIOD, len(tokens) // min_repeats) + 1):
        run = 0
        for index in range(period, len(tokens) + 1):
            if index < len(tokens) and tokens[index] == tokens[index - period]:
                run += 1
                continue
            repeats = run // period + 1
            if repeats >= min_repeats and repeats * period >= min_tokens:
                loop = Loop(index - run - period, period, repeats)
                if best is None or loop.start < best.start:
                    best = loop
                break
            run = 0
    return best


def keep_until_loop(count: int, loop: Loop | None) -> int:
    """How many of `count` tokens to keep: up to the end of the loop's first piece."""
    return count if loop is None else loop.start + loop.period
