"""A watched folder: which recordings in it are new and complete, and what became of the others."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.domain.records import iso
from earwitness.errors import BadRequestError, ErrorView, StorageError
from earwitness.serialization import to_plain

HISTORY = ".earwitness-history.jsonl"
"""In the watched folder: one line for each recording that was transcribed, or failed."""
SETTLE_S = 5.0
"""A file that has not changed for this long is complete."""
ENDINGS = (
    "3g2", "3gp", "aac", "ac3", "aif", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf",
    "dss", "dts", "dv", "eac3", "flac", "flv", "g722", "gsm", "m2ts", "m4a", "m4b", "m4v", "mka",
    "mkv", "mlp", "mov", "mp2", "mp3", "mp4", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogv",
    "opus", "rm", "rmvb", "tak", "thd", "ts", "tta", "voc", "w64", "wav", "webm", "wma", "wmv",
    "wtv", "wv",
)  # fmt: skip
"""Extensions of recordings."""
Version = tuple[int, int]
"""Bytes of a file, and its time of change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class _Seen:
    version: Version
    since_s: float


class Watch:
    """Finds the recordings of a folder and of the folders in it. Links are never followed."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the history of the folder.

        Raises:
            BadRequestError: it is no folder.
            StorageError: the history is no plain file, or cannot be read and written.
        """
        if not folder.is_dir():
            raise BadRequestError(f"{folder} is not a folder.", hint="Name one with --watch.")
        self.folder = folder.resolve()
        self._clock = clock
        self._history = self.folder / HISTORY
        self._seen: dict[Path, _Seen] = {}
        self._finished = self._read_history()

    def ready(self) -> list[Path]:
        """Return recordings that are complete and not in the history, oldest change first."""
        now_s = self._clock()
        seen: dict[Path, _Seen] = {}
        ready: list[tuple[int, Path]] = []
        for path, version in self._recordings():
            before = self._seen.get(path)
            since_s = before.since_s if before and before.version == version else now_s
            seen[path] = _Seen(version, since_s)
            is_stable = now_s - since_s >= SETTLE_S and version[0] > 0
            if is_stable and self._finished.get(self._name(path)) != version:
                ready.append((version[1], path))
        self._seen = seen
        return [path for _, path in sorted(ready)]

    def is_inside(self, path: Path) -> bool:
        """Return whether a path still leads to a file of the folder itself, over no link."""
        return path.resolve() == path and path.is_file()

    def record(self, path: Path, written: Sequence[Path], error: ErrorView | None) -> None:
        """Add a recording to the history: it is not ready again until it changes.

        Raises:
            StorageError: the history cannot be written.
        """
        version = self._seen[path].version
        row: dict[str, Any] = {
            "at": iso(time.time()),
            "file": self._name(path),
            "bytes": version[0],
            "changed_ns": version[1],
            "state": "failed" if error else "done",
            "written": [str(each) for each in written],
        }
        if error:
            row["error"] = to_plain(error)
        self._append(f"{json.dumps(row)}\n".encode())
        self._finished[self._name(path)] = version

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _recordings(self) -> Iterator[tuple[Path, Version]]:
        folders = [self.folder]
        while folders:
            # A folder or a file may be gone by now, or not be readable.
            with suppress(OSError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False) and _ending(entry.name) in ENDINGS:
                        with suppress(OSError):
                            stat = entry.stat(follow_symlinks=False)
                            yield Path(entry.path), (stat.st_size, stat.st_mtime_ns)

    def _read_history(self) -> dict[str, Version]:
        """Return the version of each recording that is done with; damaged lines do not count."""
        self._append(b"")
        content = self._history.read_bytes()
        if content and not content.endswith(b"\n"):
            self._append(b"\n")  # The last line was cut off.
        finished: dict[str, Version] = {}
        for line in content.splitlines():
            with suppress(ValueError, LookupError, TypeError):
                row = json.loads(line)
                finished[str(row["file"])] = (int(row["bytes"]), int(row["changed_ns"]))
        return finished

    def _append(self, line: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            with os.fdopen(os.open(self._history, flags, 0o600), "ab") as file:
                file.write(line)
        except OSError as error:
            raise StorageError(
                f"The history {self._history} cannot be written.",
                hint=f"{error.strerror or error}. Make the folder writable, or watch another.",
            ) from error


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()
