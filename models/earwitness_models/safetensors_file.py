"""Reads safetensors files, and assigns the tensors of the hub's Whisper models to their roles.

Layout: u64 length of a JSON header; the header with each tensor's type, shape and byte range; the
values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import WeightFormatError
from .weights import (
    Array,
    Convolution,
    CrossAttention,
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    Linear,
    Norm,
    SelfAttention,
    WhisperWeights,
)

_TYPES: dict[str, type[np.generic]] = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Return tensor names and arrays that point into the mapped file.

    Raises:
        WeightFormatError: not a safetensors file, truncated, or of an unknown type.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if len(data) < 8:
        raise WeightFormatError(path, "the file is empty")
    length = int(data[:8].view(np.uint64)[0])
    if length > len(data) - 8:
        raise WeightFormatError(path, "its header is missing or truncated")
    try:
        header = json.loads(data[8 : 8 + length].tobytes())
    except ValueError as error:
        raise WeightFormatError(path, "its header is not JSON") from error
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind = _TYPES.get(entry["dtype"])
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        if kind is None or end > len(data):
            raise WeightFormatError(path, f"{name} is truncated or has the type {entry['dtype']}")
        tensors[name] = np.frombuffer(data[start:end], dtype=kind).reshape(entry["shape"])
    return tensors


def from_safetensors(tensors: Mapping[str, Array], heads: int) -> WhisperWeights:
    """Return the tensors of `openai/whisper-*` by role.

    Raises:
        KeyError: a tensor that every Whisper model has is missing.
    """
    return _Reader(tensors).weights(heads)


class _Reader:
    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self.tensors = tensors

    def get(self, name: str) -> Array:
        return self.tensors[f"model.{name}"]

    def linear(self, name: str) -> Linear:
        return Linear(self.get(f"{name}.weight"), self.tensors.get(f"model.{name}.bias"))

    def norm(self, name: str) -> Norm:
        return Norm(self.get(f"{name}.weight"), self.get(f"{name}.bias"))

    def fused(self, *names: str) -> Linear:
        parts = [self.linear(name) for name in names]
        biases = [np.zeros(len(p.weight), np.float32) if p.bias is None else p.bias for p in parts]
        return Linear(np.concatenate([p.weight for p in parts]), np.concatenate(biases))

    def attention(self, name: str) -> SelfAttention:
        at = f"{name}.self_attn"
        return SelfAttention(
            self.norm(f"{name}.self_attn_layer_norm"),
            self.fused(f"{at}.q_proj", f"{at}.k_proj", f"{at}.v_proj"),
            self.linear(f"{at}.out_proj"),
        )

    def cross(self, name: str) -> CrossAttention:
        at = f"{name}.encoder_attn"
        return CrossAttention(
            self.norm(f"{name}.encoder_attn_layer_norm"),
            self.linear(f"{at}.q_proj"),
            self.fused(f"{at}.k_proj", f"{at}.v_proj"),
            self.linear(f"{at}.out_proj"),
        )

    def feed_forward(self, name: str) -> FeedForward:
        return FeedForward(
            self.norm(f"{name}.final_layer_norm"),
            self.linear(f"{name}.fc1"),
            self.linear(f"{name}.fc2"),
        )

    def layers(self, half: str) -> list[str]:
        names: list[str] = []
        while f"model.{half}.layers.{len(names)}.fc1.weight" in self.tensors:
            names.append(f"{half}.layers.{len(names)}")
        return names

    def weights(self, heads: int) -> WhisperWeights:
        first, second = (
            Convolution(self.get(f"encoder.{c}.weight"), self.get(f"encoder.{c}.bias"))
            for c in ("conv1", "conv2")
        )
        return WhisperWeights(
            heads=heads,
            convolutions=(first, second),
            encoder_positions=self.get("encoder.embed_positions.weight"),
            encoder_layers=tuple(
                EncoderLayer(self.attention(n), self.feed_forward(n))
                for n in self.layers("encoder")
            ),
            encoder_norm=self.norm("encoder.layer_norm"),
            embeddings=self.get("decoder.embed_tokens.weight"),
            decoder_positions=self.get("decoder.embed_positions.weight"),
            decoder_layers=tuple(
                DecoderLayer(self.attention(n), self.cross(n), self.feed_forward(n))
                for n in self.layers("decoder")
            ),
            decoder_norm=self.norm("decoder.layer_norm"),
        )
