"""Recordings cut at random places and mixed two by two: what is said again, and what is lost."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import corpus
from bench.accuracy.collect import engine_makers
from bench.accuracy.long_recordings import PHRASE, repeated_phrases
from bench.corpus import Clip
from bench.native_model import decode_audio
from bench.paths import fingerprint
from bench.report import publish, say, table
from bench.results import Result, transcribe_all
from bench.synthetic import FOLDER, write
from bench.words import UNSPACED, edits, units

SHORTEST_S, LONGEST_S = 3.0, 14.0
"""Lengths of the pieces."""
SOURCE_S = 120.0
"""Longer recordings are not cut: decoding them takes long, and their voices are in shorter ones."""
HEARD_WORDS = 3
"""An empty answer is a fault where the peer has at least this many words."""
HALF_WORDS = 6
"""An answer of less than half the peer's words is listed where the peer has at least this many."""
ECHO_WORDS = 6
"""A phrase of so many words that comes back later counts as said again …"""
ECHO_CHARACTERS = 12
"""… and one of so many characters in languages that are counted in characters."""
SHORT_TIMES = 3
"""Phrases of up to three words are said again from so many times in a row: people say "no, no"."""
PEER_CUTS = 100
"""So many cuts are compared with the peer. Of the others, only doubtful answers are."""
PAGE_CUTS = 40
"""So many cuts are transcribed in Chromium."""
RATE_HZ = 16_000
KINDS = ("cut", "channels", "cut", "mixed")

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Cut:
    """A piece of a recording, or two pieces mixed."""

    clip: Clip
    kind: str
    """`cut`, `channels` (one voice a channel) or `mixed` (both at once)."""
    said: str
    """The references of the whole recordings: what is in them twice may be said twice."""


def make_cuts(count: int) -> list[Cut]:
    """Return so many cuts; half are single pieces.

    Each depends on its number only, so that a run of more cuts continues one of fewer.
    """
    clips = [clip for clip in corpus.speech() if SHORTEST_S < clip.duration_s < SOURCE_S]
    return [_make(index, KINDS[index % len(KINDS)], clips) for index in range(count)]


def _make(index: int, kind: str, clips: list[Clip]) -> Cut:
    random = np.random.default_rng(index)
    chosen = [clips[int(random.integers(len(clips)))] for _ in range(1 if kind == "cut" else 2)]
    length_s = float(random.uniform(SHORTEST_S, LONGEST_S))
    starts = [float(random.uniform(0, 1)) for _ in chosen]
    name = fingerprint([kind, *(clip.id for clip in chosen), f"{length_s} {starts}"])
    path = FOLDER / f"{kind}-{name}.flac"
    if not path.exists():
        pieces = [_piece(clip, start, length_s) for clip, start in zip(chosen, starts, strict=True)]
        channels = _side_by_side(pieces)
        write(path.name, channels if kind == "channels" else channels.mean(axis=1))
    said = " ".join(clip.text or "" for clip in chosen)
    clip = Clip(f"{kind}-{index}-{name}", path, chosen[0].language, length_s, said)
    return Cut(clip, kind, said)


def _piece(clip: Clip, start: float, length_s: float) -> Samples:
    samples = decode_audio(clip.path)
    length = min(len(samples), round(length_s * RATE_HZ))
    first = round(start * (len(samples) - length))
    return samples[first : first + length]


def _side_by_side(pieces: list[Samples]) -> Samples:
    """Return pieces as [samples, pieces]."""
    whole = np.zeros((max(map(len, pieces)), len(pieces)), np.float32)
    for column, piece in enumerate(pieces):
        whole[: len(piece), column] = piece
    return whole


def said_again(cut: Cut, result: Result, peer: Result | None) -> list[str]:
    """Return the phrases that an engine repeats, and neither the references nor the peer do."""
    said = units(cut.said, cut.clip.language)
    if peer:
        said = [*said, *units(peer.text, peer.language)]
    heard = units(result.text, result.language or cut.clip.language)
    length = ECHO_CHARACTERS if result.language in UNSPACED else ECHO_WORDS
    return [
        *repeated_phrases(said, heard),
        *_short_loops(said, heard),
        *_echoes(said, heard, length),
    ]


