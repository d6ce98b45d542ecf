"""Protocols for what the engine is given: audio, voice activity detector, model, tokenizer.

`Samples` is opaque: a numpy array on the server, a JavaScript Float32Array in the browser. The
engine measures samples and passes them on, so in the browser no sample is copied into Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from earwitness.speech.whisper import FRAME_S


class Samples(Protocol):
    """Mono float32 at `SAMPLE_RATE_HZ`, in [-1, 1]."""

    def __len__(self) -> int: ...


class AudioSource(Protocol):
    """A recording, read forward in parts and never held whole."""

    @property
    def duration_s(self) -> float | None:
        """The duration in the container; None where there is none. The audio may end elsewhere."""
        ...

    async def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop): fewer at the end of the recording, none after it.

        `start` is never below an earlier call's `start`, so samples before it may be dropped.

        Raises:
            MediaError: the file cannot be decoded from here on.
        """
        ...

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """Return a part of samples that were read before."""
        ...

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """Return several parts as one."""
        ...

    async def silence(self, length: int) -> Samples:
        """Return so many samples of silence."""
        ...


class Vad(Protocol):
    """Voice activity detection."""

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """Return a probability for each frame of `VAD_FRAME_SAMPLES`: ceil(samples / frame) values.

        Each call starts from fresh state, which misses speech that has already begun. So a
        recurrent detector is first given the first `VAD_WARM_UP_SAMPLES` (in whole frames, as far
        as there are any) backwards; their probabilities are dropped.
        """
        ...


class Tokenizer(Protocol):
    """Whisper's byte pair encoding."""

    def encode(self, text: str) -> list[int]:
        """Return text tokens, without special tokens."""
        ...

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text; special tokens are skipped, incomplete UTF-8 becomes U+FFFD."""
        ...


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What the engine needs to know of a Whisper model; read from its manifest."""

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
    """Silence appended to a window below 30 s, so that the model ends its text (measured)."""
    confident_log_probability: float = -0.4
    """English decoded greedily with at least this average log-probability is not decoded again
    with a beam search, which changes such text hardly ever (measured)."""
    beam_search: bool = True
    """Whether the engine has a beam search."""


class Encoded(Protocol):
    """Encoder output of one batch, in the model's memory until it is released."""

    @property
    def rows(self) -> int:
        """Number of windows."""
        ...

    @property
    def duration_s(self) -> float:
        """The length that the windows, or the longest of them, were padded to."""
        ...

    def release(self) -> None:
        """Free the memory; the rows cannot be decoded any more."""
        ...


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """A decode of a batch or some of its rows. All prompts have the same length."""

    prompts: tuple[tuple[int, ...], ...]
    """For each row: previous text if any, SOT, language, task, no-timestamps if so."""
    sot_index: int
    """Index of SOT in every prompt."""
    max_new_tokens: int
    timestamps: bool = True
    temperature: float = 0.0
    seeds: tuple[int, ...] = ()
    """For each row; the same seeds sample the same tokens."""
    max_initial_timestamp_s: float | None = 1.0
    suppress_tokens: tuple[int, ...] = ()
    begin_suppress_tokens: tuple[int, ...] = ()
    beams: int = 1
    """Above 1, at temperature 0: width of the beam search, where the engine has one."""
    rows: tuple[int, ...] | None = None
    """Rows of the encoded batch, in the order of `prompts`; None: all."""
    on_partial: Callable[[Sequence[Sequence[int]]], None] | None = field(
        default=None, compare=False, repr=False
    )
    """Is told every second or two which tokens each row has so far, likeliest beam first; an engine
    that decodes in one piece never calls it."""


@dataclass(frozen=True, slots=True)
class Competitor:
    """What a beam search had in place of a part of the text, likely enough to be the right one."""

    first: int
    """Index of the hypothesis' token from which on it differs."""
    tokens: tuple[int, ...]
    """Its own tokens, and some that follow them."""
    ended: bool = False
    """Whether the text ends with them."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The text of one row."""

    tokens: tuple[int, ...]
    """Text and timestamp tokens, without prompt and EOT."""
    token_log_probabilities: tuple[float, ...]
    """One for each of `tokens`, and one for EOT if the row ended with it."""
    no_speech_probability: float
    finished: bool = True
    """False: the token limit or the loop guard ended the row."""
    competitors: tuple[Competitor, ...] = ()
    """Likeliest first; empty where there was no beam search."""

    @property
    def average_log_probability(self) -> float:
        """The mean over tokens and EOT, as in openai/whisper; 0 without tokens."""
        count = len(self.token_log_probabilities)
        return sum(self.token_log_probabilities) / count if count else 0.0


@dataclass(frozen=True, slots=True)
class Branch:
    """Another way for a text to go on."""

    first: int
    """So many tokens of the text stay."""
    tokens: tuple[int, ...]
    """What follows them."""


@dataclass(frozen=True, slots=True)
class AlignmentMatrix:
    """Cross-attention of each token to each encoder frame, for dynamic time warping."""

    rows: Sequence[Sequence[float]] = field(repr=False)
    """[tokens, frames]: a row for each text token and one for EOT."""
    frame_s: float = FRAME_S


class SpeechModel(Protocol):
    """A Whisper model; it computes one batch at a time."""

    @property
    def spec(self) -> ModelSpec:
        """What is known of the model: tokens, languages, limits."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that belongs to the model."""
        ...

    async def encode(self, windows: Sequence[Samples], duration_s: float) -> Encoded:
        """Encode windows, each padded with silence to `duration_s` (at most 30).

        Below 30 s an engine may pad each window of a batch by its margin only.
        """
        ...

    async def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Return language code -> probability for each row; only for multilingual models."""
        ...

    async def decode(self, encoded: Encoded, request: DecodeRequest) -> list[Hypothesis]:
        """Return a hypothesis for each requested row, in the order of `request.prompts`.

        Raises:
            ModelError: the computation failed (out of memory, lost device).
        """
        ...

    async def align(
        self, encoded: Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        """Return the attention of a row's text `tokens`; None where the engine has none.

        `prompt` ends with the no-timestamps token. `tokens` has no timestamps and no EOT; the
        engine appends EOT.
        """
        ...

    async def score(
        self,
        encoded: Encoded,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[Branch],
    ) -> list[tuple[float, ...]] | None:
        """Return log-probabilities of a row's text `tokens`, then those of each branch.

        One value a token, under no rule. `prompt` and `tokens` are as in `align`. None where the
        engine cannot score a text.
        """
        ...
