"""Tests and measurements never work on the user's own data."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.variables import forget_server_settings

USERS = {
    "EARWITNESS_DATA": "/home/user/var",
    "EARWITNESS_DATABASE_URL": "postgresql+psycopg://user@db/earwitness",
    "earwitness_objects": "s3://bucket/audio",
    "EARWITNESS_ROLE": "worker",
}


def test_server_settings_of_the_user_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in USERS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EARWITNESS_SHARED", "/shared")
    forget_server_settings()
    assert not USERS.keys() & os.environ.keys()
    assert os.environ["EARWITNESS_SHARED"] == "/shared"


@pytest.mark.parametrize(
    "start",
    ["import tests.conftest", "import sys; sys.argv = ['bench', 'resume', '--help']\n"
     "import bench.__main__ as b\ntry: b.main()\nexcept SystemExit: pass"],
    ids=["tests", "bench"],
)  # fmt: skip
def test_tests_and_measurements_forget_them_at_their_start(start: str) -> None:
    script = f"{start}\nimport json, os; print(json.dumps(sorted(os.environ)))"
    variables = {**os.environ, **USERS, "PYTHONPATH": os.pathsep.join(sys.path)}
    printed = subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
    ).stdout
    assert not USERS.keys() & set(json.loads(printed.splitlines()[-1]))
