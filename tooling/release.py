"""`build.py release X`: the version, its section in the changelog, a commit and a tag."""

from __future__ import annotations

import re
import subprocess
from datetime import date

from tooling.changelog import released, sections
from tooling.paths import ROOT
from tooling.pipeline import VERSION_FILE, version
from tooling.say import BuildError, say

CHANGELOG = ROOT / "CHANGELOG.md"
WHAT = "releasing"


def release(new: str, *, dry_run: bool = False) -> int:
    """Write version and changelog, commit and tag them; with `dry_run`, only print what would be.

    Raises:
        BuildError: the tree holds uncommitted changes, the version is no later one, its tag
            exists, or the changelog has nothing that is unreleased.
    """
    _check(new)
    changelog = released(CHANGELOG.read_text(encoding="utf-8"), new, date.today())
    section = next(each for each in sections(changelog) if each.name == new)
    say(f"Earwitness {version()} becomes {new}, {section.date}:\n\n{section.text}\n")
    if dry_run:
        say(f"Nothing was changed. Without --dry-run: a commit, and the tag v{new}")
        return 0
    CHANGELOG.write_text(changelog, encoding="utf-8")
    source = VERSION_FILE.read_text(encoding="utf-8")
    line = f'__version__ = "{version()}"'
    VERSION_FILE.write_text(source.replace(line, f'__version__ = "{new}"'), encoding="utf-8")
    _git("add", str(CHANGELOG), str(VERSION_FILE))
    _git("commit", "--quiet", "--message", f"Release {new}")
    _git("tag", "--annotate", f"v{new}", "--message", f"Earwitness {new}\n\n{section.text}")
    say(f"Committed and tagged. Publish with: git push --follow-tags origin v{new} HEAD")
    return 0


def _check(new: str) -> None:
    if not re.fullmatch(r"\d+\.\d+\.\d+", new):
        raise BuildError(WHAT, f"{new!r} is not a version.", "Name one such as 1.2.0.")
    if _numbers(new) <= _numbers(version()):
        raise BuildError(WHAT, f"{new} is not later than {version()}.", "Name a later version.")
    if changed := _git("status", "--porcelain"):
        why = f"these files are not committed:\n{changed}"
        raise BuildError(WHAT, why, "Commit or remove them.")
    if _git("tag", "--list", f"v{new}"):
        raise BuildError(WHAT, f"the tag v{new} exists.", "Name a later version.")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"git {arguments[0]}", done.stderr.strip(), "Correct it and try again.")
    return done.stdout.strip()
