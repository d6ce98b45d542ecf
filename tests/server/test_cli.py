"""The command line: one parser, and options without a command mean `serve`."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from earwitness.messages import ExportOptions, TranscribeOptions
from earwitness_server.cli import main as command
from earwitness_server.cli import options
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


def test_every_option_of_a_file_is_an_argument_of_export() -> None:
    parser = argparse.ArgumentParser()
    options.add_export(parser)
    given = vars(parser.parse_args(["talk.json"])).keys() | {"speakers"}
    assert {field.name for field in dataclasses.fields(ExportOptions)} <= given
    plain = options.export_options(parser.parse_args(["talk.json"], _command("export")))
    assert plain == ExportOptions()


def test_every_option_of_a_job_is_an_argument_of_transcribe() -> None:
    parser = argparse.ArgumentParser()
    options.add_transcribe(parser)
    parsed = parser.parse_args(["talk.wav"])
    expected = {field.name for field in dataclasses.fields(TranscribeOptions)} - {"where"}
    assert expected <= vars(parsed).keys()
    assert options.transcribe_options(parsed) == TranscribeOptions()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], False), (["--speakers"], True), (["--people", "2"], 2), (["--people", "3-5"], (3, 5))],
)
def test_speakers_are_asked_for_with_and_without_a_number(
    arguments: list[str], expected: object
) -> None:
    parser = argparse.ArgumentParser()
    options.add_transcribe(parser)
    parsed = parser.parse_args(["talk.wav", *arguments], _command("transcribe"))
    assert options.transcribe_options(parsed).speakers == expected
    assert options.export_options(parsed).speakers is (True if arguments else None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["transcribe", "talk.wav", "--key", "ew_1"],
        ["transcribe", "talk.wav", "--columns", "-1"],
        ["transcribe", "talk.wav", "--stdout", "--json"],
        ["search", "word", "--limit", "501"],
        ["export"],
    ],
)
def test_invalid_arguments_exit_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["transcribe"], "No file is named"),
        (["transcribe", "talk.wav", "--watch", "."], "no effect"),
        (["transcribe", "--watch", ".", "--stdout"], "no effect"),
        (["transcribe", "talk.wav", "--server", "x.example", "--models", "m"], "no effect"),
        (["transcribe", "talk.wav", "--server", "https://x.example/v1"], "OpenAI's API"),
        (["transcribe", "talk.wav", "--stdout", "--to", "out"], "no effect"),
        (["transcribe", "talk.wav", "--people", "many"], "is no number"),
    ],
)
def test_arguments_without_effect_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert command.main(arguments) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def _command(name: str) -> argparse.Namespace:
    return argparse.Namespace(command=name)
