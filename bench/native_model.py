"""The exported graphs on native ONNX Runtime: the best speed that the page could reach.

Implements `earwitness.speech.protocols` with numpy, tokenizers and PyAV, so that
`earwitness.speech.transcribe` runs here as it does in the page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnxruntime
import tokenizers
from av.error import FFmpegError
from earwitness.browser.manifest import read_spec, read_states
from earwitness.errors import MediaError, ModelError
from earwitness.speech.decode_steps import DecodedSteps
from earwitness.speech.padding import padded_samples
from earwitness.speech.protocols import (
    AlignmentMatrix,
    Branch,
    DecodeRequest,
    Encoded,
    Hypothesis,
    ModelSpec,
    Samples,
)
from earwitness.speech.silero import (
    VAD_CONTEXT_SAMPLES,
    VAD_FRAME_SAMPLES,
    VAD_STATE_SIZE,
    VAD_WARM_UP_SAMPLES,
)
from earwitness.speech.token_tree import TokenTree, plain_text, token_tree
from earwitness.speech.whisper import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    TIMESTAMP_STEP_S,
    WINDOW_MAX_S,
)
from numpy.typing import NDArray

from bench.stacking import stacked

Array = NDArray[np.float32]
NEVER = -1e9


def decode_audio(path: Path) -> Array:
    """Return mono float32 at 16 kHz, channels mixed by libswresample.

    Raises:
        MediaError: the file has no audio that FFmpeg can read.
    """
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
    parts: list[Array] = []
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise MediaError(f"{path.name} has no audio track.", hint="Choose another file.")
            for frame in container.decode(audio=0):
                frame.pts = None
                parts += [out.to_ndarray()[0] for out in resampler.resample(frame)]
            parts += [out.to_ndarray()[0] for out in resampler.resample(None)]
    except (FFmpegError, EOFError) as error:
        if not parts:
            raise MediaError(f"{path.name} cannot be decoded.", detail=str(error)) from error
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


class ArrayAudio:
    """An `AudioSource` over samples in memory."""

    def __init__(self, samples: Array) -> None:
        self.samples = samples

    @property
    def duration_s(self) -> float | None:
        """Length of the samples in seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ

    async def read(self, start: int, stop: int) -> Samples:
        """A view."""
        return self.samples[start:stop]

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """A view."""
        return as_array(samples)[start:stop]

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """A copy."""
        return np.concatenate([as_array(part) for part in parts])

    async def silence(self, length: int) -> Array:
        """Return so many samples of silence."""
        return np.zeros(length, np.float32)


