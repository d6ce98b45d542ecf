"""The project's source files as text: of the work tree or of a revision."""

from __future__ import annotations

import io
import subprocess
import tarfile

from tooling.paths import ROOT
from tooling.say import BuildError
from tooling.steps import files_below

Sources = dict[str, str]
"""Path inside the project -> text."""

FOLDERS: tuple[str, ...] = ("py", "server", "web")
ENDINGS = (".py", ".pyi", ".js", ".mjs", ".ts", ".css", ".html")


def work_tree() -> Sources:
    """The files of `FOLDERS` as they are now."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in files_below(ROOT / folder for folder in FOLDERS)
        if path.suffix in ENDINGS
    }


def revision(name: str) -> Sources:
    """The files of `FOLDERS` in a commit.

    Raises:
        BuildError: git does not know the revision.
    """
    with tarfile.open(fileobj=io.BytesIO(_git("archive", name, "--", *FOLDERS))) as archive:
        files = [each for each in archive if each.isfile() and each.name.endswith(ENDINGS)]
        return {each.name: _text(archive, each) for each in files}


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode() if file else ""


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip()
        raise BuildError(f"git {arguments[0]}", why, "Name a commit, a tag or a branch.")
    return done.stdout
