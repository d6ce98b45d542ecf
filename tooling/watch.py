"""Which files have changed since the last look."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tooling.steps import IGNORED_ENDINGS, IGNORED_FOLDERS


class Watch:
    """Looks at names, sizes and times of all files below some folders.

    Looking again takes a few milliseconds, and unlike the system's own notifications it works
    everywhere in the same way.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._seen = dict(self._look())

    def changed(self) -> set[Path]:
        """Files that are new, gone or written again since the last call."""
        before, self._seen = self._seen, dict(self._look())
        return {Path(path) for path, _ in before.items() ^ self._seen.items()}

    def _look(self) -> Iterator[tuple[str, tuple[int, int]]]:
        waiting: list[str | Path] = [*self._folders]
        while waiting:
            # Files and folders may be gone by now: an editor's, or those of another branch.
            with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir():
                        if entry.name not in IGNORED_FOLDERS:
                            waiting.append(entry.path)
                    elif not entry.name.endswith(IGNORED_ENDINGS):
                        with suppress(FileNotFoundError):
                            stat = entry.stat()
                            yield entry.path, (stat.st_mtime_ns, stat.st_size)
