"""Error rates by set and language, the difference to faster-whisper, and detected languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bench.accuracy.collect import Comparison, Section
from bench.corpus import Clip
from bench.intervals import Estimate, difference, rate
from bench.report import table
from bench.words import UNSPACED, error_blocks, units

LANGUAGE_WORDS = 500
"""Languages with fewer reference words are pooled."""
ENGLISH_MARGIN, OTHER_MARGIN = 0.005, 0.01
"""Limits: the whole interval of the difference to faster-whisper must not lie above."""
LANGUAGE_RIGHT = 0.95
"""Limit: the smallest share of recordings whose language is detected correctly."""
LANGUAGE_CLIP_S = 5.0
"""Shorter recordings do not count for the language."""

Blocks = list[tuple[int, int]]


def rate_section(comparison: Comparison) -> Section:
    """Return word or character error rates with 95 % intervals."""
    groups = _groups(comparison.speech)
    engines = list(comparison.results)
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for name, (clips, margin) in groups.items():
        blocks = {engine: _blocks(comparison, engine, clips) for engine in engines}
        total = sum(count for _, count in blocks[comparison.ours])
        gap = difference(blocks[comparison.ours], blocks[comparison.peer])
        rates = {engine: rate(blocks[engine]) for engine in engines}
        shown = [rates[engine].percent() for engine in engines]
        rows.append([name, f"{len(clips)}", f"{total}", *shown, gap.percent(signed=True)])
        numbers[name] = {
            "clips": len(clips),
            "units": total,
            "rates": {engine: _plain(rates[engine]) for engine in engines},
            "difference": _plain(gap),
        }
        if margin is not None and gap.low > margin:
            failed.append(f"{name}: {gap.percent(signed=True)} points above faster-whisper beam 1")
    header = ["set", "recordings", "words", *engines, "difference"]
    text = (
        "## Error rates, %\n\nErrors in words (in characters for scripts without spaces: zh, ja, "
        "ko …) after Whisper's normaliser, with 95 % bootstrap intervals. The last column is the "
        f"paired difference of {comparison.ours} and {comparison.peer}.\n\n" + table(header, rows)
    )
    return text, {"error_rates": numbers}, failed


def language_section(comparison: Comparison) -> Section:
    """Return how often the detected language is correct."""
    clips = [clip for clip in comparison.speech if clip.duration_s >= LANGUAGE_CLIP_S]
    if not comparison.multilingual or not clips:
        return "", {}, []
    rows: list[list[str]] = []
    shares: dict[str, float] = {}
    for engine, results in comparison.results.items():
        wrong = [clip for clip in clips if results[clip.id].language != clip.language]
        shares[engine] = 1 - len(wrong) / len(clips)
        named = ", ".join(f"{clip.id}: {results[clip.id].language or 'none'}" for clip in wrong)
        rows.append([engine, f"{len(clips) - len(wrong)} of {len(clips)}", named])
    failed = []
    if shares[comparison.ours] < LANGUAGE_RIGHT:
        failed.append(f"only {shares[comparison.ours]:.1%} of the detected languages are correct")
    text = f"## Detected language, recordings of {LANGUAGE_CLIP_S:.0f} s and more\n\n"
    text += table(["engine", "correct", "wrong"], rows)
    return text, {"language_right": shares}, failed


def _groups(clips: Sequence[Clip]) -> dict[str, tuple[list[Clip], float | None]]:
    """Return each set without a limit, then each language or pool with its limit."""
    by_set: dict[str, list[Clip]] = defaultdict(list)
    by_language: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_set[clip.set].append(clip)
        by_language[clip.language].append(clip)
    groups: dict[str, tuple[list[Clip], float | None]] = {
        name: (members, None) for name, members in by_set.items()
    }
    small: list[Clip] = []
    for language, members in by_language.items():
        words = sum(len(units(clip.text or "", language)) for clip in members)
        if language == "en":
            groups["all English"] = (members, ENGLISH_MARGIN)
        elif words >= LANGUAGE_WORDS and language not in UNSPACED:
            groups[f"all {language}"] = (members, OTHER_MARGIN)
        else:
            small += members
    if small:
        groups["smaller languages"] = (small, OTHER_MARGIN)
    return groups


def _blocks(comparison: Comparison, engine: str, clips: Sequence[Clip]) -> Blocks:
    blocks: Blocks = []
    for clip in clips:
        expected = units(clip.text or "", clip.language)
        hypothesis = units(comparison.text(engine, clip), clip.language)
        blocks += error_blocks(expected, hypothesis)
    return blocks


def _plain(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
