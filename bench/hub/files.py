"""Writes a model's folder for transformers.js: graphs in two precisions, and settings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import onnx
from earwitness_models.catalogue import whisper
from earwitness_models.sources import Model, SourceOptions, find, read
from earwitness_models.tokens import SpecialTokens, special_tokens, with_timestamps
from onnxruntime.quantization import QuantType, quantize_dynamic

from bench.hub.graphs import decoder_model, encoder_model
from bench.paths import ROOT, WORK
from bench.report import say

FOLDER = WORK / "hub"
QUANTISED = ("MatMul", "Conv", "Gather")


def stock_models(model: str) -> Path:
    """Return the folder with `<model>/onnx/…`; a missing model is written."""
    target = FOLDER / model
    if target.exists():
        return FOLDER
    say(f"writing {model} in the layout of the model hub")
    source = read(find(whisper(model), SourceOptions(ROOT / ".cache" / "weights")))
    partial = target.with_name(f"{model}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "onnx").mkdir(parents=True)
    for name, make in (("encoder_model", encoder_model), ("decoder_model_merged", decoder_model)):
        full = partial / "onnx" / f"{name}.onnx"
        onnx.save(make(source.weights), full)
        quantise(full, full.with_name(f"{name}_quantized.onnx"))
    write_settings(partial, source, multilingual=not model.endswith(".en"))
    partial.rename(target)
    return FOLDER


def quantise(full: Path, small: Path) -> None:
    """Write the hub's `q8`: dynamic int8 with one scale per tensor, by ONNX Runtime's tool."""
    quantize_dynamic(
        full,
        small,
        op_types_to_quantize=list(QUANTISED),
        weight_type=QuantType.QUInt8 if "encoder" in full.name else QuantType.QInt8,
        extra_options={
            "EnableSubgraph": True,
            "MatMulConstBOnly": True,
            "DefaultTensorType": onnx.TensorProto.FLOAT,
        },
    )


def write_settings(folder: Path, model: Model, *, multilingual: bool) -> None:
    """Write the JSON files beside the graphs."""
    tokens = special_tokens(model.tokenizer)
    files = {
        "config.json": _config(model, tokens),
        "generation_config.json": _generation(model, tokens, multilingual),
        "preprocessor_config.json": _preprocessor(model.weights.mels),
        "tokenizer.json": with_timestamps(model.tokenizer),
        "tokenizer_config.json": {"tokenizer_class": "WhisperTokenizer"},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _config(model: Model, tokens: SpecialTokens) -> dict[str, Any]:
    weights = model.weights
    return {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "is_encoder_decoder": True,
        "d_model": weights.d_model,
        "encoder_layers": len(weights.encoder_layers),
        "decoder_layers": len(weights.decoder_layers),
        "num_hidden_layers": len(weights.encoder_layers),
        "encoder_attention_heads": weights.heads,
        "decoder_attention_heads": weights.heads,
        "num_mel_bins": weights.mels,
        "vocab_size": weights.vocabulary,
        "max_source_positions": 1500,
        "max_target_positions": 448,
        "decoder_start_token_id": tokens.sot,
        "bos_token_id": tokens.eot,
        "eos_token_id": tokens.eot,
        "pad_token_id": tokens.eot,
    }


def _generation(model: Model, tokens: SpecialTokens, multilingual: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "decoder_start_token_id": tokens.sot,
        "bos_token_id": tokens.eot,
        "eos_token_id": tokens.eot,
        "pad_token_id": tokens.eot,
        "no_timestamps_token_id": tokens.no_timestamps,
        "prev_sot_token_id": tokens.sot_prev,
        "is_multilingual": multilingual,
        "max_length": 448,
        "max_initial_timestamp_index": 50,
        "return_timestamps": False,
        "suppress_tokens": model.suppress_tokens,
        "begin_suppress_tokens": model.begin_suppress_tokens,
        "alignment_heads": [list(head) for head in model.alignment_heads],
    }
    if multilingual:
        settings["lang_to_id"] = {f"<|{code}|>": id for code, id in tokens.languages.items()}
        settings["task_to_id"] = {"transcribe": tokens.transcribe, "translate": tokens.translate}
    return settings


def _preprocessor(mels: int) -> dict[str, Any]:
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_size": mels,
        "sampling_rate": 16_000,
        "chunk_length": 30,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480_000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
    }
