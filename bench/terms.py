"""Rare words found and terms wrongly written, with and without the list of names and terms."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from bench import corpus
from bench.corpus import Clip, Sentence
from bench.native import NativeEarwitness, ServerEngine
from bench.native_model import HubTokenizer
from bench.paths import MODELS
from bench.report import publish, say, table
from bench.results import Engine, Result, transcribe_all
from bench.synthetic import part_of
from bench.words import UNSPACED, edits, units

DISTRACTORS = 30
"""Rare words of other recordings in the list of each."""
MIN_LETTERS = 5
MIN_TOKENS = 3
RARE_SHARE = 0.1
"""Rare words are this share of a language's words of `MIN_LETTERS` and more: those that Whisper's
vocabulary has in the most tokens, at least in `MIN_TOKENS`."""
LONGEST_S = 300.0
"""The thresholds in `TermSettings` were chosen with the recordings of up to this length. Parts of
longer ones that none of these contains are the test."""
PART_S = 60.0
"""Length of such a part; sentences that are longer are parts by themselves."""
UNSEEN_FROM_S = 300.0
"""So much of each long recording, without what shorter ones contain, was looked at …"""
UNSEEN_S = 300.0
"""… and so much of what follows is used."""
UNSEEN, TUNED = "unseen", "tuned with"
MIN_RECALL = 0.5
MAX_FALSE_PER_MIN = 0.1
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")


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
        # "Nesmíme" and "nesmíme" are one word to find.
        for wanted in {tuple(units(term, language)) for term in terms}:
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


def least_tokens(clips: Sequence[Clip], tokens: Callable[[str], int]) -> dict[str, int]:
    """Return how many tokens a rare word has at least, by language; `tokens` counts a word's."""
    words: dict[str, set[str]] = {}
    for clip in clips:
        words.setdefault(clip.language, set()).update(_long_words(clip.text or ""))
    least: dict[str, int] = {}
    for language, found in words.items():
        counts = sorted((_count(word, tokens) for word in found), reverse=True)
        rare = counts[int(len(counts) * RARE_SHARE)] if counts else 0
        least[language] = max(MIN_TOKENS, rare)
    return least


def rare_words(text: str, language: str, tokens: Callable[[str], int], least: int) -> list[str]:
    """Return a text's words of at least so many tokens, many of them names."""
    if language in UNSPACED:
        return []
    return sorted(word for word in _long_words(text) if _count(word, tokens) >= least)


def _long_words(text: str) -> set[str]:
    words = {re.sub(r"['’]s$", "", match[0]) for match in _WORD.finditer(text)}
    return {word for word in words if len(word) >= MIN_LETTERS}


def _count(word: str, tokens: Callable[[str], int]) -> int:
    return min(tokens(word), tokens(word.capitalize()))


def lists(
    clips: Sequence[Clip], tokens: Callable[[str], int], least: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """Return the terms of each recording: its rare words, and distractors of its language.

    `least`: as `least_tokens` returns it.
    """
    own = {
        clip.id: rare_words(clip.text or "", clip.language, tokens, least[clip.language])
        for clip in clips
    }
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


def unseen(clips: Sequence[Clip]) -> list[Clip]:
    """Return parts of the long recordings without the sentences of the shorter ones."""
    seen = "\n".join(_plain(clip) for clip in clips if clip.duration_s <= LONGEST_S)
    parts: list[Clip] = []
    for clip in clips:
        if clip.duration_s <= LONGEST_S:
            continue
        passed_s = 0.0
        for sentences in _together(clip.sentences, seen, clip.language):
            length_s = sentences[-1].end_s - sentences[0].start_s
            passed_s += length_s
            if passed_s > UNSEEN_FROM_S + UNSEEN_S:
                break
            if passed_s > UNSEEN_FROM_S:
                parts.append(part_of(clip, sentences))
    return parts


def _together(
    sentences: Sequence[Sentence], seen: str, language: str
) -> Iterator[Sequence[Sentence]]:
    """Yield neighbouring sentences of about `PART_S` that are not in a text."""
    run: list[Sentence] = []
    for sentence in sentences:
        if _joined(sentence.text, language) in seen:
            if run:
                yield run
            run = []
            continue
        if run and sentence.end_s - run[0].start_s > PART_S:
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def _plain(clip: Clip) -> str:
    return _joined(clip.text or "", clip.language)


def _joined(text: str, language: str) -> str:
    return " ".join(units(text, language))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the measurement's options."""
    parser.add_argument("--model", default="base", help="model id (default base)")
    parser.add_argument("--threads", type=int, default=2, help="of each engine (default 2)")
    parser.add_argument("--server", action="store_true", help="measure the server's engine too")
    parser.add_argument("--limit", type=int, help="recordings of each language (default all)")
    parser.add_argument(
        "--unseen", action="store_true", help="without the recordings that were tuned with"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. Returns 1 if a target is missed on recordings not tuned with."""
    every = corpus.speech()
    sets = {UNSEEN: unseen(every)}
    if not arguments.unseen:
        sets[TUNED] = [clip for clip in every if clip.duration_s <= LONGEST_S]
    tokenizer = HubTokenizer(MODELS / arguments.model / "tokenizer.json")

    def tokens(word: str) -> int:
        return len(tokenizer.encode(f" {word}"))

    least = least_tokens(every, tokens)
    terms = {
        id_: own for clips in sets.values() for id_, own in lists(clips, tokens, least).items()
    }
    sets = {
        name: _limited([clip for clip in clips if terms[clip.id]], arguments.limit)
        for name, clips in sets.items()
    }
    kinds = [NativeEarwitness, *([ServerEngine] if arguments.server else [])]
    rows: list[list[object]] = []
    numbers: dict[str, dict[str, object]] = {}
    failed: list[str] = []
    for kind in kinds:

        def make(given: Mapping[str, tuple[str, ...]], kind: type = kind) -> Engine:
            return kind(arguments.model, arguments.threads, terms=given)

        name = make({}).name
        for which, clips in sets.items():
            without = transcribe_all(make({}), clips, say)
            found = transcribe_all(make(terms), clips, say)
            whole, counts = Count(), dict[str, Count]()
            for clip in clips:
                for count in (whole, counts.setdefault(clip.language, Count())):
                    count.add(clip, terms[clip.id], without[clip.id], found[clip.id])
            for label, count in [(which, whole), *counts.items()]:
                numbers[f"{name}, {which}, {label}"] = asdict(count)
                rows.append(_row(name, label, count))
            if which == UNSEEN:
                failed += [f"{name}: {line}" for line in _failures(whole)]
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


def _row(name: str, label: str, count: Count) -> list[object]:
    words = max(1, count.words)
    return [
        f"{name}, {label}", count.recordings, f"{count.minutes:.1f}", count.missed,
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
