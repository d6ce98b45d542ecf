"""The chance that a word is wrong, fitted on one half of the recordings and tested on the other."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from earwitness.domain.doubt import DOUBTFUL_FROM, chance_of_error, clues
from earwitness.messages import TranscribeOptions
from earwitness.serialization import from_plain, to_plain
from earwitness.speech.transcribe import transcribe
from earwitness.transcript import Segment

from bench import corpus
from bench.corpus import Clip
from bench.native_model import ArrayAudio, NativeWhisper, SileroVad, decode_audio
from bench.paths import MODELS, ROOT, WORK, fingerprint
from bench.report import publish, say, table
from bench.synthetic import split_sentences
from bench.words import UNSPACED, matches, units

LONGEST_S = 60.0
"""Of recordings; longer ones, below ten minutes, take part with some of their sentences …"""
EVERY = 16
"""… one in so many."""
BEFORE = 0.5
"""Below this probability a word was doubtful before the chances were fitted."""
EDGES = (0.0, 0.05, 0.1, 0.2, 1 / 3, 0.5, 1.0)
"""Of the groups of chances that are compared with what is wrong."""
RIDGE = 1e-3
STEPS = 50
MAX_GAP = 0.1
"""Limit: by how much the share of errors may differ from the stated chance, over all words."""

Array = Any


@dataclass(frozen=True)
class Heard:
    """A recording's words, each with whether it is wrong."""

    clip: Clip
    segments: tuple[Segment, ...]
    wrong: tuple[bool, ...]
    """In the order of the words."""
    mended: tuple[bool, ...]
    """Whether one of the word's alternatives is what the reference has in its place."""

    @property
    def fits(self) -> bool:
        """Whether the chances are fitted on this recording, or tested."""
        source = self.clip.id.partition("/")[0]
        name = self.clip.id if source != self.clip.id else source
        return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--model", default="base")
    parser.add_argument("--limit", type=int, help="only so many recordings")


def run(arguments: argparse.Namespace) -> int:
    """Transcribe, fit, and compare with what is wrong. Returns 1 if the limit is exceeded."""
    clips = [clip for clip in corpus.speech() if clip.language not in UNSPACED]
    short = [clip for clip in clips if clip.duration_s <= LONGEST_S]
    long = [clip for clip in clips if clip.duration_s > LONGEST_S and not clip.long]
    parts = [part for clip in long for part in split_sentences(clip)[::EVERY]]
    heard = [*_heard(arguments.model, [*short, *parts][: arguments.limit])]
    fitted, tested = (_examples([h for h in heard if h.fits is half]) for half in (True, False))
    weights = _fit(*fitted)
    _, wrong = tested
    stated = np.array([chance for h in heard if not h.fits for chance in _chances(h)])
    rows = [
        _row(f"{low:.0%} to {high:.0%}", (stated >= low) & (stated < high), stated, wrong)
        for low, high in pairwise(EDGES)
    ]
    before = np.array([p < BEFORE for h in heard if not h.fits for p in _probabilities(h)])
    marks = [
        _marked(f"probability below {BEFORE}", before, wrong),
        _marked(f"chance from {DOUBTFUL_FROM:.0%} on", stated >= DOUBTFUL_FROM, wrong),
    ]
    gap = abs(float(stated.mean() - wrong.mean()))
    names = ("constant", "logit of the word's probability", "average of its segment")
    text = (
        f"## Doubtful words\n\n{len(fitted[1])} words of one half of the recordings were fitted, "
        f"{len(wrong)} of the other half are tested; {wrong.mean():.1%} of these are wrong.\n\n"
        + table(["stated chance of error", "words", "mean chance", "wrong"], rows)
        + "\n\n"
        + table(["marked", "share of the words", "of them wrong", "share of all errors"], marks)
        + "\n\nWeights that fit the first half: "
        + ", ".join(f"{name} {weight:.3f}" for name, weight in zip(names, weights, strict=True))
    )
    english = [each for each in heard if each.clip.language == "en"]
    others = [each for each in heard if each.clip.language != "en"]
    named = [("English", english), ("other languages", others)]
    heads = [
        "",
        "words",
        "with alternatives",
        "of the doubtful",
        "of the wrong",
        "wrong, and one is right",
    ]
    text += "\n\n" + table(heads, [_alternatives(*each) for each in named])
    numbers = {"gap": gap, "weights": [round(float(each), 3) for each in weights]}
    failed = [f"the mean chance is {gap:.3f} from the share of errors"] if gap > MAX_GAP else []
    publish({"doubts": numbers, "failed": failed}, [text, *failed], arguments.json)
    return bool(failed)


