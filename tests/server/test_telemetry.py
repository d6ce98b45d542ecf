"""Nothing the server loads reports to its maker or writes into the user's home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tooling.environment import environment

ROOT = Path(__file__).resolve().parents[2]
LOAD = """
import pathlib, sys
from earwitness_server.inference.vad import SileroVad
SileroVad(pathlib.Path(sys.argv[1]))
"""


def test_loading_the_voice_detector_leaves_no_trace_in_the_home(tmp_path: Path) -> None:
    variables = environment() | {"HOME": str(tmp_path)}
    for name in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        variables.pop(name, None)
    folder = ROOT / "build" / "server-models" / "silero-vad"
    subprocess.run([sys.executable, "-c", LOAD, folder], env=variables, timeout=120, check=True)
    assert os.listdir(tmp_path) == []
