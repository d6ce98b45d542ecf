"""`build.py release`: version, changelog section, commit and tag."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tooling.changelog import Section, released, sections
from tooling.say import BuildError

ROOT = Path(__file__).resolve().parents[3]
CHANGELOG = """# Changelog

## [Unreleased]

### Fixed

- A thing.

## [0.1.0] - 2026-11-30

### Added

- All of it.
"""


def test_sections_are_read_in_order() -> None:
    assert sections(CHANGELOG) == [
        Section("Unreleased", "", "### Fixed\n\n- A thing."),
        Section("0.1.0", "2026-11-30", "### Added\n\n- All of it."),
    ]


def test_unreleased_changes_become_the_new_version() -> None:
    changelog = released(CHANGELOG, "0.2.0", date(2026, 12, 1))
    assert sections(changelog) == [
        Section("Unreleased", "", ""),
        Section("0.2.0", "2026-12-01", "### Fixed\n\n- A thing."),
        sections(CHANGELOG)[1],
    ]
    with pytest.raises(BuildError, match="missing or empty"):
        released(changelog, "0.3.0", date(2026, 12, 1))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the tools, a version and a changelog, where nothing is built."""
    shutil.copytree(ROOT / "tooling", tmp_path / "tooling")
    shutil.copy(ROOT / "build.py", tmp_path)
    version = tmp_path / "py" / "earwitness" / "__init__.py"
    version.parent.mkdir(parents=True)
    version.write_text('"""Speech to text."""\n\n__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "A maintainer")
    git(tmp_path, "config", "user.email", "maintainer@example.org")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def git(clone: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def release(clone: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, clone / "build.py", "release", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_release_is_one_commit_with_a_tag(clone: Path) -> None:
    status, said = release(clone, "0.2.0")
    assert status == 0, said
    assert git(clone, "tag") == "v0.2.0"
    assert git(clone, "log", "-1", "--format=%s", "v0.2.0") == "Release 0.2.0"
    assert git(clone, "status", "--porcelain") == ""
    changed = git(clone, "diff", "--name-only", "HEAD~1").splitlines()
    assert changed == ["CHANGELOG.md", "py/earwitness/__init__.py"]
    assert '__version__ = "0.2.0"' in (clone / "py" / "earwitness" / "__init__.py").read_text()
    assert sections((clone / "CHANGELOG.md").read_text())[1].text == "### Fixed\n\n- A thing."


def test_dry_run_changes_nothing(clone: Path) -> None:
    status, said = release(clone, "0.2.0", "--dry-run")
    assert status == 0, said
    assert "- A thing." in said
    assert git(clone, "tag") == ""
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "rev-list", "--count", "HEAD") == "1"


@pytest.mark.parametrize(
    ("version", "why"),
    [("0.1.0", "not later"), ("0.0.9", "not later"), ("v1", "not a version")],
)
def test_version_that_is_not_later_is_rejected(clone: Path, version: str, why: str) -> None:
    status, said = release(clone, version)
    assert status == 1
    assert why in said
    assert git(clone, "tag") == ""


def test_work_tree_with_changes_is_rejected(clone: Path) -> None:
    (clone / "new.txt").write_text("")
    status, said = release(clone, "0.2.0")
    assert status == 1
    assert "new.txt" in said
    assert git(clone, "tag") == ""


def test_version_with_an_existing_tag_is_rejected(clone: Path) -> None:
    git(clone, "tag", "v0.2.0")
    status, said = release(clone, "0.2.0")
    assert status == 1
    assert "the tag v0.2.0 exists" in said
