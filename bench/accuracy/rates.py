"""Error rates a set and a language, the paired difference to faster-whisper, and languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bench.accuracy.collect import Answers, Section
from bench.corpus import Clip
from bench.intervals import Estimate, difference, rate
from bench.report import table
from bench.words import UNSPACED, error_blocks, units

LANGUAGE_WORDS = 500
"""Languages with fewer reference words are judged together."""
ENGLISH_MARGIN, OTHER_MARGIN = 0.005, 0.01
"""How far above the peer's the whole interval of the difference must lie to fail."""
LANGUAGE_RIGHT = 0.95
LANGUAGE_CLIP_S = 5.0

Blocks = list[tuple[int, int]]


def rate_section(answers: Answers) -> Section:
    """Word (or character) error rates with 95 % intervals."""
    groups = _groups(answers.speech)
    engines = list(answers.heard)
    rows: list[list[str]] = []
    numbers: dict[str, object] = {}
    failed: list[str] = []
    for name, (clips, margin) in groups.items():
        blocks = {engine: _blocks(answers, engine, clips) for engine in engines}
        total = sum(count for _, count in blocks[answers.ours])
        gap = difference(blocks[answers.ours], blocks[answers.peer])
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
    header = ["set", "recordings", "words", *engines, "ours − beam 1"]
    text = (
        "## Error rates, %\nWords (characters where words are not written apart: zh, ja, ko …) "
        "after Whisper's normaliser; 95 % bootstrap intervals; the difference is paired.\n\n"
        + table(header, rows)
    )
    return text, {"error_rates": numbers}, failed


def language_section(answers: Answers) -> Section:
    """How often the detected language is the right one."""
    clips = [clip for clip in answers.speech if clip.duration_s >= LANGUAGE_CLIP_S]
    if not answers.multilingual or not clips:
        return "", {}, []
    rows: list[list[str]] = []
    shares: dict[str, float] = {}
    for engine, heard in answers.heard.items():
        wrong = [clip for clip in clips if heard[clip.id].language != clip.language]
        shares[engine] = 1 - len(wrong) / len(clips)
        named = ", ".join(f"{clip.id}: {heard[clip.id].language or 'none'}" for clip in wrong)
        rows.append([engine, f"{len(clips) - len(wrong)} of {len(clips)}", named])
    failed = []
    if shares[answers.ours] < LANGUAGE_RIGHT:
        failed.append(f"language right on only {shares[answers.ours]:.1%} of the clips")
    text = f"## Language, recordings of {LANGUAGE_CLIP_S:.0f} s and more\n\n"
    text += table(["engine", "right", "wrong"], rows)
    return text, {"language_right": shares}, failed


def _groups(clips: Sequence[Clip]) -> dict[str, tuple[list[Clip], float | None]]:
    """Sets for the reader; then what the rules are about, with their margins."""
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


def _blocks(answers: Answers, engine: str, clips: Sequence[Clip]) -> Blocks:
    blocks: Blocks = []
    for clip in clips:
        expected = units(clip.text or "", clip.language)
        heard = units(answers.text(engine, clip), clip.language)
        blocks += error_blocks(expected, heard)
    return blocks


def _plain(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
