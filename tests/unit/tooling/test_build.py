"""`build.py` before anything is set up: wrong arguments and taken ports are reported at once."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the tools of a new clone, where nothing is built."""
    shutil.copytree(ROOT / "tooling", tmp_path / "tooling")
    shutil.copy(ROOT / "build.py", tmp_path)
    return tmp_path


def build(clone: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, clone / "build.py", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("port", ["abc", "99999", "-1", "0", "٣"])
def test_invalid_port_is_rejected_before_setup(clone: Path, port: str) -> None:
    status, said = build(clone, "run", f"--port={port}")
    assert status == 2
    assert "Invalid port" in said
    assert not (clone / ".venv").exists()


def test_taken_port_is_reported_before_setup(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, said = build(clone, "run", "--port", str(port))
    assert status == 1
    assert "another program has this port" in said
    assert f"--port {port + 1}" in said
    assert not (clone / ".venv").exists()


def test_port_is_that_of_the_environment(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, said = build(clone, "run", EARWITNESS_PORT=str(port))
    assert status == 1
    assert f"{port}" in said
    assert "another program has this port" in said
    status, said = build(clone, "run", EARWITNESS_PORT="none")
    assert status == 2
    assert "Invalid port: 'none'" in said


def test_unknown_model_error_lists_known_models(clone: Path) -> None:
    for command in (("run", "--model", "huge"), ("models", "huge")):
        status, said = build(clone, *command)
        assert status == 2
        assert "tiny.en" in said
        assert "small" in said


def test_offline_error_in_a_new_clone_names_the_solution(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    status, said = build(clone, "run", "--offline", "--port", str(port))
    assert status == 1
    assert "without --offline" in said
    assert not (clone / ".venv").exists()


def test_offline_rejects_a_missing_model(clone: Path) -> None:
    python = clone / ".venv" / "bin" / "python"
    exported = clone / "build" / "models" / "base" / "manifest.json"
    for file in (python, clone / ".venv" / "created", exported):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    status, said = build(clone, "run", "--offline", "--model", "small", "--port", str(port))
    assert status == 1
    assert "nothing has been built with small" in said


def test_unknown_goal_error_lists_known_goals(clone: Path) -> None:
    status, said = build(clone, "prepare", "everything")
    assert status == 2
    assert "runtime" in said


def test_incomplete_environment_is_recreated(clone: Path) -> None:
    half = clone / ".venv" / "bin"
    half.mkdir(parents=True)
    (half / "python").symlink_to(sys.executable)
    script = (
        "from tooling import environment as e\n"
        "e.execute = lambda *a, **k: None\n"
        "e.ensure_python('run')\n"
    )
    (clone / "requirements").mkdir()
    (clone / "requirements" / "run.txt").write_text("")
    subprocess.run([sys.executable, "-c", script], cwd=clone, timeout=120, check=True)
    pip = [clone / ".venv" / "bin" / "python", "-m", "pip", "--version"]
    assert subprocess.run(pip, capture_output=True, timeout=60, check=False).returncode == 0


def test_progress_of_a_measurement_goes_to_standard_error(clone: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "from tooling.say import progress_on_stderr, say\n"
        "with progress_on_stderr():\n"
        "    say('building')\n"
        "    subprocess.run([sys.executable, '-c', 'print(\"compiling\")'], check=True)\n"
        "print('{}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=clone, capture_output=True, text=True, check=True
    )
    assert done.stdout == "{}\n"
    assert "building" in done.stderr
    assert "compiling" in done.stderr
