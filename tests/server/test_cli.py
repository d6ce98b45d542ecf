"""The command line: one parser, and options without a command mean `serve`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.cli import main as command
from earwitness_server.cli import serve as serving
from earwitness_server.settings import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings with which the server would have been started."""
    settings: list[Settings] = []
    monkeypatch.setattr(serving, "serve", settings.append)
    return settings


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"port": 8400, "host": "127.0.0.1", "data": Path("var")}),
        (["--port", "8401", "--insecure"], {"port": 8401, "insecure": True}),
        (["serve", "--port", "8401"], {"port": 8401}),
        (["--port", "8401", "serve"], {"port": 8401}),
        (["--data", "models"], {"data": Path("models")}),
        (["--data", "keys", "serve"], {"data": Path("keys")}),
        (["--models", "serve"], {"models": Path("serve")}),
    ],
)
def test_options_are_parsed_with_and_without_a_command(
    served: list[Settings], arguments: list[str], expected: dict[str, Any]
) -> None:
    assert command.main(arguments) == 0
    [settings] = served
    assert {name: getattr(settings, name) for name in expected} == expected


def test_environment_variable_applies_without_the_option(
    served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_PORT", "9000")
    monkeypatch.setenv("EARWITNESS_INSECURE", "true")
    assert command.main([]) == 0
    assert command.main(["serve", "--port", "8401"]) == 0
    assert [(each.port, each.insecure) for each in served] == [(9000, True), (8401, True)]


def test_images_take_their_port_from_the_variable() -> None:
    image = (DEPLOY / "server.Dockerfile").read_text(encoding="utf-8")
    port = re.search(r"EARWITNESS_PORT=(\d+)", image)
    assert port is not None
    assert f"EXPOSE {port[1]}\n" in image
    for path in DEPLOY.rglob("*.*"):
        assert "--port" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("name", ["keys", "models", "plain"])
def test_data_folder_may_be_named_like_a_command(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["--data", name, "keys", "add", "ann"]) == 0
    assert capsys.readouterr().out.startswith("ew_")
    assert command.main(["--data", name, "keys", "list"]) == 0
    assert " ann " in capsys.readouterr().out
    assert (tmp_path / name / "earwitness.sqlite").is_file()


def test_error_prints_one_sentence_and_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--data", str(tmp_path), "keys", "add", "ann", "--scopes", "fly"]) == 2
    assert capsys.readouterr().err == (
        "earwitness: Unknown scope: fly. Use transcribe, read, write, operate.\n"
    )
