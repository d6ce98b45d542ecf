"""Long recordings: nothing dropped, nothing said twice, no worse than in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.accuracy.collect import Answers, Section
from bench.corpus import Clip
from bench.report import table
from bench.words import edits, matches, units

MINUTE_WORDS = 20
"""Minutes with fewer reference words are not judged."""
KEPT_SHARE = 0.25
"""A minute of which less was heard is a dropped one."""
PHRASE = range(4, 31)
"""Lengths of a phrase, in words, that must not be said twice in a row when it was said once."""
SENTENCES_MARGIN = 0.005


def long_section(answers: Answers) -> Section:
    """Joined recordings of ten minutes and more."""
    clips = [clip for clip in answers.speech if clip.long and clip.sentences]
    if not clips:
        return "", {}, []
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for clip in clips:
        expected = units(clip.text or "", clip.language)
        for engine in answers.heard:
            heard = units(answers.text(engine, clip), clip.language)
            dropped = dropped_minutes(clip, heard)
            repeats = repeated_phrases(expected, heard)
            rate = edits(expected, heard) / len(expected)
            whole = _in_sentences(answers, engine, clip)
            rows.append(
                [
                    clip.id,
                    engine,
                    f"{100 * rate:.2f}",
                    f"{100 * whole:.2f}" if whole is not None else "",
                    ", ".join(map(str, dropped)) or "none",
                    "; ".join(repeats) or "none",
                ]
            )
            numbers[f"{clip.id} {engine}"] = {
                "rate": rate,
                "rate_in_sentences": whole,
                "dropped_minutes": dropped,
                "repeats": repeats,
            }
            if engine != answers.ours:
                continue
            if dropped:
                failed.append(f"{clip.id}: minutes {dropped} are missing")
            if repeats:
                failed.append(f"{clip.id}: said twice: {'; '.join(repeats)}")
            if whole is not None and rate > whole + SENTENCES_MARGIN:
                failed.append(f"{clip.id}: {rate:.2%} whole, {whole:.2%} in sentences")
    header = ["recording", "engine", "error rate, %", "in sentences, %", "dropped minutes", "twice"]
    text = "## Long recordings\n\n" + table(header, rows)
    return text, {"long": numbers}, failed


def dropped_minutes(clip: Clip, heard: Sequence[str]) -> list[int]:
    """Minutes (from 0) of which hardly a word was heard."""
    expected: list[str] = []
    minutes: list[int] = []
    for sentence in clip.sentences:
        words = units(sentence.text, clip.language)
        length_s = sentence.end_s - sentence.start_s
        expected += words
        minutes += [
            int((sentence.start_s + length_s * k / len(words)) // 60) for k in range(len(words))
        ]
    total, kept = Counter(minutes), Counter(minutes[i] for i, _ in matches(expected, heard))
    return [
        minute
        for minute in sorted(total)
        if total[minute] >= MINUTE_WORDS and kept[minute] < KEPT_SHARE * total[minute]
    ]


def repeated_phrases(expected: Sequence[str], heard: Sequence[str]) -> list[str]:
    """Phrases heard twice in a row that the reference does not say twice in a row."""
    said = " ".join(expected)
    found: list[str] = []
    at = 0
    while at < len(heard):
        length = next((n for n in PHRASE if heard[at : at + n] == heard[at + n : at + 2 * n]), 0)
        phrase = " ".join(heard[at : at + length])
        if length and f"{phrase} {phrase}" not in said:
            found.append(phrase)
        at += max(1, length)
    return found


def _in_sentences(answers: Answers, engine: str, clip: Clip) -> float | None:
    """Error rate of the same audio, each sentence a recording of its own, without a browser."""
    native = next((name for name in answers.heard if name.startswith("native-")), None)
    heard = answers.heard[native] if native else {}
    if engine not in (native, answers.ours) or f"{clip.id}/0" not in heard:
        return None
    errors = total = 0
    for index, sentence in enumerate(clip.sentences):
        expected = units(sentence.text, clip.language)
        errors += edits(expected, units(heard[f"{clip.id}/{index}"].text, clip.language))
        total += len(expected)
    return errors / total
