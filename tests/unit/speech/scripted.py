"""A recording of scripted words, and a detector, tokenizer and model that hear exactly them.

Tokens are UTF-8 bytes, so a character may take several, as in Whisper's own vocabulary.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from earwitness.speech.protocols import (
    AlignmentMatrix,
    Branch,
    DecodeRequest,
    Hypothesis,
    ModelSpec,
)
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from earwitness.speech.whisper import SAMPLE_RATE_HZ

LANGUAGES = {"en": 262, "cs": 263, "ja": 264}
TIMESTAMP_BEGIN = 300
SPEC = ModelSpec(
    id="scripted",
    multilingual=True,
    languages=LANGUAGES,
    sot=257,
    eot=256,
    transcribe=258,
    translate=259,
    no_timestamps=260,
    sot_prev=261,
    no_speech=265,
    timestamp_begin=TIMESTAMP_BEGIN,
    vocabulary_size=TIMESTAMP_BEGIN + 1501,
    suppress_tokens=(1, 2),
)


def seconds(value: float) -> int:
    """Samples in so many seconds."""
    return round(value * SAMPLE_RATE_HZ)


@dataclass(frozen=True)
class Said:
    """A word on the tape; its text begins with a space where the language writes one."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Tape:
    """Samples [start, stop) of a recording."""

    words: tuple[Said, ...]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


class TapeAudio:
    """A recording of scripted words; checks that reading only goes forward."""

    def __init__(self, words: Sequence[Said], duration_s: float) -> None:
        self.tape = Tape(tuple(words), 0, seconds(duration_s))
        self.furthest_start = 0
        self.reads: list[tuple[int, int]] = []

    @property
    def duration_s(self) -> float | None:
        return len(self.tape) / SAMPLE_RATE_HZ

    async def read(self, start: int, stop: int) -> Tape:
        assert start >= self.furthest_start, "audio is read forward"
        self.furthest_start = start
        self.reads.append((start, stop))
        end = len(self.tape)
        return Tape(self.tape.words, min(start, end), min(stop, end))

    async def slice(self, samples: Any, start: int, stop: int) -> Tape:
        assert 0 <= start <= stop <= len(samples)
        return Tape(samples.words, samples.start + start, samples.start + stop)

    async def concatenate(self, parts: Sequence[Any]) -> Tape:
        real = [part for part in parts if part.words]
        before = sum(len(part) for part in parts[: parts.index(real[0])])
        start = real[0].start - before
        words = tuple(
            word
            for word in real[0].words
            if any(part.start <= _middle(word) < part.stop for part in real)
        )
        return Tape(words, start, start + sum(map(len, parts)))

    async def silence(self, length: int) -> Tape:
        return Tape((), 0, length)


def _middle(word: Said) -> int:
    return seconds((word.start_s + word.end_s) / 2)


class TapeVad:
    """Probability 0.9 in frames that a word touches, 0.05 elsewhere."""

    async def speech_probabilities(self, samples: Any) -> list[float]:
        frames = math.ceil(len(samples) / VAD_FRAME_SAMPLES)
        probabilities = [0.05] * frames
        for word in samples.words:
            first = (seconds(word.start_s) - samples.start) // VAD_FRAME_SAMPLES
            last = math.ceil((seconds(word.end_s) - samples.start) / VAD_FRAME_SAMPLES)
            for frame in range(max(0, first), min(frames, last)):
                probabilities[frame] = 0.9
        return probabilities


class ByteTokenizer:
    """One token a byte."""

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, tokens: Sequence[int]) -> str:
        return bytes(token for token in tokens if token < 256).decode(errors="replace")


@dataclass
class TapeEncoded:
    """Windows as the model holds them."""

    windows: list[Tape]
    duration_s: float
    released: bool = False

    @property
    def rows(self) -> int:
        return len(self.windows)

    def release(self) -> None:
        self.released = True


Habit = Callable[["Tape", DecodeRequest, TapeEncoded], Hypothesis | None]
"""What the model does instead of hearing right; None: it hears right."""


