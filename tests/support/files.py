"""Folders in which other processes create and delete files at the same time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Let no other process of the tests write into a folder, which is created where missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
