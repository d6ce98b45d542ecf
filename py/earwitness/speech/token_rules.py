"""Which tokens may come next: Whisper's rules about timestamps, for engines that ask at each step.

After openai/whisper's `ApplyTimestampRules`. The vocabulary falls into text [0, eot), specials
[eot, timestamps) and timestamps, and every rule forbids whole ranges; which of the specials and
the text are suppressed for good is the bias's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import ModelSpec
from earwitness.speech.whisper import TIMESTAMP_STEP_S


@dataclass(frozen=True, slots=True)
class Allowed:
    """Ranges [start, stop) of tokens that may come next; empty ranges are not there."""

    words: tuple[tuple[int, int], ...]
    """Text and specials."""
    stamps: tuple[tuple[int, int], ...]
    """Timestamps."""


def allowed_next(
    spec: ModelSpec,
    written: Sequence[int],
    *,
    timestamps: bool,
    max_initial_timestamp_s: float | None,
) -> Allowed:
    """What may follow the tokens written so far (without the prompt)."""
    begin, end = spec.timestamp_begin, spec.vocabulary_size
    if not timestamps:
        return Allowed(((0, begin),), ())
    if not written:
        if max_initial_timestamp_s is not None:
            end = min(end, begin + round(max_initial_timestamp_s / TIMESTAMP_STEP_S) + 1)
        return Allowed((), ((begin, end),))
    after_stamp = written[-1] >= begin
    after_pair = after_stamp and (len(written) < 2 or written[-2] >= begin)
    stamps = [token for token in written if token >= begin]
    # A segment's end may equal its start's place in time only as the start of the next one.
    first = stamps[-1] + (0 if after_stamp and not after_pair else 1) if stamps else begin
    words = ((spec.eot, begin),) if after_stamp and not after_pair else ((0, begin),)
    if after_pair or first >= end:
        return Allowed(words, ())
    return Allowed(words, ((first, end),))
