"""`build.py contract`: types, constants and documents from the Python classes."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
from earwitness import engine_messages, messages
from earwitness.errors import EarwitnessError, ErrorView
from earwitness.messages import Settings, TranscribeOptions, TranscriptSummary

from tooling.contract.__main__ import COMMAND, ENGINE, PAGE, ROOT, generated, main
from tooling.contract.typescript import Writer

FILES = {path.name: text for path, text in generated(ROOT).items()}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project that has only its generated files."""
    for path in generated(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def message_classes(module: object) -> list[type]:
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and isinstance(getattr(value, "type", None), str)
        and not name.startswith("_")
    ]


def interface(file: str, name: str) -> str:
    found = re.search(rf"^export interface {name} \{{\n(.*?)^\}}", FILES[file], re.M | re.S)
    assert found, f"{file} does not declare {name}"
    return found[1]


@pytest.mark.parametrize(
    ("module", "file"),
    [(messages, "messages.d.ts"), (engine_messages, "engine-messages.d.ts")],
    ids=["page", "engine"],
)
def test_every_message_is_declared_with_type_and_fields(module: object, file: str) -> None:
    kinds: list[Any] = message_classes(module)
    assert len(kinds) > 10
    for kind in kinds:
        body = interface(file, kind.__name__)
        assert f"  type: '{kind.type}';\n" in body
        for field in dataclasses.fields(kind):
            assert re.search(rf"^  {field.name}\??: ", body, re.M), f"{kind.__name__}.{field.name}"


def test_fields_with_defaults_are_optional_in_requests_only() -> None:
    search = interface("messages.d.ts", "Search")
    assert "  query: string;\n" in search
    assert "  limit?: number;\n" in search
    assert "  where?: 'device' | 'server';\n" in search
    assert "  indexing: boolean;\n" in interface("messages.d.ts", "SearchResult")


def test_conversation_maps_every_request_to_its_reply() -> None:
    requests = get_args(messages.Request)
    conversation = interface("messages.d.ts", "Conversation")
    for kind in requests:
        assert kind.reply in get_args(messages.Reply), kind.__name__
        line = f"  '{kind.type}': {{ request: {kind.__name__}; reply: {kind.reply.__name__} }};\n"
        assert line in conversation
    assert conversation.count("\n") == len(requests)
    tagged = {kind for kind in message_classes(messages) if hasattr(kind, "reply")}
    assert tagged == set(requests)


def test_docstrings_become_comments() -> None:
    assert (
        "/** Move a queued job to the front of the queue. */\nexport interface Prioritise"
        in (FILES["messages.d.ts"])
    )
    field = "  /** How far into the recording every word is saved. */\n  position_s: number;\n"
    assert field in interface("messages.d.ts", "JobView")


def test_constants_contain_every_language_of_whisper() -> None:
    block = FILES["constants.js"].split("export const LANGUAGES = [")[1].split("]")[0]
    codes = re.findall(r"'(\w+)'", block)
    assert len(codes) == 100
    assert "yue" in codes


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DEFAULT_SETTINGS", Settings),
        ("DEFAULT_OPTIONS", TranscribeOptions),
        ("NEW_SUMMARY", TranscriptSummary),
    ],
)
def test_default_values_have_every_field(name: str, kind: type) -> None:
    block = FILES["constants.js"].split(f"export const {name} = ")[1].split("\n};")[0]
    found = re.findall(r"^  (\w+): ", block, re.M)
    assert found == [field.name for field in dataclasses.fields(kind)]


def test_error_kinds_contain_every_error_class() -> None:
    kinds = FILES["messages.d.ts"].split("export type ErrorKind =")[1]
    for kind in (EarwitnessError, *EarwitnessError.__subclasses__()):
        if kind.__module__ == "earwitness.errors":
            assert f"'{kind.__name__}'" in kinds
    assert "'CorrectionsError'" in kinds


def test_undeclared_type_raises_type_error() -> None:
    writer = Writer([PAGE, ENGINE])
    assert writer.type_of(tuple[str | None, ...]) == "(string | null)[]"
    with pytest.raises(TypeError, match="no type in TypeScript"):
        writer.type_of(EarwitnessError)
    with pytest.raises(TypeError, match="no type in TypeScript"):
        Writer([ENGINE]).type_of(ErrorView)


def test_committed_files_are_up_to_date(copy: Path) -> None:
    assert main(copy, ["--check"]) == 0


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("web/generated/messages.d.ts", "query: string", "query: number"),
        ("web/generated/engine-messages.d.ts", "'finished'", "'ended'"),
        ("web/generated/platform.d.ts", "'delete-prefix'", "'delete-all'"),
        ("web/generated/constants.js", "NAME_MAX = 300", "NAME_MAX = 400"),
        ("docs/messages.md", "`get-status`", "`status`"),
    ],
)
def test_difference_fails_and_names_the_command_to_run(
    copy: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str
) -> None:
    before = (copy / name).read_text(encoding="utf-8")
    assert old in before
    changed = before.replace(old, new)
    (copy / name).write_text(changed, encoding="utf-8")
    assert main(copy, ["--check"]) == 1
    said = capsys.readouterr().out
    assert name in said
    assert COMMAND in said
    assert (copy / name).read_text(encoding="utf-8") == changed
    assert main(copy, []) == 0
    assert (copy / name).read_text(encoding="utf-8") == before


def test_missing_file_fails_and_is_written(copy: Path) -> None:
    gone = copy / "web" / "generated" / "constants.js"
    gone.unlink()
    assert main(copy, ["--check"]) == 1
    assert main(copy, []) == 0
    assert gone.read_text(encoding="utf-8") == FILES["constants.js"]


def test_document_without_its_table_raises_value_error(copy: Path) -> None:
    document = copy / "docs" / "messages.md"
    document.write_text("# Messages\n", encoding="utf-8")
    with pytest.raises(ValueError, match="needs one block"):
        main(copy, ["--check"])
