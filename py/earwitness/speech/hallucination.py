"""Words that nobody said: improbable ones, over silence."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.speech.activity import Span, overlap
from earwitness.speech.settings import TextSettings
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import Word

SCORED_WORDS = 8
"""So many words from a segment's start are looked at (openai/whisper)."""
MIN_SPEECH_SHARE = 0.2
"""Words of which less than this lies in speech are over silence."""


def anomaly(word: Word, settings: TextSettings) -> float:
    """How odd one word is: improbable, too short or too long (openai/whisper's score)."""
    length_s = word.end_s - word.start_s
    score = 0.0
    if word.probability is not None and word.probability < settings.word_probability:
        score += 1.0
    if length_s < settings.word_min_s:
        score += (settings.word_min_s - length_s) * 15
    if length_s > settings.word_max_s:
        score += length_s - settings.word_max_s
    return score


def is_odd(words: Sequence[Word], settings: TextSettings) -> bool:
    """Is a segment made of odd words?"""
    scored = [word for word in words if any(c.isalnum() for c in word.text)][:SCORED_WORDS]
    score = sum(anomaly(word, settings) for word in scored)
    return bool(scored) and (score >= 3 or score + 0.01 >= len(scored))


def is_invented(words: Sequence[Word], speech: Sequence[Span], settings: TextSettings) -> bool:
    """Odd words over silence, or odd words alone in it."""
    if not words or not is_odd(words, settings):
        return False
    start = round(words[0].start_s * SAMPLE_RATE_HZ)
    stop = max(start + 1, round(words[-1].end_s * SAMPLE_RATE_HZ))
    if overlap(speech, start, stop) < MIN_SPEECH_SHARE * (stop - start):
        return True
    around = round(settings.silence_words_s * SAMPLE_RATE_HZ)
    return not overlap(speech, start - around, start) and not overlap(speech, stop, stop + around)
