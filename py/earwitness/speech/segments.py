"""Split tokens at timestamps into pieces of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import ModelSpec
from earwitness.speech.whisper import TIMESTAMP_STEP_S


@dataclass(frozen=True, slots=True)
class Piece:
    """Text tokens between two timestamps; times in seconds from the window's start."""

    start_s: float
    end_s: float
    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]


def split_at_timestamps(
    spec: ModelSpec, tokens: Sequence[int], log_probabilities: Sequence[float], length_s: float
) -> list[Piece]:
    """Return the pieces between pairs of timestamps, `<|start|> text <|end|>`.

    A piece without an end lasts until the next start or `length_s`. Times never decrease and stay
    in [0, length_s]. A piece without text is dropped.
    """
    pieces: list[Piece] = []
    start_s = 0.0
    text: list[int] = []
    values: list[float] = []

    def close(end_s: float) -> None:
        nonlocal start_s
        end_s = max(end_s, start_s)
        if text:
            pieces.append(Piece(start_s, end_s, tuple(text), tuple(values)))
        text.clear()
        values.clear()
        start_s = end_s

    for token, value in zip(tokens, log_probabilities, strict=False):
        if token >= spec.timestamp_begin:
            time_s = min((token - spec.timestamp_begin) * TIMESTAMP_STEP_S, length_s)
            if text:
                close(time_s)
            start_s = max(start_s, time_s)
        elif token < spec.eot:
            text.append(token)
            values.append(value)
    close(length_s)
    return pieces
