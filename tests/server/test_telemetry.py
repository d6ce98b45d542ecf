"""Libraries of the server send no telemetry and write nothing to the home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.waiting import LIMIT_S
from tooling.environment import environment

LOAD = """
import pathlib, sys
from earwitness_server.inference.vad import SileroVad
SileroVad(pathlib.Path(sys.argv[1]))
"""


def test_loading_the_voice_detector_writes_nothing_to_the_home_folder(
    tmp_path: Path, server_models: Path
) -> None:
    variables = environment() | {"HOME": str(tmp_path)}
    for name in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        variables.pop(name, None)
    folder = server_models / "silero-vad"
    subprocess.run([sys.executable, "-c", LOAD, folder], env=variables, timeout=LIMIT_S, check=True)
    assert os.listdir(tmp_path) == []
