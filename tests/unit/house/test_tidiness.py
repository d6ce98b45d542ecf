"""Habits that a reader relies on: no addresses in locks, documents that keep up."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from earwitness import __version__, engine_messages, messages

from tooling.changelog import KINDS, UNRELEASED, sections

ROOT = Path(__file__).resolve().parents[3]


def tracked(*patterns: str) -> list[Path]:
    """Files git knows."""
    command = ["git", "ls-files", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


def test_lock_files_hold_hashes_and_no_address() -> None:
    for path in [*tracked("requirements/*.txt"), ROOT / "package-lock.json"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://", text), f"{path.name} holds an address"
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = [name for name in lock["packages"] if name]
    assert packages
    assert all("integrity" in lock["packages"][name] for name in packages)


@pytest.mark.parametrize("module", [messages, engine_messages], ids=lambda m: m.__name__)
def test_every_message_is_documented(module: object) -> None:
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    kinds = [getattr(value, "type", None) for value in vars(module).values()]
    for kind in {k for k in kinds if isinstance(k, str)}:
        assert f"`{kind}`" in text, f"docs/messages.md does not describe {kind}"


def test_the_changelog_and_the_version_agree() -> None:
    unreleased, latest, *older = sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert unreleased.name == UNRELEASED
    assert latest.name == __version__
    assert all(section.date for section in (latest, *older))


def test_the_changelog_keeps_to_its_kinds_of_change() -> None:
    for section in sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"^#+ (.*)$", section.text, re.MULTILINE)) <= set(KINDS)


def test_links_between_documents_lead_somewhere() -> None:
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name} links to {target}"
