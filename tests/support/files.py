"""Reading folders in which other processes create and delete files at the same time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path) -> list[Path]:
    """Files at any depth, sorted. Folders that disappear meanwhile are left out."""
    found = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    return sorted(found)


def sizes_below(folder: Path) -> list[int]:
    """Sizes in bytes of the files at any depth; one that is deleted meanwhile is left out."""
    sizes: list[int] = []
    for path in files_below(folder):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return sizes


def contents_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Files at any depth with their bytes; one that is deleted meanwhile is left out."""
    for path in files_below(folder):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        yield path, content


def lines_of(path: Path) -> list[str]:
    """The complete lines of a file that a process may be writing; none before it is created."""
    try:
        return path.read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return []
