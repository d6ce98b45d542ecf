"""Detect the spoken language: votes of several windows, then trial decodes."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from earwitness.speech.fallback import (
    EncodedPool,
    is_sayable,
    judge,
    repetition_cost,
    request_for,
)
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt, task_tokens
from earwitness.speech.protocols import Encoded, Hypothesis, SpeechModel
from earwitness.speech.repetition import compression_ratio
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.whisper import WINDOW_MAX_S

Votes = Sequence[tuple[dict[str, float], float]]
"""For each window: language code -> probability, and its seconds of speech."""


@dataclass(frozen=True, slots=True)
class LanguageDetector:
    """Detects the language of a recording from its first windows."""

    model: SpeechModel
    pool: EncodedPool
    settings: SpeechSettings

    async def detect(
        self,
        windows: Sequence[Window],
        encoded: Encoded,
        look_ahead: Callable[[int], Awaitable[list[Window]]],
    ) -> tuple[str, float]:
        """Return the language and its probability.

        First the windows vote as they are encoded. If no language is certain, these and the next
        windows vote padded to full length, which the model was trained on. If that leaves it in
        doubt, the longest window is decoded in each candidate: a model writes fluently only in
        the language that is spoken.

        `look_ahead` returns up to so many of the next windows.

        Raises:
            ModelError: the computation failed.
        """
        settings = self.settings.language
        probabilities = combine(await self._votes(windows, encoded))
        if best(probabilities)[1] < settings.confident:
            windows = [*windows, *await look_ahead(settings.windows - len(windows))]
            encoded = await self.pool.encode(windows, WINDOW_MAX_S)
            probabilities = combine(await self._votes(windows, encoded))
        if best(probabilities)[1] < settings.confident:
            longest = max(range(len(windows)), key=lambda row: windows[row].speech_s)
            speech_s = windows[longest].speech_s
            return best(await self._trials(probabilities, encoded, longest, speech_s))
        return best(probabilities)

    async def _votes(self, windows: Sequence[Window], encoded: Encoded) -> Votes:
        probabilities = await self.model.language_probabilities(encoded)
        return [(row, window.speech_s) for row, window in zip(probabilities, windows, strict=True)]

    async def _trials(
        self, probabilities: dict[str, float], encoded: Encoded, row: int, speech_s: float
    ) -> dict[str, float]:
        settings = self.settings.language
        ranked = sorted(probabilities, key=probabilities.__getitem__, reverse=True)
        candidates = [
            language
            for language in ranked[: settings.trials]
            if probabilities[language] >= settings.trial_probability
        ]
        fluencies: dict[str, float] = {}
        texts: dict[str, str] = {}
        for language in candidates or ranked[:1]:
            tokens = task_tokens(self.model.spec, language, "transcribe", timestamps=True)
            request = request_for(
                self.model.spec, Prompt(tokens, 0), self.settings.decoding, encoded, (row,)
            )
            (hypothesis,) = await self.model.decode(encoded, request)
            text = self._text(hypothesis)
            fluency = self._fluency(hypothesis, text, speech_s)
            same = next(
                (
                    known
                    for known, other in texts.items()
                    if self._are_alike(other, text)
                    and fluency <= fluencies[known] + settings.trial_margin
                ),
                None,
            )
            if same is None:
                fluencies[language], texts[language] = fluency, text
            else:
                fluencies[same] = max(fluencies[same], fluency)
        scores = {
            language: fluency + settings.trial_prior * math.log(max(probabilities[language], 1e-6))
            for language, fluency in fluencies.items()
        }
        most = max(scores.values())
        weights = {k: math.exp((v - most) / settings.trial_scale) for k, v in scores.items()}
        return {k: weight / sum(weights.values()) for k, weight in weights.items()}

    def _text(self, hypothesis: Hypothesis) -> str:
        spec = self.model.spec
        return self.model.tokenizer.decode([t for t in hypothesis.tokens if t < spec.eot]).strip()

    def _fluency(self, hypothesis: Hypothesis, text: str, speech_s: float) -> float:
        """Return the average log-probability, less what repetition or failure costs."""
        decoding, repetition = self.settings.decoding, self.settings.repetition
        verdict = judge(hypothesis, text, speech_s, decoding)
        failed = verdict == "unlikely" or (
            verdict == "repeats" and not is_sayable(text, speech_s, repetition)
        )
        penalty = self.settings.language.trial_penalty if failed or not text else 0.0
        cost = repetition_cost(compression_ratio(text), decoding, repetition)
        return hypothesis.average_log_probability - cost - penalty

    def _are_alike(self, first: str, second: str) -> bool:
        """Return whether two trials wrote the same words: then it was the likelier language."""
        one, other = set(first.casefold().split()), set(second.casefold().split())
        fewer = min(len(one), len(other))
        return bool(fewer) and len(one & other) >= self.settings.language.trial_alike * fewer


def combine(votes: Votes) -> dict[str, float]:
    """Return the mean of the votes, weighted by their seconds; the sum is 1."""
    total = sum(weight for _, weight in votes)
    combined: dict[str, float] = {}
    for probabilities, weight in votes:
        for language, probability in probabilities.items():
            share = probability * (weight / total if total else 1 / len(votes))
            combined[language] = combined.get(language, 0.0) + share
    return combined


def best(probabilities: dict[str, float]) -> tuple[str, float]:
    """Return the most probable language and its probability."""
    return max(probabilities.items(), key=lambda item: item[1])
