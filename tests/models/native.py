"""Runs exported graphs on native ONNX Runtime, and reads clips for them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import onnx
import onnxruntime
from earwitness.speech.decode_steps import DecodedSteps
from earwitness.speech.protocols import Hypothesis
from faster_whisper.audio import decode_audio
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from bench.native_model import no_past

WINDOW_SAMPLES = 480_000
NEVER = -1e30
Arrays = dict[str, NDArray[Any]]


def session(model: Path | onnx.ModelProto) -> onnxruntime.InferenceSession:
    """A session for a file or for a model in memory."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait must not compute: other processes test at the same time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = str(model) if isinstance(model, Path) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(model: onnxruntime.InferenceSession, inputs: Arrays) -> Arrays:
    """All outputs by name."""
    names = [output.name for output in model.get_outputs()]
    outputs = map(np.asarray, model.run(names, inputs))
    return dict(zip(names, outputs, strict=True))


def audio_of(path: Path, samples: int | None = WINDOW_SAMPLES) -> NDArray[np.float32]:
    """[1, samples] at 16 kHz, cut or padded with silence; None rounds up to a whole frame."""
    values = decode_audio(str(path))
    samples = samples or -(-len(values) // 320) * 320
    window = np.zeros((1, samples), dtype=np.float32)
    window[0, : len(values)] = values[:samples]
    return window


@dataclass
class Exported:
    """An exported model, ready to run."""

    folder: Path
    manifest: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._encoded: dict[Path, Arrays] = {}
        self.manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        self.encoder = session(self.folder / "encoder.onnx")
        self.decoder = session(self.folder / "decoder.onnx")

    @property
    def tokens(self) -> dict[str, Any]:
        return self.manifest["tokens"]

    def start(self, language: str, *, timestamps: bool) -> list[int]:
        """The prompt that begins a transcription."""
        prompt = [self.tokens["sot"]]
        if self.manifest["multilingual"]:
            prompt += [self.tokens["languages"][language], self.tokens["transcribe"]]
        return prompt if timestamps else [*prompt, self.tokens["no_timestamps"]]

    def encode(self, audio: NDArray[np.float32]) -> Arrays:
        """The encoder's outputs for windows of sound."""
        return run(self.encoder, {"audio": audio})

    def encode_file(self, path: Path) -> Arrays:
        """The encoder's outputs for the first window of a recording, computed once."""
        if path not in self._encoded:
            self._encoded[path] = self.encode(audio_of(path))
        return self._encoded[path]

    def decode(self, cross: Arrays, prompt: NDArray[np.int64], **changes: Any) -> Arrays:
        """Greedy with all of Whisper's rules, unless `changes` says otherwise."""
        rows, length = prompt.shape
        vocabulary = self.manifest["dims"]["vocab"]
        bias = np.zeros((2, vocabulary), dtype=np.float32)
        bias[0, self.manifest["suppress_tokens"]] = NEVER
        bias[1, self.manifest["begin_suppress_tokens"]] = NEVER
        inputs: Arrays = {
            "prompt": prompt,
            "sot_index": np.array([0]),
            "max_steps": np.array([224]),
            "temperature": np.array([0.0], dtype=np.float32),
            "uniforms": np.zeros((1, rows), dtype=np.float32),
            "suppress_bias": bias[0],
            "begin_suppress_bias": bias[1],
            "timestamps": np.array([True]),
            "max_initial_timestamp": np.array([50]),
            "audio_frames": np.full(rows, cross["cross_value_0"].shape[2]),
            "token_counts": np.full(rows, length),
            "beams": np.array([1]),
            "branches": np.zeros((2, length), dtype=np.int64),
            "scored_from": np.array([length]),
            **no_past(self.manifest, rows),
        }
        return run(self.decoder, cross | inputs | changes)

    def transcribe(
        self, audio: NDArray[np.float32], language: str, *, timestamps: bool = True
    ) -> list[int]:
        """The greedy tokens of one window."""
        prompt = np.array([self.start(language, timestamps=timestamps)])
        result = self.decode(self.encode(audio), prompt, timestamps=np.array([timestamps]))
        return result["tokens"][0, 0, : result["lengths"][0]].tolist()

    def search(
        self, cross: Arrays, prompt: NDArray[np.int64], beams: int, **changes: Any
    ) -> list[Hypothesis]:
        """The best hypothesis of each window, as the page reads it off the graph's outputs."""
        result = self.decode(cross, prompt, beams=np.array([beams]), **changes)
        steps = DecodedSteps(len(prompt), beams)
        steps.add(**{name: result[name].reshape(-1).tolist() for name in steps.outputs})
        return steps.hypotheses()


class Reference:
    """CTranslate2 on a model's files, in full precision."""

    def __init__(self, folder: Path) -> None:
        self.model = ctranslate2.models.Whisper(str(folder), compute_type="float32")
        self._encoded: dict[Path, ctranslate2.StorageView] = {}

    def encode_file(self, path: Path) -> ctranslate2.StorageView:
        """The encoder's output for the first window of a recording, computed once."""
        if path not in self._encoded:
            mel = FeatureExtractor()(audio_of(path)[0])[:, :3000]
            features = np.ascontiguousarray(mel[None], dtype=np.float32)
            self._encoded[path] = self.model.encode(ctranslate2.StorageView.from_array(features))
        return self._encoded[path]


def beside(cross: list[Arrays]) -> Arrays:
    """Rows of several encodings of equal length as one batch."""
    return {name: np.concatenate([row[name] for row in cross]) for name in cross[0]}
