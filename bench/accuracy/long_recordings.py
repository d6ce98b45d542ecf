"""Long recordings: missing minutes, repeated phrases, and the loss against single sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.accuracy.collect import Comparison, Section
from bench.corpus import Clip
from bench.report import table
from bench.words import edits, matches, units

MINUTE_WORDS = 20
"""Minutes with fewer reference words are not checked."""
KEPT_SHARE = 0.25
"""A minute is missing if the transcript has a smaller share of its words."""
PHRASE = range(4, 31)
"""Lengths in words of the phrases that are searched for repetition."""
SENTENCES_MARGIN = 0.005
"""Limit: how much higher the error rate of the whole may be than that of its sentences."""


def long_section(comparison: Comparison) -> Section:
    """Return the error rates, missing minutes and repeated phrases of joined recordings."""
    clips = [clip for clip in comparison.speech if clip.long and clip.sentences]
    if not clips:
        return "", {}, []
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for clip in clips:
        expected = units(clip.text or "", clip.language)
        for engine in comparison.results:
            hypothesis = units(comparison.text(engine, clip), clip.language)
            missing = missing_minutes(clip, hypothesis)
            repeats = repeated_phrases(expected, hypothesis)
            rate = edits(expected, hypothesis) / len(expected)
            whole = _in_sentences(comparison, engine, clip)
            rows.append(
                [
                    clip.id,
                    engine,
                    f"{100 * rate:.2f}",
                    f"{100 * whole:.2f}" if whole is not None else "",
                    ", ".join(map(str, missing)) or "none",
                    "; ".join(repeats) or "none",
                ]
            )
            numbers[f"{clip.id} {engine}"] = {
                "rate": rate,
                "rate_in_sentences": whole,
                "missing_minutes": missing,
                "repeats": repeats,
            }
            if engine != comparison.ours:
                continue
            if missing:
                failed.append(f"{clip.id}: minutes {missing} are missing")
            if repeats:
                failed.append(f"{clip.id}: repeated: {'; '.join(repeats)}")
            if whole is not None and rate > whole + SENTENCES_MARGIN:
                failed.append(f"{clip.id}: {rate:.2%} whole, {whole:.2%} in sentences")
    header = [
        "recording",
        "engine",
        "error rate, %",
        "in sentences, %",
        "missing minutes",
        "repeated phrases",
    ]
    text = "## Long recordings\n\n" + table(header, rows)
    return text, {"long": numbers}, failed


def missing_minutes(clip: Clip, hypothesis: Sequence[str]) -> list[int]:
    """Return the minutes (from 0) of which the transcript has hardly a word."""
    expected: list[str] = []
    minutes: list[int] = []
    for sentence in clip.sentences:
        words = units(sentence.text, clip.language)
        length_s = sentence.end_s - sentence.start_s
        expected += words
        minutes += [
            int((sentence.start_s + length_s * k / len(words)) // 60) for k in range(len(words))
        ]
    total, kept = Counter(minutes), Counter(minutes[i] for i, _ in matches(expected, hypothesis))
    return [
        minute
        for minute in sorted(total)
        if total[minute] >= MINUTE_WORDS and kept[minute] < KEPT_SHARE * total[minute]
    ]


def repeated_phrases(expected: Sequence[str], hypothesis: Sequence[str]) -> list[str]:
    """Return the phrases that are repeated in the hypothesis and not in the reference."""
    said = " ".join(expected)
    found: list[str] = []
    at = 0
    while at < len(hypothesis):
        length = next(
            (n for n in PHRASE if hypothesis[at : at + n] == hypothesis[at + n : at + 2 * n]), 0
        )
        phrase = " ".join(hypothesis[at : at + length])
        if length and f"{phrase} {phrase}" not in said:
            found.append(phrase)
        at += max(1, length)
    return found


def _in_sentences(comparison: Comparison, engine: str, clip: Clip) -> float | None:
    """The error rate if our native engine transcribes each sentence by itself; else None."""
    native = next((name for name in comparison.results if name.startswith("native-")), None)
    hypothesis = comparison.results[native] if native else {}
    if engine not in (native, comparison.ours) or f"{clip.id}/0" not in hypothesis:
        return None
    errors = total = 0
    for index, sentence in enumerate(clip.sentences):
        expected = units(sentence.text, clip.language)
        errors += edits(expected, units(hypothesis[f"{clip.id}/{index}"].text, clip.language))
        total += len(expected)
    return errors / total
