"""When words start, against faster-whisper's times, and whether times run forward."""

from __future__ import annotations

import numpy as np

from bench.accuracy.collect import Answers, Section
from bench.corpus import Clip
from bench.heard import HeardWord
from bench.report import table
from bench.words import matches

MEDIAN_S = 0.1


def time_section(answers: Answers) -> Section:
    """Distances between the starts of words that both engines heard."""
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for engine in answers.heard:
        if engine == answers.peer:
            continue
        distances = np.concatenate([_distances(answers, engine, c) for c in answers.speech])
        wrong = [clip for clip, heard in answers.heard[engine].items() if not heard.is_monotonic()]
        if engine == answers.ours and wrong:
            failed.append(f"times run backward in {', '.join(wrong)}")
        if not len(distances):
            continue
        size = np.abs(distances)
        median, ninth = float(np.median(size)), float(np.quantile(size, 0.9))
        if engine == answers.ours and median > MEDIAN_S:
            failed.append(f"word starts are {1000 * median:.0f} ms off (median)")
        rows.append(
            [
                engine,
                f"{len(distances)}",
                f"{1000 * median:.0f}",
                f"{1000 * ninth:.0f}",
                f"{1000 * float(np.median(distances)):+.0f}",
                f"not in {', '.join(wrong)}" if wrong else "all",
            ]
        )
        numbers[engine] = {
            "words": len(distances),
            "median_s": median,
            "p90_s": ninth,
            "not_monotonic": wrong,
        }
    header = ["engine", "words", "median, ms", "90 %, ms", "bias, ms", "run forward"]
    text = "## Word starts against faster-whisper beam 1\n\n" + table(header, rows)
    return text, {"word_starts": numbers}, failed


def retry_section(answers: Answers) -> Section:
    """How often a window was decoded again (told by our engine without a browser)."""
    rows: list[list[str]] = []
    rates: dict[str, float] = {}
    for engine, heard in answers.heard.items():
        windows = sum(each.windows for each in heard.values())
        if not windows:
            continue
        again = sum(each.retries for each in heard.values())
        rates[engine] = again / windows
        rows.append([engine, f"{windows}", f"{again}", f"{100 * rates[engine]:.1f}"])
    if not rows:
        return "", {}, []
    text = "## Windows decoded again\n\n" + table(["engine", "windows", "again", "%"], rows)
    return text, {"retries_per_window": rates}, []


def _distances(answers: Answers, engine: str, clip: Clip) -> np.ndarray:
    ours = answers.heard[engine][clip.id].words
    theirs = answers.heard[answers.peer][clip.id].words
    pairs = matches([_bare(word) for word in ours], [_bare(word) for word in theirs])
    return np.array([ours[i].start_s - theirs[k].start_s for i, k in pairs])


def _bare(word: HeardWord) -> str:
    return "".join(character for character in word.text.casefold() if character.isalnum())
