"""Lock files, changelog, links and documented messages."""

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
    """Return the tracked files that match."""
    command = ["git", "ls-files", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


def test_lock_files_have_hashes_and_no_url() -> None:
    for path in [*tracked("requirements/*.txt"), ROOT / "package-lock.json"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://", text), f"{path.name} has a URL"
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = [name for name in lock["packages"] if name]
    assert packages
    assert all("integrity" in lock["packages"][name] for name in packages)


@pytest.mark.parametrize("module", [messages, engine_messages], ids=lambda m: m.__name__)
def test_every_message_is_documented(module: object) -> None:
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    public = [value for name, value in vars(module).items() if not name.startswith("_")]
    kinds = [getattr(value, "type", None) for value in public]
    for kind in {k for k in kinds if isinstance(k, str)}:
        assert f"`{kind}`" in text, f"docs/messages.md does not describe {kind}"


def test_changelog_starts_with_the_current_version() -> None:
    unreleased, latest, *older = sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert unreleased.name == UNRELEASED
    assert latest.name == __version__
    assert all(section.date for section in (latest, *older))


def test_changelog_uses_known_kinds_of_change() -> None:
    for section in sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"^#+ (.*)$", section.text, re.MULTILINE)) <= set(KINDS)


def test_links_between_documents_are_valid() -> None:
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name} links to {target}"
