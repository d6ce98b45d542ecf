"""A model that reports after each computation, so that the library knows the engine works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from earwitness.speech.protocols import (
    AlignmentMatrix,
    DecodeRequest,
    Encoded,
    Hypothesis,
    Samples,
    SpeechModel,
)

T = TypeVar("T")


class Heartbeat:
    """Implements `earwitness.speech.protocols.SpeechModel` by another model."""

    def __init__(self, model: SpeechModel, beat: Callable[[], None]) -> None:
        """`beat` is called after each computation."""
        self._model = model
        self._beat = beat
        self.spec = model.spec
        self.tokenizer = model.tokenizer

    async def encode(self, windows: Sequence[Samples], duration_s: float) -> Encoded:
        """Encode windows, each padded with silence to `duration_s`."""
        return await self._done(self._model.encode(windows, duration_s))

    async def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Return language code -> probability for each row."""
        return await self._done(self._model.language_probabilities(encoded))

    async def decode(self, encoded: Encoded, request: DecodeRequest) -> list[Hypothesis]:
        """Return a hypothesis for each requested row."""
        return await self._done(self._model.decode(encoded, request))

    async def align(
        self, encoded: Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        """Return the attention of a row's text `tokens`."""
        return await self._done(self._model.align(encoded, row, prompt, tokens))

    async def _done(self, work: Awaitable[T]) -> T:
        result = await work
        self._beat()
        return result