def _heard(model: str, clips: Sequence[Clip]) -> Iterator[Heard]:
    """Yield what each recording's words are; transcripts are kept."""
    folder = MODELS / model
    mark = fingerprint([ROOT / "py" / "earwitness" / "speech", folder / "manifest.json"])
    kept = WORK / f"doubts-{model}-{mark}.jsonl"
    known: dict[str, Any] = {}
    if kept.exists():
        known = {row["clip"]: row["segments"] for row in map(json.loads, kept.open())}
    whisper: NativeWhisper | None = None
    vad: SileroVad | None = None
    for clip in clips:
        if clip.id not in known:
            if whisper is None or vad is None:
                whisper = NativeWhisper(folder, 2)
                vad = SileroVad(MODELS / "silero-vad" / "vad.onnx", 2)
            say(clip.id)
            segments = asyncio.run(_segments(whisper, vad, clip))
            known[clip.id] = to_plain(segments)
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("a") as file:
                file.write(json.dumps({"clip": clip.id, "segments": known[clip.id]}) + "\n")
        segments = tuple(from_plain(Segment, each) for each in known[clip.id])
        yield Heard(clip, segments, *_judged(clip, segments))


async def _segments(whisper: NativeWhisper, vad: SileroVad, clip: Clip) -> tuple[Segment, ...]:
    options = TranscribeOptions(language=clip.language)
    batches = transcribe(ArrayAudio(decode_audio(clip.path)), vad, whisper, options)
    return tuple([s async for batch in batches for row in batch.windows for s in row.segments])


def _judged(clip: Clip, segments: Sequence[Segment]) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Return for each word whether the reference has another one, or none, in its place.

    The second value tells whether one of its alternatives is the other one.
    """
    said = units(clip.text or "", clip.language)
    words = [word for each in segments for word in each.words]
    heard = [units(word.text, clip.language) for word in words]
    pairs = matches(said, [unit for word in heard for unit in word])
    right = {j for _, j in pairs}
    wrong: list[bool] = []
    mended: list[bool] = []
    at = 0
    for word, own in zip(words, heard, strict=True):
        stop = at + len(own)
        wrong.append(any(j not in right for j in range(at, stop)))
        first = max((i + 1 for i, j in pairs if j < at), default=0)
        last = min((i for i, j in pairs if j >= stop), default=len(said))
        others = [units(other, clip.language) for other in word.alternatives]
        mended.append(wrong[-1] and any(_has(said[first:last], other) for other in others))
        at = stop
    return tuple(wrong), tuple(mended)


def _has(said: Sequence[str], part: Sequence[str]) -> bool:
    """Return whether a part stands in what was said, in one piece."""
    count = len(part)
    starts = range(len(said) - count + 1)
    return count > 0 and any([*said[i : i + count]] == [*part] for i in starts)


def _alternatives(name: str, heard: Sequence[Heard]) -> list[str]:
    """Return how many words have alternatives, and how often one of them is right."""
    rows = [
        (word, segment, wrong, mended)
        for each in heard
        for (word, segment), wrong, mended in zip(
            [(word, segment) for segment in each.segments for word in segment.words],
            each.wrong,
            each.mended,
            strict=True,
        )
    ]
    offered = [bool(word.alternatives) for word, *_ in rows]
    doubtful = [chance_of_error(word, segment) >= DOUBTFUL_FROM for word, segment, *_ in rows]
    wrong = [each for _, _, each, _ in rows]
    counts = (
        sum(offered),
        sum(a and b for a, b in zip(offered, doubtful, strict=True)),
        sum(a and b for a, b in zip(offered, wrong, strict=True)),
        sum(mended for *_, mended in rows),
    )
    wholes = (len(rows), sum(doubtful), sum(wrong), sum(wrong))
    shares = (
        f"{count / whole:.0%}" if whole else "" for count, whole in zip(counts, wholes, strict=True)
    )
    return [name, f"{len(rows)}", *shares]


def _probabilities(heard: Heard) -> list[float]:
    return [word.probability or 0.0 for each in heard.segments for word in each.words]


def _chances(heard: Heard) -> list[float]:
    return [chance_of_error(word, each) for each in heard.segments for word in each.words]


def _examples(heard: Sequence[Heard]) -> tuple[Array, Array]:
    """Return the clues of all words, after a constant, and whether each is wrong."""
    rows = [(1.0, *clues(word, each)) for h in heard for each in h.segments for word in each.words]
    return np.array(rows), np.array([wrong for h in heard for wrong in h.wrong], dtype=float)


def _fit(values: Array, wrong: Array) -> Array:
    """Return the weights of a logistic regression, by Newton's method."""
    weights = np.zeros(values.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-values @ weights))
        curve = (values.T * (chance * (1 - chance))) @ values + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curve, values.T @ (wrong - chance) - RIDGE * weights)
    return weights


def _row(name: str, chosen: Array, stated: Array, wrong: Array) -> list[str]:
    if not chosen.any():
        return [name, "0", "", ""]
    shares = (f"{stated[chosen].mean():.0%}", f"{wrong[chosen].mean():.0%}")
    return [name, f"{chosen.sum()}", *shares]


def _marked(name: str, marked: Array, wrong: Array) -> list[str]:
    found = wrong[marked].sum() / max(1.0, wrong.sum())
    return [name, f"{marked.mean():.1%}", f"{wrong[marked].mean():.0%}", f"{found:.0%}"]
