"""The text of windows that are still being decoded, to be shown and thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from earwitness.messages import PartialText
from earwitness.speech.planner import Window
from earwitness.speech.protocols import ModelSpec, Tokenizer
from earwitness.speech.whisper import SAMPLE_RATE_HZ

UNFINISHED = "\ufffd"
"""What a tokenizer gives for a character whose last byte is not there yet."""


@dataclass(frozen=True, slots=True)
class PartialTexts:
    """Tells what is decoded of the windows in work, in the order of the recording.

    A window's text never gets shorter: a second decode of the same window is told only from where
    it is longer than the first.
    """

    tell: Callable[[tuple[PartialText, ...]], None]
    _texts: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    """By the window's first sample, and its channel."""

    def clear(self) -> None:
        """Forget the windows: their segments are made."""
        self._texts.clear()

    def listener(
        self, windows: Sequence[Window], spec: ModelSpec, tokenizer: Tokenizer
    ) -> Callable[[Sequence[Sequence[int]]], None]:
        """Return what a decode of these windows calls with the tokens of each so far."""

        def hear(rows: Sequence[Sequence[int]]) -> None:
            grown = False
            for window, tokens in zip(windows, rows, strict=True):
                words = [token for token in tokens if token < spec.eot]
                text = tokenizer.decode(words).strip().rstrip(UNFINISHED)
                key = window.start, window.channel or 0
                if len(text) > len(self._texts.get(key, "")):
                    self._texts[key] = text
                    grown = True
            if grown:
                self.tell(self._sorted())

        return hear

    def _sorted(self) -> tuple[PartialText, ...]:
        return tuple(
            PartialText(round(start / SAMPLE_RATE_HZ, 3), text)
            for (start, _), text in sorted(self._texts.items())
        )
