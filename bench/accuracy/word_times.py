"""Word starts compared with faster-whisper's, the order of times, and windows decoded again."""

from __future__ import annotations

import numpy as np

from bench.accuracy.collect import Comparison, Section
from bench.corpus import Clip
from bench.report import table
from bench.results import ResultWord
from bench.words import matches

MEDIAN_S = 0.1
"""Limit: the largest median distance of the word starts."""


def time_section(comparison: Comparison) -> Section:
    """Return the distances between the starts of the words that both engines have."""
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for engine in comparison.results:
        if engine == comparison.peer:
            continue
        distances = np.concatenate([_distances(comparison, engine, c) for c in comparison.speech])
        wrong = [
            clip for clip, result in comparison.results[engine].items() if not result.is_monotonic()
        ]
        if engine == comparison.ours and wrong:
            failed.append(f"times are not in order in {', '.join(wrong)}")
        if not len(distances):
            continue
        size = np.abs(distances)
        median, ninth = float(np.median(size)), float(np.quantile(size, 0.9))
        if engine == comparison.ours and median > MEDIAN_S:
            failed.append(f"the median distance of word starts is {1000 * median:.0f} ms")
        rows.append(
            [
                engine,
                f"{len(distances)}",
                f"{1000 * median:.0f}",
                f"{1000 * ninth:.0f}",
                f"{1000 * float(np.median(distances)):+.0f}",
                f"not in {', '.join(wrong)}" if wrong else "yes",
            ]
        )
        numbers[engine] = {
            "words": len(distances),
            "median_s": median,
            "p90_s": ninth,
            "not_monotonic": wrong,
        }
    header = ["engine", "words", "median, ms", "90 %, ms", "bias, ms", "times in order"]
    text = "## Word starts against faster-whisper beam 1\n\n" + table(header, rows)
    return text, {"word_starts": numbers}, failed


def retry_section(comparison: Comparison) -> Section:
    """Return how often windows were decoded again; only engines that report this are listed."""
    rows: list[list[str]] = []
    rates: dict[str, float] = {}
    for engine, results in comparison.results.items():
        windows = sum(each.windows for each in results.values())
        if not windows:
            continue
        again = sum(each.retries for each in results.values())
        rates[engine] = again / windows
        rows.append([engine, f"{windows}", f"{again}", f"{100 * rates[engine]:.1f}"])
    if not rows:
        return "", {}, []
    text = "## Windows decoded again\n\n" + table(["engine", "windows", "decoded again", "%"], rows)
    return text, {"retries_per_window": rates}, []


def _distances(comparison: Comparison, engine: str, clip: Clip) -> np.ndarray:
    ours = comparison.results[engine][clip.id].words
    theirs = comparison.results[comparison.peer][clip.id].words
    pairs = matches([_bare(word) for word in ours], [_bare(word) for word in theirs])
    return np.array([ours[i].start_s - theirs[k].start_s for i, k in pairs])


def _bare(word: ResultWord) -> str:
    return "".join(character for character in word.text.casefold() if character.isalnum())
