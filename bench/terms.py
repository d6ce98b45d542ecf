"""Rare words found and terms wrongly written, with and without the list of names and terms."""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from bench import corpus
from bench.corpus import Clip
from bench.native import NativeEarwitness, ServerEngine
from bench.native_model import HubTokenizer
from bench.paths import MODELS
from bench.report import publish, say, table
from bench.results import Engine, Result, transcribe_all
from bench.words import UNSPACED, edits, units

SPLIT_SEED = 69
"""Decides which half of the recordings the thresholds in `TermSettings` were chosen with."""
DISTRACTORS = 30
"""Rare words of other recordings in the list of each."""
MIN_LETTERS = 5
MIN_TOKENS = 3
"""A word that Whisper's vocabulary has in fewer tokens is not rare, unless it is a name."""
LONGEST_S = 300.0
"""Longer recordings are joined from shorter ones."""
MIN_RECALL = 0.5
MAX_FALSE_PER_MIN = 0.1
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")
_SENTENCE_ENDS = '.!?…:;»”"'


@dataclass
class Count:
    """What was found and what was wrong in some recordings."""

    recordings: int = 0
    minutes: float = 0.0
    missed: int = 0
    """Rare words that were said and are not written without a list."""
    found: int = 0
    """Of these, with the list."""
    false: int = 0
    """Terms written with the list where they were not said."""
    words: int = 0
    errors_without: int = 0
    errors_with: int = 0
    took_without_s: float = 0.0
    took_with_s: float = 0.0

    def add(self, clip: Clip, terms: Sequence[str], without: Result, found: Result) -> None:
        """Count one recording."""
        language = clip.language
        said, before, after = (
            units(text, language) for text in (clip.text or "", without.text, found.text)
        )
        self.recordings += 1
        self.minutes += clip.duration_s / 60
        self.words += len(said)
        self.errors_without += edits(said, before)
        self.errors_with += edits(said, after)
        self.took_without_s += without.took_s
        self.took_with_s += found.took_s
        for term in terms:
            wanted = units(term, language)
            there, once, now = (times(wanted, each) for each in (said, before, after))
            self.missed += max(0, there - once)
            self.found += max(0, min(now, there) - once)
            self.false += max(0, now - max(there, once))

    @property
    def recall(self) -> float:
        """The share of missed words that are found; 1 where none was missed."""
        return self.found / self.missed if self.missed else 1.0

    @property
    def false_per_min(self) -> float:
        """Terms wrongly written in a minute."""
        return self.false / self.minutes if self.minutes else 0.0


def times(wanted: Sequence[str], text: Sequence[str]) -> int:
    """Return how often words stand in a text."""
    size = len(wanted)
    return sum(
        list(text[at : at + size]) == list(wanted) for at in range(len(text) - size + 1) if size
    )


def rare_words(text: str, language: str, tokens: Callable[[str], int]) -> list[str]:
    """Return a reference's names and rare words; `tokens` counts those of a word."""
    if language in UNSPACED:
        return []
    cased = text not in (text.lower(), text.upper())
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s$", "", match[0])
        before = text[: match.start()].rstrip(" '“‘«(-—\n")
        inside = bool(before) and before[-1] not in _SENTENCE_ENDS
        # German writes all nouns with a capital.
        is_name = cased and inside and word[0].isupper() and language != "de"
        count = min(tokens(word), tokens(word.capitalize()))
        if len(word) >= MIN_LETTERS and count >= (2 if is_name else MIN_TOKENS):
            found.add(word)
    return sorted(found)


def lists(clips: Sequence[Clip], tokens: Callable[[str], int]) -> dict[str, tuple[str, ...]]:
    """Return the terms of each recording: its rare words, and distractors of its language."""
    own = {clip.id: rare_words(clip.text or "", clip.language, tokens) for clip in clips}
    terms: dict[str, tuple[str, ...]] = {}
    for clip in clips:
        others = {
            word
            for other in clips
            if other.language == clip.language
            for word in own[other.id]
            if word not in own[clip.id]
        }
        drawn = random.Random(clip.id).sample(sorted(others), min(DISTRACTORS, len(others)))
        terms[clip.id] = (*own[clip.id], *drawn)
    return terms


