"""Turn speech probabilities into spans, with hysteresis as in Silero's own utilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.settings import VadSettings
from earwitness.speech.silero import VAD_FRAME_S


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Samples or frames [start, stop)."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """The number of samples or frames."""
        return self.stop - self.start


def find_speech(probabilities: Sequence[float], settings: VadSettings) -> list[Span]:
    """Return spans of frames with speech, in order and apart.

    Speech that goes on at the end counts at any length, because more audio may follow.
    """
    min_silence = max(1, round(settings.min_silence_s / VAD_FRAME_S))
    min_speech = max(1, round(settings.min_speech_s / VAD_FRAME_S))
    spans: list[Span] = []
    start: int | None = None
    quiet: int | None = None
    for frame, probability in enumerate(probabilities):
        if start is None:
            if probability >= settings.threshold:
                start, quiet = frame, None
        elif probability >= settings.threshold:
            quiet = None
        elif probability < settings.release or quiet is not None:
            quiet = frame if quiet is None else quiet
            if frame + 1 - quiet >= min_silence:
                if quiet - start >= min_speech:
                    spans.append(Span(start, quiet))
                start = quiet = None
    if start is not None:
        spans.append(Span(start, len(probabilities) if quiet is None else quiet))
    return spans


def overlap(spans: Sequence[Span], start: int, stop: int) -> int:
    """Return how much of [start, stop) is inside spans."""
    return sum(max(0, min(span.stop, stop) - max(span.start, start)) for span in spans)