def _echoes(said: Sequence[str], heard: Sequence[str], length: int) -> list[str]:
    """Return the first phrase of this length that is heard more often than it was said."""

    def phrases(text: Sequence[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(text[at : at + length]) for at in range(len(text) - length + 1))

    often = phrases(said)
    echoes = (phrase for phrase, count in phrases(heard).items() if count > max(1, often[phrase]))
    return [" ".join(phrase) for phrase in list(echoes)[:1]]


def _short_loops(said: Sequence[str], heard: Sequence[str]) -> list[str]:
    """Return the phrases of up to three words that are said `SHORT_TIMES` in a row by one only."""
    expected = f" {' '.join(said)} "
    loops = {
        " ".join(heard[at : at + SHORT_TIMES * length])
        for length in range(1, PHRASE.start)
        for at in range(len(heard) - SHORT_TIMES * length + 1)
        if all(
            heard[at + index] == heard[at + index % length] for index in range(SHORT_TIMES * length)
        )
    }
    return sorted(loop for loop in loops if f" {loop} " not in expected)


def is_lost(result: Result, peer: Result) -> bool:
    """Return whether an engine is silent where the peer hears words."""
    return not result.text.strip() and len(units(peer.text, peer.language)) >= HEARD_WORDS


def is_half(result: Result, peer: Result) -> bool:
    """Return whether an engine has less than half of the words that the peer hears."""
    heard = len(units(peer.text, peer.language))
    return heard >= HALF_WORDS and 2 * len(units(result.text, result.language)) < heard


def run_cuts(arguments: argparse.Namespace) -> int:
    """Measure and print. Returns 1 if something was said again or lost, otherwise 0."""
    cuts = make_cuts(arguments.cuts)
    make_peer, *makers = engine_makers(arguments, peers=(1,))
    results: dict[str, dict[str, Result]] = {}
    for make in makers:
        with ExitStack() as stack:
            engine = make(stack)
            wanted = cuts[:PAGE_CUTS] if engine.name.startswith("page") else cuts
            results[engine.name] = transcribe_all(engine, [cut.clip for cut in wanted], say)
    asked = [cut for i, cut in enumerate(cuts) if i < PEER_CUTS or _is_doubtful(cut, results)]
    with ExitStack() as stack:
        peer = transcribe_all(make_peer(stack), [cut.clip for cut in asked], say)
    rows: list[list[str]] = []
    numbers: dict[str, Any] = {}
    failed: list[str] = []
    for engine, found in results.items():
        told = [cut for cut in asked if cut.clip.id in found]
        again = {
            cut.clip.id: phrases
            for cut in told
            if (phrases := said_again(cut, found[cut.clip.id], peer[cut.clip.id]))
        }
        lost = [c.clip.id for c in told if is_lost(found[c.clip.id], peer[c.clip.id])]
        compared = [cut for cut in cuts[:PEER_CUTS] if cut.clip.id in found]
        half = [c.clip.id for c in compared if is_half(found[c.clip.id], peer[c.clip.id])]
        distance = _distance(compared, found, peer)
        numbers[engine] = {
            "cuts": len(found),
            "again": again,
            "lost": lost,
            "half": half,
            "distance": distance,
        }
        counts = [str(len(each)) for each in (found, again, lost, half)]
        rows.append([engine, *counts, f"{100 * distance:.1f}"])
        failed += [f"{engine}: {name} says again: {'; '.join(p)}" for name, p in again.items()]
        failed += [f"{engine}: {name} is empty: {peer[name].text[:60]}" for name in lost]
    header = [
        "engine",
        "cuts",
        "with phrases said again",
        "empty",
        f"half, of {PEER_CUTS}",
        f"from the peer, of {PEER_CUTS}, %",
    ]
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No limit is exceeded."
    text = "## Recordings cut at random and mixed\n\n" + table(header, rows)
    publish({"cuts": numbers, "failed": failed}, [text, verdict], arguments.json)
    return 1 if failed else 0


def _is_doubtful(cut: Cut, results: dict[str, dict[str, Result]]) -> bool:
    """Return whether an engine's answer may be a fault, so that the peer has to be asked."""
    answers = [found[cut.clip.id] for found in results.values() if cut.clip.id in found]
    return any(not each.text.strip() or said_again(cut, each, None) for each in answers)


def _distance(cuts: list[Cut], found: dict[str, Result], peer: dict[str, Result]) -> float:
    """Return edits against the peer divided by its words, over the single pieces."""
    apart = words = 0
    for cut in cuts:
        if cut.kind == "cut":
            expected = units(peer[cut.clip.id].text, cut.clip.language)
            apart += edits(expected, units(found[cut.clip.id].text, cut.clip.language))
            words += len(expected)
    return apart / max(1, words)
