"""Writes the weights in whisper.cpp's file format, for its WebAssembly build.

The format follows `convert-h5-to-ggml.py` of whisper.cpp: a header, the mel filters, the byte
strings of the tokens, then tensors under OpenAI's names with matrices in half precision.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BufferedWriter
from pathlib import Path
from typing import Any

import numpy as np
from earwitness_models.catalogue import whisper
from earwitness_models.mel import BINS, mel_filters
from earwitness_models.sources import SourceOptions, find, read
from earwitness_models.tokens import special_tokens
from earwitness_models.weights import Array, FeedForward, Linear, Norm, WhisperWeights

from bench.hub.layers import halves, thirds
from bench.paths import ROOT, WORK

MAGIC = 0x67676D6C
HALF, FULL = 1, 0
FOLDER = WORK / "ggml"
Named = Iterator[tuple[str, Array | None]]


def ggml_model(model: str) -> Path:
    """Return the path of `<model>.bin`; a missing file is written."""
    path = FOLDER / f"{model}.bin"
    if path.exists():
        return path
    source = read(find(whisper(model), SourceOptions(ROOT / ".cache" / "weights")))
    FOLDER.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        _header(file, source.weights)
        end = special_tokens(source.tokenizer).eot
        for text in byte_tokens(source.tokenizer, end):
            file.write(struct.pack("<i", len(text)) + text)
        for name, values in _tensors(source.weights):
            if values is not None:
                _tensor(file, name, values)
    partial.rename(path)
    return path


def byte_tokens(tokenizer: dict[str, Any], end: int) -> list[bytes]:
    """Return the bytes of each text token, in the order of the ids."""
    by_id = {int(id): text for text, id in tokenizer["model"]["vocab"].items()}
    back = {character: byte for byte, character in _printable().items()}
    return [bytes(back[character] for character in by_id[id]) for id in range(end)]


def _printable() -> dict[int, str]:
    """GPT-2's characters for bytes: printable Latin-1 as itself, other bytes from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {
        byte: chr(0x100 + place) for place, byte in enumerate(others)
    }


def _header(file: BufferedWriter, weights: WhisperWeights) -> None:
    half = [1500, weights.d_model, weights.heads, len(weights.encoder_layers)]
    text = [448, weights.d_model, weights.heads, len(weights.decoder_layers)]
    numbers = [MAGIC, weights.vocabulary, *half, *text, weights.mels, HALF]
    file.write(struct.pack(f"<{len(numbers)}i", *numbers))
    file.write(struct.pack("<2i", weights.mels, BINS))
    file.write(mel_filters(weights.mels).tobytes())
    base = 50257 if weights.vocabulary >= 51865 else 50256
    file.write(struct.pack("<i", base))


def _tensor(file: BufferedWriter, name: str, values: Array) -> None:
    full = values.ndim < 2 or name.endswith(("positional_embedding", "conv1.bias", "conv2.bias"))
    data = np.ascontiguousarray(values, np.float32 if full else np.float16)
    label = name.encode()
    file.write(struct.pack("<3i", data.ndim, len(label), FULL if full else HALF))
    file.write(struct.pack(f"<{data.ndim}i", *reversed(data.shape)))
    file.write(label)
    file.write(data.tobytes())


def _tensors(weights: WhisperWeights) -> Named:
    yield "encoder.positional_embedding", weights.encoder_positions
    for index, convolution in enumerate(weights.convolutions, 1):
        yield f"encoder.conv{index}.weight", convolution.weight
        yield f"encoder.conv{index}.bias", convolution.bias.reshape(-1, 1)
    for index, layer in enumerate(weights.encoder_layers):
        at = f"encoder.blocks.{index}"
        yield from _norm(f"{at}.attn_ln", layer.attention.norm)
        attention = (*thirds(layer.attention.query_key_value), layer.attention.output)
        yield from _attention(f"{at}.attn", attention)
        yield from _feed_forward(at, layer.feed_forward)
    yield from _norm("encoder.ln_post", weights.encoder_norm)
    yield "decoder.positional_embedding", weights.decoder_positions
    yield "decoder.token_embedding.weight", weights.embeddings
    for index, layer in enumerate(weights.decoder_layers):
        at = f"decoder.blocks.{index}"
        yield from _norm(f"{at}.attn_ln", layer.attention.norm)
        attention = (*thirds(layer.attention.query_key_value), layer.attention.output)
        yield from _attention(f"{at}.attn", attention)
        yield from _norm(f"{at}.cross_attn_ln", layer.cross.norm)
        cross = (layer.cross.query, *halves(layer.cross.key_value), layer.cross.output)
        yield from _attention(f"{at}.cross_attn", cross)
        yield from _feed_forward(at, layer.feed_forward)
    yield from _norm("decoder.ln", weights.decoder_norm)


def _norm(at: str, norm: Norm) -> Named:
    yield f"{at}.weight", norm.gamma
    yield f"{at}.bias", norm.beta


def _linear(at: str, linear: Linear) -> Named:
    yield f"{at}.weight", linear.weight
    yield f"{at}.bias", linear.bias


def _attention(at: str, parts: tuple[Linear, Linear, Linear, Linear]) -> Named:
    for name, linear in zip(("query", "key", "value", "out"), parts, strict=True):
        yield from _linear(f"{at}.{name}", linear)


def _feed_forward(at: str, layer: FeedForward) -> Named:
    yield from _norm(f"{at}.mlp_ln", layer.norm)
    yield from _linear(f"{at}.mlp.0", layer.up)
    yield from _linear(f"{at}.mlp.2", layer.down)
