"""Where things are. Everything the build makes stays inside the project's folder."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
"""Downloads; safe to delete, they are fetched again."""
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
BUILD = ROOT / "build"
"""Intermediate results and the stamps that let unchanged steps be skipped."""
DIST = ROOT / "dist"
"""The page, ready for any static host."""
PACKAGES = BUILD / "package"
"""What `build.py package` leaves."""

VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = VENV_BIN / ("python.exe" if os.name == "nt" else "python")
