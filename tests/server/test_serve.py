"""The serve command: its output, and why it refuses to start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from earwitness_server.cli.serve import check, fetch_first_model, take_port
from earwitness_server.settings import Settings, StartError

from tests.support.waiting import LIMIT_S


def test_command_prints_one_address_and_stops_on_sigterm(dist: Path) -> None:
    command = [sys.executable, "-m", "earwitness_server", "--port", "0", "--dist", str(dist)]
    command += ["--role", "page"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=dist.parent
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            address = line.split()[-1]
            assert address.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(f"{address}healthz", timeout=LIMIT_S) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=LIMIT_S)
        assert process.stdout.read() == ""


def test_taken_port_is_reported_in_one_sentence(dist: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} is taken.*--port {port + 1}"):
            take_port(Settings(dist=dist, port=port))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dist": "nowhere"}, "build.py build"),
        ({"host": "0.0.0.0"}, "--tls-cert"),
        ({"tls_cert": "cert.pem"}, "--tls-key"),
        ({"tls_cert": "no.pem", "tls_key": "no.pem"}, "does not exist"),
    ],
)
def test_invalid_settings_are_rejected(dist: Path, settings: dict[str, str], message: str) -> None:
    with pytest.raises(StartError, match=message):
        check(Settings(**{"dist": dist, **settings}))  # type: ignore[arg-type]


def test_listening_without_tls_needs_the_insecure_option(dist: Path) -> None:
    check(Settings(dist=dist, host="0.0.0.0", insecure=True))
    check(Settings(dist=dist, host="::1"))


def test_first_model_is_fetched_only_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "models" / "large"
    other.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (other / name).touch()
    fetch_first_model(Settings(models=tmp_path / "models"))
    assert capsys.readouterr().err == ""
    assert os.listdir(tmp_path / "models") == ["large"]


def test_server_starts_without_a_model_that_cannot_be_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch_first_model(Settings(models=tmp_path / "models", default_model="small"))
    assert "Until then the API transcribes nothing" in capsys.readouterr().err
