"""Detect the spoken language: votes of several windows, then trial decodes."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

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
        the language that is spoken. Windows without speech are not worth that.

        `look_ahead` returns up to so many of the next windows.

        Raises:
            ModelError: the computation failed.
        """
        settings = self.settings.language
        probabilities = combine(await self._votes(windows, encoded))
        if not any(window.speech_s for window in windows):
            return best(probabilities)
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
        probabilities = await self.pool.language_probabilities(encoded)
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
        trials: list[_Trial] = []
        for language in candidates or ranked[:1]:
            tokens = task_tokens(self.model.spec, language, "transcribe", timestamps=True)
            request = request_for(
                self.model.spec, Prompt(tokens, 0), self.settings.decoding, encoded, (row,)
            )
            (hypothesis,) = await self.model.decode(encoded, request)
            text = self._text(hypothesis)
            fluency = self._fluency(hypothesis, text, speech_s)
            trial = _Trial(language, probabilities[language], text, fluency)
            same = next((each for each in trials if self._are_alike(each, trial)), None)
            if same is None:
                trials.append(trial)
            else:
                trials[trials.index(same)] = self._merged(same, trial)
        scores = {
            each.language: each.fluency
            + settings.trial_prior * math.log(max(each.probability, 1e-6))
            for each in trials
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

    def _are_alike(self, first: _Trial, second: _Trial) -> bool:
        """Return whether two trials wrote the same words, about as fluently."""
        settings = self.settings.language
        one, other = set(first.text.casefold().split()), set(second.text.casefold().split())
        fewer = min(len(one), len(other))
        close = abs(first.fluency - second.fluency) <= settings.trial_margin
        return close and bool(fewer) and len(one & other) >= settings.trial_alike * fewer

    def _merged(self, first: _Trial, second: _Trial) -> _Trial:
        """Return two trials with the same words as one, in the language with more training data.

        Whisper's tokens are in the order of its training data. A model told to write Latin writes
        the English that it hears, but not the other way round.
        """
        order = self.model.spec.languages
        learned = min(first, second, key=lambda each: order[each.language])
        return replace(
            learned,
            fluency=max(first.fluency, second.fluency),
            probability=max(first.probability, second.probability),
        )


@dataclass(frozen=True, slots=True)
class _Trial:
    """A decode in one language."""

    language: str
    probability: float
    text: str
    fluency: float


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
