"""Which language is spoken: what the model believes of several windows, then what it can write."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence

from earwitness.speech.fallback import Shelf, judge, request_for
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt, task_tokens
from earwitness.speech.protocols import Encoded, Hypothesis, SpeechModel
from earwitness.speech.repetition import compression_ratio
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.whisper import WINDOW_MAX_S

Votes = Sequence[tuple[dict[str, float], float]]
"""For each window its languages' probabilities and its seconds of speech."""


class LanguageFinder:
    """Finds the language of a recording's first windows; asks more only while in doubt."""

    def __init__(self, model: SpeechModel, shelf: Shelf, settings: SpeechSettings) -> None:
        self._model = model
        self._shelf = shelf
        self._settings = settings

    async def find(
        self,
        windows: Sequence[Window],
        encoded: Encoded,
        look_ahead: Callable[[int], Awaitable[list[Window]]],
    ) -> tuple[str, float]:
        """The language and how probable it is.

        First the windows as they are encoded. In doubt these and the next ones padded to full
        length, which is what the model was trained on. Still in doubt, the longest of them is
        decoded in each candidate: a model writes fluently only in the language it hears.

        Raises:
            ModelError: the computation failed.
        """
        settings = self._settings.language
        probabilities = combine(await self._votes(windows, encoded))
        if best(probabilities)[1] < settings.confident:
            windows = [*windows, *await look_ahead(settings.windows - len(windows))]
            encoded = await self._shelf.encode(windows, WINDOW_MAX_S)
            probabilities = combine(await self._votes(windows, encoded))
        if best(probabilities)[1] < settings.confident:
            longest = max(range(len(windows)), key=lambda row: windows[row].speech_s)
            return best(await self._try_out(probabilities, encoded, longest))
        return best(probabilities)

    async def _votes(self, windows: Sequence[Window], encoded: Encoded) -> Votes:
        probabilities = await self._model.language_probabilities(encoded)
        return [(row, window.speech_s) for row, window in zip(probabilities, windows, strict=True)]

    async def _try_out(
        self, probabilities: dict[str, float], encoded: Encoded, row: int
    ) -> dict[str, float]:
        settings = self._settings.language
        ranked = sorted(probabilities, key=probabilities.__getitem__, reverse=True)
        candidates = [
            language
            for language in ranked[: settings.trials]
            if probabilities[language] >= settings.trial_probability
        ]
        scores: dict[str, float] = {}
        for language in candidates or ranked[:1]:
            tokens = task_tokens(self._model.spec, language, "transcribe", timestamps=True)
            request = request_for(
                self._model.spec, Prompt(tokens, 0), self._settings.decoding, encoded, (row,)
            )
            (hypothesis,) = await self._model.decode(encoded, request)
            prior = settings.trial_prior * math.log(max(probabilities[language], 1e-6))
            scores[language] = self._fluency(hypothesis) + prior
        most = max(scores.values())
        weights = {k: math.exp((v - most) / settings.trial_scale) for k, v in scores.items()}
        return {k: weight / sum(weights.values()) for k, weight in weights.items()}

    def _fluency(self, hypothesis: Hypothesis) -> float:
        """Average log-probability; repetition is the opposite of fluent."""
        text = [token for token in hypothesis.tokens if token < self._model.spec.eot]
        ratio = compression_ratio(self._model.tokenizer.decode(text))
        average = hypothesis.average_log_probability
        if not text or judge(hypothesis, ratio, self._settings.decoding) == "doubted":
            return average - self._settings.language.trial_penalty
        return average


def combine(votes: Votes) -> dict[str, float]:
    """Mean of the votes weighted by their seconds; sums to 1."""
    total = sum(weight for _, weight in votes)
    combined: dict[str, float] = {}
    for probabilities, weight in votes:
        for language, probability in probabilities.items():
            share = probability * (weight / total if total else 1 / len(votes))
            combined[language] = combined.get(language, 0.0) + share
    return combined


def best(probabilities: dict[str, float]) -> tuple[str, float]:
    """The most probable language and its probability."""
    return max(probabilities.items(), key=lambda item: item[1])