@dataclass
class TapeModel:
    """Writes the words that lie in a window, between timestamps; `habit` overrides it."""

    spec: ModelSpec = SPEC
    habit: Habit = lambda tape, request, encoded: None
    heard_language: Callable[[Tape], dict[str, float]] = lambda tape: {"en": 0.98, "cs": 0.02}
    aligns: bool = True
    sounds_like: dict[str, float] = field(default_factory=dict[str, float])
    """What else could have been said: the start of a branch -> its log-probability as a whole."""
    scores: bool = True
    scored: list[Branch] = field(default_factory=list[Branch])
    requests: list[DecodeRequest] = field(default_factory=list[DecodeRequest])
    encodings: list[TapeEncoded] = field(default_factory=list[TapeEncoded])
    tokenizer: ByteTokenizer = field(default_factory=ByteTokenizer)

    async def encode(self, windows: Sequence[Any], duration_s: float) -> TapeEncoded:
        assert all(len(w) / SAMPLE_RATE_HZ <= duration_s <= 30 for w in windows)
        self.encodings.append(TapeEncoded(list(windows), duration_s))
        return self.encodings[-1]

    async def language_probabilities(self, encoded: Any) -> list[dict[str, float]]:
        return [self.heard_language(window) for window in encoded.windows]

    async def decode(self, encoded: Any, request: DecodeRequest) -> list[Hypothesis]:
        assert not encoded.released
        self.requests.append(request)
        rows = range(encoded.rows) if request.rows is None else request.rows
        assert len(rows) == len(request.prompts)
        windows = [encoded.windows[row] for row in rows]
        return [self.habit(w, request, encoded) or right(w) for w in windows]

    async def align(
        self, encoded: Any, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        assert prompt[-1] == self.spec.no_timestamps
        assert all(token < 256 for token in tokens)
        if not self.aligns:
            return None
        window = encoded.windows[row]
        frames = round(encoded.duration_s / 0.02)
        matrix: list[list[float]] = []
        for word in inside(window):
            letters = len(word.text.encode())
            start = round((word.start_s - window.start / SAMPLE_RATE_HZ) / 0.02)
            length = round((word.end_s - word.start_s) / 0.02)
            for letter in range(letters):
                cells = [0.0] * frames
                first = start + length * letter // letters
                for frame in range(first, max(first + 1, start + length * (letter + 1) // letters)):
                    cells[min(frame, frames - 1)] = 1.0
                matrix.append(cells)
        last = [0.0] * frames
        matrix.append(last)
        return AlignmentMatrix([*matrix[: len(tokens)], last])

    async def score(
        self,
        encoded: Any,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[Branch],
    ) -> list[tuple[float, ...]] | None:
        """Every token of the text has -0.2, and every branch that `sounds_like` lacks has -100."""
        assert not encoded.released
        assert prompt[-1] == self.spec.no_timestamps
        self.scored += branches
        if not self.scores:
            return None
        values = [(-0.2,) * len(tokens)]
        for branch in branches:
            text = self.tokenizer.decode(branch.tokens)
            said = [total for start, total in self.sounds_like.items() if text.startswith(start)]
            rest = -0.2 * (len(branch.tokens) - 1)
            values.append((max(said, default=-100.0) - rest, *[-0.2] * (len(branch.tokens) - 1)))
        return values


def inside(window: Tape) -> list[Said]:
    """Words that lie wholly in a window."""
    return [
        word
        for word in window.words
        if seconds(word.start_s) >= window.start and seconds(word.end_s) <= window.stop
    ]


def right(window: Tape, *, log_probability: float = -0.2) -> Hypothesis:
    """What a model that hears everything writes: one timestamped segment."""
    words = inside(window)
    if not words:
        return wrote([], log_probability=log_probability, no_speech=0.9)
    offset = window.start / SAMPLE_RATE_HZ
    tokens = [
        stamp(words[0].start_s - offset),
        *"".join(word.text for word in words).encode(),
        stamp(words[-1].end_s - offset),
    ]
    return wrote(tokens, log_probability=log_probability)


def stamp(time_s: float) -> int:
    """The timestamp token of a time in the window."""
    return TIMESTAMP_BEGIN + round(time_s / 0.02)


def wrote(
    tokens: Sequence[int],
    *,
    log_probability: float = -0.2,
    no_speech: float = 0.01,
    finished: bool = True,
) -> Hypothesis:
    """A hypothesis whose every token is equally probable."""
    values = (log_probability,) * (len(tokens) + (1 if finished else 0))
    return Hypothesis(tuple(tokens), values, no_speech, finished)


def talk(start_s: float, count: int, *, word_s: float = 0.3, gap_s: float = 0.2) -> list[Said]:
    """Steady speech of words that are all different and do not deflate."""
    starts_s = [start_s + i * (word_s + gap_s) for i in range(count)]
    return [Said(at_s, at_s + word_s, f" {_name(at_s)}") for at_s in starts_s]


def _name(at_s: float) -> str:
    digest = hashlib.sha256(f"{at_s:.3f}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:3])
