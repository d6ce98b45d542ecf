"""Models that are installed at the first start, by one process at a time."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from earwitness_server.inference.install import alone_in, install_missing
from earwitness_server.inference.model_folder import is_model


def test_second_process_waits_for_the_first_and_fetches_nothing(
    server_models: Path, tmp_path: Path
) -> None:
    into = tmp_path / "models"
    waits = threading.Event()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        waits.set()

    second = threading.Thread(target=install_missing, args=("tiny.en", into, say))
    with alone_in(into):
        second.start()
        assert waits.wait(60)
        shutil.copytree(server_models / "tiny.en", into / "tiny.en")
    second.join(60)
    assert not second.is_alive()
    assert [line.partition(" models")[0] for line in said] == ["Another process installs"]
    assert is_model(into / "tiny.en")


def test_model_that_is_there_is_not_touched(server_models: Path) -> None:
    said: list[str] = []
    install_missing("tiny.en", server_models, said.append)
    assert said == []
