"""Files that live as long as a request, and are gone after a crash as well."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

STALE_S = 86_400.0


class TemporaryFiles:
    """A folder of this process; what crashed processes left behind a day ago is deleted."""

    def __init__(self, data: Path) -> None:
        parent = data / "temporary"
        parent.mkdir(parents=True, exist_ok=True)
        for each in parent.iterdir():
            if each.stat().st_mtime < time.time() - STALE_S:
                shutil.rmtree(each, ignore_errors=True)
        self.folder = parent / secrets.token_hex(8)
        self.folder.mkdir(mode=0o700)

    def file(self) -> Path:
        """A path that nothing else uses."""
        return self.folder / secrets.token_hex(12)

    def close(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
