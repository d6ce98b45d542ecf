"""Whisper on CTranslate2, behind the `SpeechModel` Protocol."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import ctranslate2
import numpy as np
import tokenizers
from earwitness.errors import ModelError
from earwitness.speech.alternatives import competitors_in
from earwitness.speech.beams import MAX_BEHIND
from earwitness.speech.protocols import (
    AlignmentMatrix,
    Branch,
    DecodeRequest,
    Hypothesis,
    ModelSpec,
)
from earwitness.speech.whisper import FRAME_S, SAMPLE_RATE_HZ, WINDOW_MAX_S

from earwitness_server.inference.mel import Floats, log_mel
from earwitness_server.inference.model_folder import read_spec
from earwitness_server.inference.silence import SILENT_FRAMES, sound_then_silence, with_silence
from earwitness_server.media.source import Pcm

P = ParamSpec("P")
T = TypeVar("T")
SCORED_TOGETHER = 6
"""Texts of one window that are scored at once: each needs its own copy of the encoded audio."""
_SEEDING = threading.Lock()
"""CTranslate2 has one seed for the process. A thread of the library takes it at its first draw."""


def _computes(
    work: Callable[Concatenate[WhisperModel, P], T],
) -> Callable[Concatenate[WhisperModel, P], Coroutine[Any, Any, T]]:
    """Make a method of the model a coroutine function, which runs in a thread, one at a time.

    Raises:
        ModelError: the computation failed.
    """

    @wraps(work)
    async def run(model: WhisperModel, /, *arguments: P.args, **options: P.kwargs) -> T:
        def locked() -> T:
            with model.lock:
                return work(model, *arguments, **options)

        try:
            return await asyncio.to_thread(locked)
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ModelError(
                "The model failed while it computed.",
                hint="The server tries again; if it fails again, it needs more memory.",
                detail=f"{type(error).__name__}: {error}",
            ) from error

    return run


class WhisperTokenizer:
    """Text tokens of a Whisper model."""

    def __init__(self, folder: Path, spec: ModelSpec) -> None:
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._first_special = spec.eot

    def encode(self, text: str) -> list[int]:
        """Return the text tokens, without special tokens."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of the text tokens; incomplete UTF-8 becomes U+FFFD."""
        return self._tokenizer.decode([t for t in tokens if t < self._first_special])


@dataclass
class EncodedBatch:
    """Encoder output [rows, frames, d], in main memory."""

    features: Floats
    rows: int
    duration_s: float
    alignments: dict[tuple[int, tuple[int, ...]], Any] = field(
        default_factory=dict[tuple[int, tuple[int, ...]], Any]
    )
    """By row and text tokens: the search for a word's probability gives its time as well."""

    def release(self) -> None:
        """Free the memory now; the batch cannot be used afterwards."""
        self.features = np.empty((0, 0, 0), np.float32)
        self.alignments.clear()


