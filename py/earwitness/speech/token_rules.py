"""Whisper's rules about timestamps, for engines that choose token by token.

The rules are openai/whisper's `ApplyTimestampRules`. The vocabulary consists of text [0, eot),
special tokens [eot, timestamps) and timestamps, and a rule allows whole ranges. Tokens that are
always suppressed are not covered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import ModelSpec
from earwitness.speech.whisper import TIMESTAMP_STEP_S


@dataclass(frozen=True, slots=True)
class Allowed:
    """Ranges [start, stop) of tokens that may come next; none is empty."""

    words: tuple[tuple[int, int], ...]
    """Text and special tokens."""
    stamps: tuple[tuple[int, int], ...]
    """Timestamps."""


def allowed_next(
    spec: ModelSpec,
    generated: Sequence[int],
    *,
    timestamps: bool,
    max_initial_timestamp_s: float | None,
) -> Allowed:
    """Return the tokens that may follow the generated ones (without the prompt)."""
    begin, end = spec.timestamp_begin, spec.vocabulary_size
    if not timestamps:
        return Allowed(((0, begin),), ())
    if not generated:
        if max_initial_timestamp_s is not None:
            end = min(end, begin + round(max_initial_timestamp_s / TIMESTAMP_STEP_S) + 1)
        return Allowed((), ((begin, end),))
    after_stamp = generated[-1] >= begin
    after_pair = after_stamp and (len(generated) < 2 or generated[-2] >= begin)
    stamps = [token for token in generated if token >= begin]
    # A timestamp may repeat only as the start of the next segment.
    first = stamps[-1] + (0 if after_stamp and not after_pair else 1) if stamps else begin
    words = ((spec.eot, begin),) if after_stamp and not after_pair else ((0, begin),)
    if after_pair or first >= end:
        return Allowed(words, ())
    return Allowed(words, ((first, end),))
