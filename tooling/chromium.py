"""Finds a Chromium or Chrome for the browser tests; installs Debian's when it may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tooling.say import BuildError, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def ensure_chromium() -> str:
    """Path of a Chromium-family browser: `EARWITNESS_CHROMIUM`, or any found, or Debian's.

    Raises:
        BuildError: there is none and it cannot be installed from here.
    """
    chosen = os.environ.get("EARWITNESS_CHROMIUM")
    if chosen:
        return chosen
    found = _find()
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        say("No Chromium or Chrome found; installing the distribution's chromium")
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        subprocess.run(install, capture_output=True, check=False)
        found = _find()
    if found is None:
        raise BuildError(
            "finding a browser for the tests",
            "neither Chromium nor Chrome is installed.",
            "Run: sudo apt-get install chromium   (Ubuntu: install Google Chrome, or "
            "sudo snap install chromium), or set EARWITNESS_CHROMIUM to a browser's path.",
        )
    return found


def _find() -> str | None:
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return str(MAC) if MAC.exists() else None
