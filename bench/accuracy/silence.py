"""Words where nobody spoke."""

from __future__ import annotations

from bench.accuracy.collect import Answers, Section
from bench.report import table

CLEAN_SHARE = 0.95
EDGE_S = 0.5
"""A word may begin this far into the silence: a breath, a late ending."""


def no_speech_section(answers: Answers) -> Section:
    """Files of silence, noise, music and applause: how many stay without words."""
    rows: list[list[str]] = []
    shares: dict[str, float] = {}
    for engine, heard in answers.heard.items():
        given = [heard[c.id] for c in answers.no_speech if c.id in heard]
        judged = [each for each in given if not each.refused]
        if not judged:
            continue
        spoken = [each for each in judged if each.text.strip()]
        shares[engine] = 1 - len(spoken) / len(judged)
        said = "; ".join(f"{each.clip}: “{each.text.strip()[:40]}”" for each in spoken)
        clean = f"{len(judged) - len(spoken)} of {len(judged)}"
        rows.append([engine, clean, f"{len(given) - len(judged)}", said])
    failed: list[str] = []
    if shares.get(answers.ours, 1.0) < CLEAN_SHARE:
        failed.append(f"only {shares[answers.ours]:.0%} of the files without speech stay empty")
    text = "## Files without speech\n\n"
    text += table(["engine", "without words", "refused", "words in"], rows)
    return text, {"no_speech_clean": shares}, failed


def half_silence_section(answers: Answers) -> Section:
    """Speech beside as much silence: words that begin in the silence."""
    rows: list[list[str]] = []
    counts: dict[str, int] = {}
    for engine, heard in answers.heard.items():
        if answers.half_silent[0][0].id not in heard:
            continue
        found: list[str] = []
        for clip, start_s, end_s in answers.half_silent:
            found += [
                f"{clip.id} {word.start_s:.1f} s: {word.text}"
                for word in heard[clip.id].words
                if start_s + EDGE_S < word.start_s < end_s - EDGE_S
            ]
        counts[engine] = len(found)
        rows.append([engine, str(len(answers.half_silent)), str(len(found)), "; ".join(found)])
    failed: list[str] = []
    if counts.get(answers.ours):
        failed.append(f"{counts[answers.ours]} words in silence beside speech")
    text = "## Half silence, half speech\n\n"
    text += table(["engine", "files", "words in the silence", "which"], rows)
    return text, {"words_in_silence": counts}, failed
