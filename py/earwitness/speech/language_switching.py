"""Follow the languages of a recording, window by window, with hysteresis.

A language is kept until a window is surely another. A window that two languages share is split in
its silences, and each part is in the language that it is in by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from earwitness.speech.activity import Span
from earwitness.speech.fallback import EncodedPool
from earwitness.speech.language import best
from earwitness.speech.parts import split_in_silence, take_part
from earwitness.speech.planner import Window
from earwitness.speech.protocols import AudioSource, Encoded
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.whisper import SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Passage:
    """A window or a part of it, in one language."""

    window: Window
    language: str
    probability: float
    """Of the language in the window that decided it."""
    row: tuple[Encoded, int] | None
    """Where it is encoded; None: it is not yet."""


@dataclass(frozen=True, slots=True)
class LanguageFollower:
    """Decides the language of each window from the one before it."""

    audio: AudioSource
    pool: EncodedPool
    settings: SpeechSettings

    async def follow(
        self, windows: Sequence[Window], rows: Sequence[tuple[Encoded, int]], language: str
    ) -> list[list[Passage]]:
        """Return the passages of each window, given the language before the first.

        `rows`: where each window is encoded.

        Raises:
            ModelError: the computation failed.
        """
        passages: list[list[Passage]] = []
        for window, (encoded, row) in zip(windows, rows, strict=True):
            probabilities = (await self.pool.language_probabilities(encoded))[row]
            found: list[Passage] = []
            if self._is_shared(probabilities, window):
                found = await self._parts(window, probabilities, language)
            if len(found) < 2:
                language = self._next(
                    language, probabilities, window.speech_s, self.settings.language.switch
                )
                probability = probabilities.get(language, 0.0)
                found = [Passage(window, language, probability, (encoded, row))]
            language = found[-1].language
            passages.append(found)
        return passages

    def _next(
        self, language: str, probabilities: dict[str, float], speech_s: float, least: float
    ) -> str:
        """Return the language after one in `language`: another if it is probable enough."""
        likeliest, probability = best(probabilities)
        sure = probability >= least and speech_s >= self.settings.language.switch_s
        return likeliest if sure else language

    def _is_shared(self, probabilities: dict[str, float], window: Window) -> bool:
        settings = self.settings.language
        first, second = sorted(probabilities.values(), reverse=True)[:2]
        both = second >= settings.shared and first + second >= settings.shared_sum
        return both and window.speech_s >= 2 * settings.switch_s

    async def _parts(
        self, window: Window, probabilities: dict[str, float], language: str
    ) -> list[Passage]:
        """Return the parts of a window that differ in language; one or none if they do not."""
        settings = self.settings.language
        spans = split_in_silence(window, settings.part_s)
        if len(spans) < 2:
            return []
        parts = [await take_part(self.audio, window, span) for span in spans]
        votes = await self.pool.language_probabilities(await self.pool.encode(parts))
        languages = {code for code, p in probabilities.items() if p >= settings.shared}
        joined: list[tuple[Span, str, float]] = []
        for part, vote in zip(parts, votes, strict=True):
            found = self._next(language, vote, part.speech_s, settings.part_switch)
            language = found if found in languages else language
            probability = vote.get(language, 0.0)
            if not joined or joined[-1][1] != language:
                cut = self._border(window, joined[-1][0], part) if joined else part.start
                if joined:
                    before, code, highest = joined[-1]
                    joined[-1] = Span(before.start, cut), code, highest
                joined.append((Span(cut, part.stop), language, probability))
            else:
                before, _, highest = joined[-1]
                joined[-1] = Span(before.start, part.stop), language, max(highest, probability)
        return [
            Passage(await take_part(self.audio, window, span), code, probability, None)
            for span, code, probability in joined
        ]

    def _border(self, window: Window, before: Span, after: Window) -> int:
        """Return where the language changes: at a long silence nearby, or between the parts."""
        around = round(self.settings.language.border_s * SAMPLE_RATE_HZ)
        first = max(before.start, after.start - around)
        last = min(after.stop, after.start + around)
        silences = [
            Span(span.stop, following.start)
            for span, following in pairwise(window.speech)
            if first < span.stop and following.start < last
        ]
        longest = max(silences, key=lambda silence: silence.length, default=Span(0, 0))
        if longest.length < self.settings.windows.good_cut_s * SAMPLE_RATE_HZ:
            return after.start
        return (longest.start + longest.stop) // 2
