"""The server's models from the pinned packages, kept between runs."""

from __future__ import annotations

import fcntl
from pathlib import Path

from earwitness_server.inference.install import install

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "server-models"


def installed_models() -> Path:
    """The folder with tiny.en, base and the voice detector. Processes install one after another."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER.parent / "server-models.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(["tiny.en", "base"], FOLDER, ROOT / ".cache" / "weights")
    return FOLDER
