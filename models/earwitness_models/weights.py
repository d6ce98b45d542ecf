"""Whisper's weights by role, independent of the file format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Linear:
    """y = x Wᵀ + b."""

    weight: Array
    """[out, in]"""
    bias: Array | None
    """[out]"""


@dataclass(frozen=True)
class Convolution:
    """A one-dimensional convolution."""

    weight: Array
    """[out, in, width]"""
    bias: Array


@dataclass(frozen=True)
class Norm:
    """Layer normalisation (epsilon 1e-5)."""

    gamma: Array
    beta: Array


@dataclass(frozen=True)
class FeedForward:
    """Norm, projection to four times the width, GELU, projection back."""

    norm: Norm
    up: Linear
    down: Linear


@dataclass(frozen=True)
class SelfAttention:
    """Norm, one fused projection to query, key and value, and the output projection."""

    norm: Norm
    query_key_value: Linear
    """[3 d, d]; the key's bias is zero."""
    output: Linear


@dataclass(frozen=True)
class CrossAttention:
    """Norm, query of the text, fused key and value of the audio, output projection."""

    norm: Norm
    query: Linear
    key_value: Linear
    """[2 d, d]; the key's bias is zero."""
    output: Linear


@dataclass(frozen=True)
class EncoderLayer:
    """Weights of one layer of the encoder."""

    attention: SelfAttention
    feed_forward: FeedForward


@dataclass(frozen=True)
class DecoderLayer:
    """Weights of one layer of the decoder."""

    attention: SelfAttention
    cross: CrossAttention
    feed_forward: FeedForward


@dataclass(frozen=True)
class WhisperWeights:
    """The weights of a model. `heads` is the number of attention heads of encoder and decoder."""

    heads: int
    convolutions: tuple[Convolution, Convolution]
    encoder_positions: Array
    """[1500, d]"""
    encoder_layers: tuple[EncoderLayer, ...]
    encoder_norm: Norm
    embeddings: Array
    """[vocabulary, d], also used for the output projection."""
    decoder_positions: Array
    """[448, d]"""
    decoder_layers: tuple[DecoderLayer, ...]
    decoder_norm: Norm

    @property
    def d_model(self) -> int:
        """Width of the hidden state."""
        return int(self.embeddings.shape[1])

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.d_model // self.heads

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return int(self.embeddings.shape[0])

    @property
    def mels(self) -> int:
        """Number of mel bands of the input."""
        return int(self.convolutions[0].weight.shape[1])


def as_float32(array: Array) -> NDArray[np.float32]:
    """Return a contiguous float32 copy, or the array itself if it is contiguous float32."""
    return np.ascontiguousarray(array, dtype=np.float32)


def from_ctranslate2(variables: Mapping[str, Array]) -> WhisperWeights:
    """Return the variables of `read_ctranslate2` by role.

    Raises:
        KeyError: a variable that every Whisper model has is missing.
    """

    def linear(prefix: str) -> Linear:
        return Linear(variables[f"{prefix}/weight"], variables.get(f"{prefix}/bias"))

    def norm(prefix: str) -> Norm:
        return Norm(variables[f"{prefix}/gamma"], variables[f"{prefix}/beta"])

    def convolution(prefix: str) -> Convolution:
        return Convolution(variables[f"{prefix}/weight"], variables[f"{prefix}/bias"])

    def feed_forward(prefix: str) -> FeedForward:
        return FeedForward(
            norm(f"{prefix}/layer_norm"), linear(f"{prefix}/linear_0"), linear(f"{prefix}/linear_1")
        )

    def self_attention(prefix: str) -> SelfAttention:
        return SelfAttention(
            norm(f"{prefix}/layer_norm"), linear(f"{prefix}/linear_0"), linear(f"{prefix}/linear_1")
        )

    def cross_attention(prefix: str) -> CrossAttention:
        return CrossAttention(
            norm(f"{prefix}/layer_norm"),
            linear(f"{prefix}/linear_0"),
            linear(f"{prefix}/linear_1"),
            linear(f"{prefix}/linear_2"),
        )

    def layer_prefixes(half: str) -> list[str]:
        prefixes: list[str] = []
        while f"{half}/layer_{len(prefixes)}/ffn/layer_norm/gamma" in variables:
            prefixes.append(f"{half}/layer_{len(prefixes)}")
        return prefixes

    return WhisperWeights(
        heads=int(variables["encoder/num_heads"]),
        convolutions=(convolution("encoder/conv1"), convolution("encoder/conv2")),
        encoder_positions=variables["encoder/position_encodings/encodings"],
        encoder_layers=tuple(
            EncoderLayer(self_attention(f"{p}/self_attention"), feed_forward(f"{p}/ffn"))
            for p in layer_prefixes("encoder")
        ),
        encoder_norm=norm("encoder/layer_norm"),
        embeddings=variables["decoder/embeddings/weight"],
        decoder_positions=variables["decoder/position_encodings/encodings"],
        decoder_layers=tuple(
            DecoderLayer(
                self_attention(f"{p}/self_attention"),
                cross_attention(f"{p}/attention"),
                feed_forward(f"{p}/ffn"),
            )
            for p in layer_prefixes("decoder")
        ),
        decoder_norm=norm("decoder/layer_norm"),
    )
