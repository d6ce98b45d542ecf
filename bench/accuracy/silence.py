"""Words in recordings without speech, and in the silence beside speech."""

from __future__ import annotations

from bench.accuracy.collect import Comparison, Section
from bench.report import table

CLEAN_SHARE = 0.95
"""Limit: the smallest share of recordings without speech that stay without words."""
EDGE_S = 0.5
"""Words this close to the edge of the silence do not count."""


def no_speech_section(comparison: Comparison) -> Section:
    """Return how many files of silence, noise, music and applause stay without words."""
    rows: list[list[str]] = []
    shares: dict[str, float] = {}
    for engine, results in comparison.results.items():
        given = [results[c.id] for c in comparison.no_speech if c.id in results]
        judged = [each for each in given if not each.refused]
        if not judged:
            continue
        spoken = [each for each in judged if each.text.strip()]
        shares[engine] = 1 - len(spoken) / len(judged)
        said = "; ".join(f"{each.clip}: “{each.text.strip()[:40]}”" for each in spoken)
        clean = f"{len(judged) - len(spoken)} of {len(judged)}"
        rows.append([engine, clean, f"{len(given) - len(judged)}", said])
    failed: list[str] = []
    if shares.get(comparison.ours, 1.0) < CLEAN_SHARE:
        failed.append(f"only {shares[comparison.ours]:.0%} of the files without speech are empty")
    text = "## Files without speech\n\n"
    text += table(["engine", "without words", "refused", "with words"], rows)
    return text, {"no_speech_clean": shares}, failed


def half_silence_section(comparison: Comparison) -> Section:
    """Return the words that begin in the silence of files that are half silence."""
    rows: list[list[str]] = []
    counts: dict[str, int] = {}
    for engine, results in comparison.results.items():
        if comparison.half_silent[0][0].id not in results:
            continue
        found: list[str] = []
        for clip, start_s, end_s in comparison.half_silent:
            found += [
                f"{clip.id} {word.start_s:.1f} s: {word.text}"
                for word in results[clip.id].words
                if start_s + EDGE_S < word.start_s < end_s - EDGE_S
            ]
        counts[engine] = len(found)
        rows.append([engine, str(len(comparison.half_silent)), str(len(found)), "; ".join(found)])
    failed: list[str] = []
    if counts.get(comparison.ours):
        failed.append(f"{counts[comparison.ours]} words in the silence beside speech")
    text = "## Half silence, half speech\n\n"
    text += table(["engine", "files", "words in the silence", "words"], rows)
    return text, {"words_in_silence": counts}, failed
