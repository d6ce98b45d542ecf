"""Word error rate as the benchmarks count it."""

from __future__ import annotations

import jiwer
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer


def word_error_rate(reference: str, heard: str, language: str = "en") -> float:
    """Edits divided by reference words, after Whisper's own normalisation."""
    normalise = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    return float(jiwer.wer(normalise(reference), normalise(heard)))
