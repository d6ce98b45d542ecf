"""Files that live as long as a request; those of a crashed process are deleted later."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

STALE_S = 86_400.0
"""A folder this old belongs to a process that crashed."""


class TemporaryFiles:
    """A folder of this process; folders that crashed processes left a day ago are deleted."""

    def __init__(self, data: Path) -> None:
        parent = data / "temporary"
        parent.mkdir(parents=True, exist_ok=True)
        for each in parent.iterdir():
            if each.stat().st_mtime < time.time() - STALE_S:
                shutil.rmtree(each, ignore_errors=True)
        self.folder = parent / secrets.token_hex(8)
        self.folder.mkdir(mode=0o700)

    def path(self) -> Path:
        """Return a path that nothing else uses."""
        return self.folder / secrets.token_hex(12)

    def close(self) -> None:
        """Delete the folder with its files."""
        shutil.rmtree(self.folder, ignore_errors=True)