class WhisperModel:
    """One model in memory; calls from several threads wait for each other."""

    def __init__(self, folder: Path, *, device: str, compute_type: str, threads: int) -> None:
        self.spec = read_spec(folder)
        self.tokenizer = WhisperTokenizer(folder, self.spec)
        self.lock = threading.Lock()
        self._silence: Floats | None = None

        library: Any = ctranslate2

        def load() -> Any:
            return library.models.Whisper(
                str(folder), device=device, compute_type=compute_type, intra_threads=threads
            )

        self._load = load
        try:
            self._model: Any = load()
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"The model {folder.name} cannot be loaded.",
                hint="Delete its folder and fetch it again with `earwitness models`, or choose "
                "another device.",
                detail=str(error),
            ) from error

    @_computes
    def encode(self, windows: Sequence[Pcm], duration_s: float) -> EncodedBatch:
        """Return the encoded windows, each padded with silence to `duration_s` (at most 30)."""
        length = round(duration_s * SAMPLE_RATE_HZ)
        mels = int(self._model.n_mels)
        batch = np.stack(
            [log_mel(np.pad(w[:length], (0, max(0, length - len(w)))), mels) for w in windows]
        )
        if self._silence is None:
            whole = log_mel(sound_then_silence(), mels)[None]
            self._silence = self._encode(whole)[0, -SILENT_FRAMES:]
        features = with_silence(self._encode(batch), self._silence)
        return EncodedBatch(features, len(windows), duration_s)

    def _encode(self, mels: Floats) -> Floats:
        """Return encoder output [rows, frames, d] of spectrograms [rows, mels, 2 * frames]."""
        encoded = self._model.encode(_view(mels), to_cpu=True)
        return np.array(encoded.to(ctranslate2.DataType.float32))

    @_computes
    def language_probabilities(self, encoded: EncodedBatch) -> list[dict[str, float]]:
        """Return for each row: language code -> probability, summing to 1."""
        found = self._model.detect_language(_view(encoded.features))
        return [{token[2:-2]: float(p) for token, p in row} for row in found]

    @_computes
    def decode(self, encoded: EncodedBatch, request: DecodeRequest) -> list[Hypothesis]:
        """Return hypotheses for the requested rows, in the order of `request.prompts`."""
        if request.temperature == 0:
            # The search is the same for any number of hypotheses that it returns.
            results = self._generate(
                self._model,
                encoded,
                request,
                beam_size=request.beams,
                num_hypotheses=request.beams,
            )
        else:
            results = self._sample(encoded, request)
        hypotheses = [self._hypothesis(result, request.max_new_tokens) for result in results]
        return self._with_probabilities(encoded, request, hypotheses)

    def _sample(self, encoded: EncodedBatch, request: DecodeRequest) -> list[Any]:
        """Return results that depend on the request alone.

        A thread of CTranslate2 goes on drawing from one sequence of random numbers, and cannot be
        seeded again. So the rows are sampled by a model whose thread has not drawn yet.
        """
        with _SEEDING:
            ctranslate2.set_random_seed(request.seeds[0] & 0x7FFFFFFF if request.seeds else 0)
            return self._generate(
                self._load(),
                encoded,
                request,
                sampling_topk=0,
                sampling_temperature=request.temperature,
                beam_size=1,
            )

    def _generate(
        self, model: Any, encoded: EncodedBatch, request: DecodeRequest, **how: Any
    ) -> list[Any]:
        initial = request.max_initial_timestamp_s
        most, prompt_length = request.max_new_tokens, len(request.prompts[0])
        return model.generate(
            self._rows(encoded, request.rows),
            [list(prompt) for prompt in request.prompts],
            # CTranslate2 keeps half of this for the prompt, however short the prompt is.
            max_length=max(2 * most, prompt_length + most),
            return_scores=True,
            return_no_speech_prob=True,
            max_initial_timestamp_index=round(
                (WINDOW_MAX_S if initial is None else initial) / FRAME_S
            ),
            suppress_blank=bool(request.begin_suppress_tokens),
            suppress_tokens=list(request.suppress_tokens) or None,
            **how,
        )

    def _hypothesis(self, result: Any, most: int) -> Hypothesis:
        (tokens, total), *others = self._texts(result)
        finished = len(tokens) < most
        count = len(tokens) + finished
        return Hypothesis(
            tokens=tokens,
            token_log_probabilities=(total / count,) * count if count else (),
            no_speech_probability=float(result.no_speech_prob),
            finished=finished,
            competitors=tuple(
                competitor
                for other, other_total in others
                if total - other_total <= MAX_BEHIND
                for competitor in competitors_in(tokens, other)
            ),
        )

    def _texts(self, result: Any) -> list[tuple[tuple[int, ...], float]]:
        """Return the tokens of each hypothesis and their log-probability, likeliest first."""
        texts = [
            tuple(int(token) for token in sequence if token != self.spec.eot)
            for sequence in result.sequences_ids
        ]
        # CTranslate2 gives only the sum over the row divided by its tokens without EOT.
        return [
            (text, float(score) * max(1, len(text)))
            for text, score in zip(texts, result.scores, strict=True)
        ]

    def _with_probabilities(
        self, encoded: EncodedBatch, request: DecodeRequest, hypotheses: list[Hypothesis]
    ) -> list[Hypothesis]:
        """Return hypotheses with a probability for each text token, from the alignment.

        Timestamps and EOT share the rest, so that the average stays CTranslate2's own.
        """
        rows = list(request.rows) if request.rows is not None else list(range(encoded.rows))
        texts = [tuple(t for t in each.tokens if t < self.spec.eot) for each in hypotheses]
        spoken = [i for i, text in enumerate(texts) if text]
        if not spoken:
            return hypotheses
        start = request.prompts[0][request.sot_index :]
        chosen = [rows[i] for i in spoken]
        self._remember(encoded, chosen, start, [texts[i] for i in spoken])
        for i in spoken:
            found = encoded.alignments[rows[i], texts[i]]
            own = [math.log(max(p, 1e-9)) for p in found.text_token_probs]
            before = hypotheses[i]
            others = len(before.token_log_probabilities) - len(own)
            if others < 1 or len(own) != len(texts[i]):
                continue
            rest = (sum(before.token_log_probabilities) - sum(own)) / others
            supply = iter(own)
            each = [next(supply) if t < self.spec.eot else rest for t in before.tokens]
            probabilities = (*each, *((rest,) if before.finished else ()))
            hypotheses[i] = replace(before, token_log_probabilities=probabilities)
        return hypotheses

    def _remember(
        self,
        encoded: EncodedBatch,
        rows: Sequence[int],
        start: Sequence[int],
        texts: Sequence[Sequence[int]],
    ) -> None:
        frames = round(encoded.duration_s / FRAME_S) * 2
        sequence = [token for token in start if token != self.spec.no_timestamps]
        found: list[Any] = self._model.align(
            self._rows(encoded, rows), sequence, [list(text) for text in texts], frames
        )
        for row, text, each in zip(rows, texts, found, strict=True):
            encoded.alignments[row, tuple(text)] = each

    def _rows(self, encoded: EncodedBatch, rows: Sequence[int] | None) -> Any:
        if rows is None or list(rows) == list(range(encoded.rows)):
            return _view(encoded.features)
        return _view(encoded.features[list(rows)])

    @_computes
    def align(
        self, encoded: EncodedBatch, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        """Return CTranslate2's path through its attention, as a matrix of ones and zeros."""
        key = (row, tuple(tokens))
        if key not in encoded.alignments:
            self._remember(encoded, [row], prompt, [tokens])
        frames = round(encoded.duration_s / FRAME_S)
        matrix = [[0.0] * frames for _ in range(len(tokens) + 1)]
        for token, frame in encoded.alignments[key].alignments:
            if token < len(matrix) and frame < frames:
                matrix[token][frame] = 1.0
        return AlignmentMatrix(tuple(map(tuple, matrix)), FRAME_S)

    @_computes
    def score(
        self,
        encoded: EncodedBatch,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[Branch],
    ) -> list[tuple[float, ...]]:
        """Return log-probabilities of a row's text `tokens`, then those of each branch."""
        texts = [tuple(tokens), *((*tokens[: each.first], *each.tokens) for each in branches)]
        for at in range(0, len(texts), SCORED_TOGETHER):
            # A text that is chosen in the end is aligned by this already.
            new = [
                text for text in texts[at : at + SCORED_TOGETHER]
                if (row, text) not in encoded.alignments
            ]  # fmt: skip
            if new:
                self._remember(encoded, [row] * len(new), prompt, new)
        firsts = [0, *(each.first for each in branches)]
        return [
            tuple(
                math.log(max(p, 1e-9))
                for p in encoded.alignments[row, text].text_token_probs[first:]
            )
            for text, first in zip(texts, firsts, strict=True)
        ]


def _view(array: Any) -> Any:
    """Return an array in CTranslate2's form, without a copy where it is contiguous."""
    library: Any = ctranslate2
    return library.StorageView.from_array(np.ascontiguousarray(array))
