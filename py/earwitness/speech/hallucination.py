"""Detect hallucinations: anomalous words over silence."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.speech.activity import Span, overlap
from earwitness.speech.settings import TextSettings
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import Word

SCORED_WORDS = 8
"""Words from a segment's start that are scored (openai/whisper)."""
MIN_SPEECH_SHARE = 0.2
"""Words with a smaller share than this inside speech are over silence."""


def anomaly_score(word: Word, settings: TextSettings) -> float:
    """Return openai/whisper's score of a word that is improbable, too short or too long."""
    length_s = word.end_s - word.start_s
    score = 0.0
    if word.probability is not None and word.probability < settings.word_probability:
        score += 1.0
    if length_s < settings.word_min_s:
        score += (settings.word_min_s - length_s) * 15
    if length_s > settings.word_max_s:
        score += length_s - settings.word_max_s
    return score


def is_anomalous(words: Sequence[Word], settings: TextSettings) -> bool:
    """Return whether the words of a segment are anomalous together."""
    scored = [word for word in words if any(c.isalnum() for c in word.text)][:SCORED_WORDS]
    score = sum(anomaly_score(word, settings) for word in scored)
    return bool(scored) and (score >= 3 or score + 0.01 >= len(scored))


def is_hallucinated(words: Sequence[Word], speech: Sequence[Span], settings: TextSettings) -> bool:
    """Return whether words are anomalous, and over silence or, with little speech, alone in it."""
    if not words or not is_anomalous(words, settings):
        return False
    start = round(words[0].start_s * SAMPLE_RATE_HZ)
    stop = max(start + 1, round(words[-1].end_s * SAMPLE_RATE_HZ))
    spoken = overlap(speech, start, stop)
    if spoken < MIN_SPEECH_SHARE * (stop - start):
        return True
    if spoken >= round(settings.spoken_s * SAMPLE_RATE_HZ):
        return False
    around = round(settings.silence_words_s * SAMPLE_RATE_HZ)
    return not overlap(speech, start - around, start) and not overlap(speech, stop, stop + around)