class SileroVad:
    """A `Vad` that runs Silero's whole-sequence graph."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._session = _session(path, threads)

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """Return one probability for each frame; the mirrored beginning warms up a fresh state."""
        audio = as_array(samples)
        warm_up = min(VAD_WARM_UP_SAMPLES, len(audio) // VAD_FRAME_SAMPLES * VAD_FRAME_SAMPLES)
        frames = _frames(np.concatenate([audio[:warm_up][::-1], audio]))
        if not len(frames):
            return []
        before = np.zeros((len(frames), VAD_CONTEXT_SAMPLES), np.float32)
        before[1:] = frames[:-1, -VAD_CONTEXT_SAMPLES:]
        state = np.zeros((1, 1, VAD_STATE_SIZE), np.float32)
        feeds = {"input": np.concatenate([before, frames], axis=1), "h": state, "c": state}
        return _run(self._session, feeds)["speech_probs"][warm_up // VAD_FRAME_SAMPLES :].tolist()


class HubTokenizer:
    """A `Tokenizer` that reads `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = tokenizers.Tokenizer.from_file(str(path))

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text without special tokens."""
        return self._tokenizer.decode(list(tokens), skip_special_tokens=True)


class NativeEncoded:
    """Cross-attention keys and values of a batch of windows."""

    def __init__(
        self, tensors: dict[str, Array], lengths: Sequence[int], duration_s: float
    ) -> None:
        self.tensors = tensors
        self.frames = np.array([-(-n // FRAME_SAMPLES) for n in lengths], np.int64)
        self.duration_s = duration_s

    @property
    def rows(self) -> int:
        """Number of windows."""
        return len(self.frames)

    def only(self, rows: Sequence[int]) -> dict[str, Array]:
        """Return the tensors of these rows."""
        if list(rows) == list(range(self.rows)):
            return self.tensors
        return {name: tensor[list(rows)] for name, tensor in self.tensors.items()}

    def release(self) -> None:
        """Drop the tensors."""
        self.tensors = {}


class NativeWhisper:
    """A `SpeechModel` that runs the two graphs of layout earwitness-2."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        self._encoder = _session(folder / "encoder.onnx", threads)
        self._decoder = _session(folder / "decoder.onnx", threads)
        self._tokenizer = HubTokenizer(folder / "tokenizer.json")
        self._spec = read_spec(self.manifest)

    @property
    def spec(self) -> ModelSpec:
        """Figures and tokens from the manifest."""
        return self._spec

    @property
    def tokenizer(self) -> HubTokenizer:
        """The model's tokenizer."""
        return self._tokenizer

    async def encode(self, windows: Sequence[Samples], duration_s: float) -> NativeEncoded:
        """Run the encoder on one window at a time, as the page does, and stack the outputs."""
        longest = round(duration_s * SAMPLE_RATE_HZ)
        counts = [len(window) for window in windows]
        lengths = padded_samples(counts, longest, self._spec.margin_s)
        parts: list[dict[str, Array]] = []
        for window, length in zip(windows, lengths, strict=True):
            audio = np.zeros((1, length), np.float32)
            audio[0, : len(window)] = as_array(window)
            parts.append(_run(self._encoder, {"audio": audio}))
        own = [length // FRAME_SAMPLES for length in lengths]
        tensors = {
            name: stacked([part[name] for part in parts], own, 3 if "_key_" in name else 2)
            for name in parts[0]
        }
        return NativeEncoded(tensors, counts, duration_s)

    async def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Return the softmax over the language tokens after SOT for each row."""
        prompts = ((self._spec.sot,),) * encoded.rows
        request = DecodeRequest(prompts, sot_index=0, max_new_tokens=1, timestamps=False)
        logits = self._decode(encoded, request)["first_logits"]
        ids = np.array(list(self._spec.languages.values()))
        chosen = np.exp(logits[:, ids] - logits[:, ids].max(axis=1, keepdims=True))
        chosen /= chosen.sum(axis=1, keepdims=True)
        return [dict(zip(self._spec.languages, map(float, row), strict=True)) for row in chosen]

    async def decode(self, encoded: Encoded, request: DecodeRequest) -> list[Hypothesis]:
        """Run the decoder on the requested rows."""
        out = self._decode(encoded, request)
        steps = DecodedSteps(len(out["lengths"]), request.beams)
        flat: dict[str, list[Any]] = {
            name: out[name].reshape(-1).tolist() for name in steps.outputs
        }
        steps.add(**flat)
        return steps.hypotheses()

    async def align(
        self, encoded: Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> AlignmentMatrix | None:
        """Run one step with the whole text as its prompt and return the alignment."""
        whole = (*prompt, *tokens, self._spec.eot)
        request = DecodeRequest((whole,), 0, 1, timestamps=False, rows=(row,))
        matrix = self._decode(encoded, request)["alignment"][0]
        # The attention that chose a token belongs to the position before it.
        return AlignmentMatrix(matrix[len(prompt) - 1 : len(prompt) + len(tokens)].tolist())

    async def score(
        self,
        encoded: Encoded,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[Branch],
    ) -> list[tuple[float, ...]]:
        """Run one step with the text and its branches as its prompt."""
        tree = token_tree(prompt, tokens, branches)
        request = DecodeRequest((tree.tokens,), 0, 1, timestamps=False, rows=(row,))
        values = self._decode(encoded, request, tree)["scores"][0].tolist()
        return [tuple(values[first:last]) for first, last in tree.parts]

    def _decode(
        self, encoded: Encoded, request: DecodeRequest, tree: TokenTree | None = None
    ) -> dict[str, Array]:
        tree = tree or plain_text(len(request.prompts[0]))
        batch = as_batch(encoded)
        rows = range(batch.rows) if request.rows is None else request.rows
        prompts = np.array(request.prompts, np.int64)
        initial_s = request.max_initial_timestamp_s
        latest = round((WINDOW_MAX_S if initial_s is None else initial_s) / TIMESTAMP_STEP_S)
        feeds = batch.only(rows) | {
            "prompt": prompts,
            "sot_index": np.array([request.sot_index], np.int64),
            "max_steps": np.array([request.max_new_tokens], np.int64),
            "temperature": np.array([request.temperature], np.float32),
            "uniforms": _uniforms(request, len(prompts)),
            "suppress_bias": self._bias(request.suppress_tokens),
            "begin_suppress_bias": self._bias(request.begin_suppress_tokens),
            "timestamps": np.array([request.timestamps]),
            "max_initial_timestamp": np.array([latest], np.int64),
            "audio_frames": batch.frames[list(rows)],
            "token_counts": np.full(len(prompts), prompts.shape[1], np.int64),
            "beams": np.array([request.beams], np.int64),
            "branches": np.array([tree.prefixes, tree.begins], np.int64),
            "scored_from": np.array([tree.scored_from], np.int64),
            **no_past(self.manifest, len(prompts)),
        }
        return _run(self._decoder, feeds)

    def _bias(self, tokens: Sequence[int]) -> Array:
        bias = np.zeros(self._spec.vocabulary_size, np.float32)
        bias[list(tokens)] = NEVER
        return bias


def no_past(manifest: dict[str, Any], rows: int) -> dict[str, Array]:
    """Return the decoder's inputs that say that no run went before this one."""
    states = read_states(manifest)
    if not states:
        return {}
    empty: dict[str, Any] = {
        f"past_{each.name}": np.zeros(each.first_shape(rows), np.dtype(each.type))
        for each in states
    }
    return {**empty, "first_step": np.array([0]), "hand_on": np.array([False])}


def as_array(samples: Samples) -> Array:
    """Return samples as the numpy array that they are in this module."""
    if not isinstance(samples, np.ndarray):
        raise TypeError(f"{type(samples).__name__} is not an array of samples")
    return samples


def as_batch(encoded: Encoded) -> NativeEncoded:
    """Return a batch that this module encoded; TypeError for any other."""
    if not isinstance(encoded, NativeEncoded):
        raise TypeError(f"encoded by another model: {type(encoded).__name__}")
    return encoded


def _uniforms(request: DecodeRequest, rows: int) -> Array:
    """[steps, rows] in [0, 1) from one generator per row: a row samples the same in any batch."""
    if not request.temperature:
        return np.zeros((1, rows), np.float32)
    steps = request.max_new_tokens
    columns = [np.random.default_rng(seed).random(steps) for seed in request.seeds]
    return np.stack(columns, axis=1).astype(np.float32)


def _frames(samples: Array) -> Array:
    count = -(-len(samples) // VAD_FRAME_SAMPLES)
    padded = np.zeros(count * VAD_FRAME_SAMPLES, np.float32)
    padded[: len(samples)] = samples
    return padded.reshape(count, VAD_FRAME_SAMPLES)


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"{path.name} cannot be loaded.", hint="Export it again.", detail=str(error)
        ) from error


def _run(session: onnxruntime.InferenceSession, feeds: dict[str, Any]) -> dict[str, Array]:
    names = [output.name for output in session.get_outputs()]
    values: Any = session.run(names, feeds)
    return dict(zip(names, values, strict=True))