def was_tuned(clip: Clip, clips: Sequence[Clip]) -> bool:
    """Return whether the thresholds were chosen with a recording, or with one that it contains."""
    if _drawn(clip.id):
        return True
    return any(
        _drawn(other.id) and (other.text or "") in (clip.text or "")
        for other in clips
        if other.duration_s < clip.duration_s
    )


def _drawn(clip_id: str) -> bool:
    return hashlib.sha256(f"{SPLIT_SEED}{clip_id}".encode()).digest()[0] % 2 == 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the measurement's options."""
    parser.add_argument("--model", default="base", help="model id (default base)")
    parser.add_argument("--threads", type=int, default=2, help="of each engine (default 2)")
    parser.add_argument("--server", action="store_true", help="measure the server's engine too")
    parser.add_argument("--limit", type=int, help="recordings of each language (default all)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. Returns 1 if a target is missed on recordings not tuned with."""
    clips = [clip for clip in corpus.speech() if clip.duration_s <= LONGEST_S]
    tokenizer = HubTokenizer(MODELS / arguments.model / "tokenizer.json")
    terms = lists(clips, lambda word: len(tokenizer.encode(f" {word}")))
    chosen = _limited([clip for clip in clips if terms[clip.id]], arguments.limit)
    kinds = [NativeEarwitness, *([ServerEngine] if arguments.server else [])]
    rows: list[list[object]] = []
    numbers: dict[str, dict[str, object]] = {}
    failed: list[str] = []
    for kind in kinds:

        def make(given: Mapping[str, tuple[str, ...]], kind: type = kind) -> Engine:
            return kind(arguments.model, arguments.threads, terms=given)

        without = transcribe_all(make({}), chosen, say)
        found = transcribe_all(make(terms), chosen, say)
        name = make({}).name
        for half, wanted in (("tuned with", True), ("others", False)):
            count = Count()
            for clip in chosen:
                if was_tuned(clip, clips) == wanted:
                    count.add(clip, terms[clip.id], without[clip.id], found[clip.id])
            numbers[f"{name}, {half}"] = asdict(count)
            rows.append(_row(name, half, count))
            if not wanted:
                failed += [f"{name}: {line}" for line in _failures(count)]
    header = [
        "engine", "recordings", "minutes", "missed without a list", "found with it",
        "falsely written", "a minute", "word errors without, %", "with, %", "time",
    ]  # fmt: skip
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No target is missed."
    publish(
        {"terms": numbers, "failed": failed},
        [f"## Names and terms\n\n{table(header, rows)}", verdict],
        arguments.json,
    )
    return 1 if failed else 0


def _row(name: str, half: str, count: Count) -> list[object]:
    words = max(1, count.words)
    return [
        f"{name}, {half}", count.recordings, f"{count.minutes:.1f}", count.missed,
        f"{count.found} ({100 * count.recall:.0f} %)", count.false, f"{count.false_per_min:.2f}",
        f"{100 * count.errors_without / words:.1f}", f"{100 * count.errors_with / words:.1f}",
        f"{100 * count.took_with_s / max(0.1, count.took_without_s) - 100:+.0f} %",
    ]  # fmt: skip


def _failures(count: Count) -> list[str]:
    return [
        line
        for line, misses in (
            (f"{100 * count.recall:.0f} % of the missed words found", count.recall < MIN_RECALL),
            (
                f"{count.false_per_min:.2f} terms a minute falsely written",
                count.false_per_min > MAX_FALSE_PER_MIN,
            ),
            ("more word errors with the list", count.errors_with > count.errors_without),
        )
        if misses
    ]


def _limited(clips: Sequence[Clip], limit: int | None) -> list[Clip]:
    kept: dict[str, list[Clip]] = {}
    for clip in clips:
        kept.setdefault(clip.language, []).append(clip)
    return [clip for group in kept.values() for clip in group[:limit]]
