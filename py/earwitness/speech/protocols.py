"""What the engine needs from outside: audio, a voice activity detector, a model, a tokenizer.

`Samples` is opaque on purpose: a numpy array on the server, a JS Float32Array in the browser.
The policy measures and passes it on but never looks inside, so no sample ever crosses into Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from earwitness.speech.whisper import FRAME_S


class Samples(Protocol):
    """Mono float32 at `SAMPLE_RATE_HZ`, in [-1, 1]."""

    def __len__(self) -> int: ...


class AudioSource(Protocol):
    """A recording as one long line of samples, read forward in pieces, never held whole."""

    @property
    def duration_s(self) -> float | None:
        """As the container says; None where it does not. The end of `read` is the truth."""
        ...

    async def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop), fewer at the end of the recording, none past it.

        `start` never moves back before the largest `start` asked for so far, so what lies
        before it may be dropped.

        Raises:
            MediaError: the file cannot be decoded from here on.
        """
        ...

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """A part of samples already read."""
        ...

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """Parts already read, one after the other."""
        ...


class Vad(Protocol):
    """Voice activity detection."""

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """One probability a `VAD_FRAME_SAMPLES` frame, from fresh state: ceil(n / frame) values.

        Fresh state hardly hears speech that has already begun. So a recurrent detector first
        hears the first `VAD_WARM_UP_SAMPLES` (or what there is, in whole frames) backwards, and
        drops those probabilities.
        """
        ...


class Tokenizer(Protocol):
    """Whisper's BPE."""

    def encode(self, text: str) -> list[int]:
        """Text tokens only, no specials."""
        ...

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of text tokens; specials and timestamps are skipped; incomplete UTF-8 is U+FFFD."""
        ...


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What the policy must know of a Whisper model; read from its manifest."""

    id: str
    multilingual: bool
    languages: dict[str, int]
    """Language code -> token; empty for an English-only model."""
    sot: int
    eot: int
    transcribe: int
    translate: int
    no_timestamps: int
    sot_prev: int
    no_speech: int
    timestamp_begin: int
    vocabulary_size: int
    max_target_tokens: int = 448
    suppress_tokens: tuple[int, ...] = ()
    begin_suppress_tokens: tuple[int, ...] = ()
    margin_s: float = 0.5
    """Silence to append to a window shorter than 30 s so that the model ends it (measured)."""
    sure: float = -0.4
    """English decoded greedily with at least this average log-probability is not searched: beams
    change next to nothing in it, and much in other languages and in hard speech (measured)."""
    searches: bool = True
    """Whether the engine can decode with beams."""


class Encoded(Protocol):
    """Encoder output of one batch, held where the model lives. Release it when done."""

    @property
    def rows(self) -> int: ...

    @property
    def duration_s(self) -> float:
        """To what the windows were padded, or the longest of them."""
        ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """One decode of a batch, or of some of its rows. Every prompt has the same length."""

    prompts: tuple[tuple[int, ...], ...]
    """Per decoded row: optional previous text, then SOT, language, task, (no-timestamps)."""
    sot_index: int
    """Where SOT stands in every prompt."""
    max_new_tokens: int
    timestamps: bool = True
    temperature: float = 0.0
    seeds: tuple[int, ...] = ()
    """Per row, for sampling; a run with the same seeds gives the same tokens."""
    max_initial_timestamp_s: float | None = 1.0
    suppress_tokens: tuple[int, ...] = ()
    begin_suppress_tokens: tuple[int, ...] = ()
    beams: int = 1
    """Above 1, at temperature 0: search with so many hypotheses, where the engine can."""
    rows: tuple[int, ...] | None = None
    """Which rows of the encoded batch to decode, in the order of `prompts`; None: all of them."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the model wrote for one row."""

    tokens: tuple[int, ...]
    """Text and timestamp tokens, without the prompt and without EOT."""
    token_log_probabilities: tuple[float, ...]
    """One for each of `tokens`, and one more for EOT where the row ended by itself."""
    no_speech_probability: float
    finished: bool = True
    """False: stopped by the token limit or the loop guard."""

    @property
    def average_log_probability(self) -> float:
        """Sum over tokens and EOT, divided by their count (openai/whisper)."""
        count = len(self.token_log_probabilities)
        return sum(self.token_log_probabilities) / count if count else 0.0


@dataclass(frozen=True, slots=True)
class AlignmentMatrix:
    """Cross-attention weight of each token to each 20 ms encoder frame, ready for time warping."""

    rows: Sequence[Sequence[float]] = field(repr=False)
    """[tokens, frames]; one row a text token and one for EOT."""
    frame_s: float = FRAME_S


class SpeechModel(Protocol):
    """A Whisper model. One batch at a time."""

    @property
    def spec(self) -> ModelSpec: ...

    @property
    def tokenizer(self) -> Tokenizer: ...

    async def encode(self, windows: Sequence[Samples], duration_s: float) -> Encoded:
        """Encode windows, each padded with silence to `duration_s` (at most 30).

        Below 30 s an engine may give each window of a batch the margin it needs and no more.
        """
        ...

    async def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Per row: language code -> probability, summing to 1. Multilingual models only."""
        ...

    async def decode(self, encoded: Encoded, request: DecodeRequest) -> list[Hypothesis]:
        """Decode the requested rows, in the order of `request.prompts`.

        Raises:
            ModelError: the computation failed (out of memory, lost device).
        """
        ...

    async def align(
        self, encoded: Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        """Attention of text `tokens` of one row; None where the engine has none.

        `prompt` ends in the no-timestamps token and `tokens` holds neither timestamps nor EOT,
        which the engine appends.
        """
        ...
