"""The files of a run: which ones are meant, and how results are written beside them."""

from __future__ import annotations

import glob
import itertools
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from earwitness.errors import StorageError


def expanded(given: Sequence[str]) -> list[Path]:
    """Return the files that names and patterns mean, each once; `**` stands for any folders.

    A name that is no file, or a pattern that no file matches, is returned as it is.
    """
    found: dict[Path, None] = {}
    for text in given:
        if not glob.has_magic(text) or os.path.lexists(text):
            found[Path(text)] = None
            continue
        matches = sorted(each for each in glob.iglob(text, recursive=True) if os.path.isfile(each))
        found.update((Path(each), None) for each in matches or [text])
    return list(found)


def write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write a file that is new, under its name or a numbered one; return its path.

    The file is written beside its place and renamed when it is complete. No other file changes.

    Raises:
        StorageError: the folder cannot be written to.
    """
    partial = folder / f".{name}.{secrets.token_hex(4)}.partial"
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return _renamed(partial, folder, name)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{name} could not be written to {folder}.",
            hint=f"{error.strerror or error}. Free space, or name another folder with --to.",
        ) from error


def _renamed(partial: Path, folder: Path, name: str) -> Path:
    for target in _numbered(folder, name):
        try:
            # Reserves the name: a rename alone would replace the file of somebody else.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            continue
        try:
            return partial.replace(target)
        except OSError:
            target.unlink()
            raise
    raise AssertionError("the numbers never end")


def _numbered(folder: Path, name: str) -> Iterator[Path]:
    """Yield the path of the name, then `name (2)`, `name (3)` …."""
    path = folder / name
    yield path
    for number in itertools.count(2):
        yield path.with_stem(f"{path.stem} ({number})")
