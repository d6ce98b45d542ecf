"""Where things are: the built page, the corpora, the weights, and what a run leaves behind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from earwitness_models.catalogue import whisper
from earwitness_models.sources import Places, find

ROOT = Path(__file__).resolve().parent.parent
DIST = Path(os.environ.get("EARWITNESS_DIST") or ROOT / "dist")
"""The page that is measured; the variable names another build of it."""
MODELS = ROOT / "build" / "models"
WORK = ROOT / "build" / "bench"
"""Results, made recordings, browser profiles. Safe to delete."""
CORPUS = ROOT / "tests" / "corpus"
NODE_MODULES = ROOT / "node_modules"


def shared_folder() -> Path | None:
    """The folder of the wider corpora: `EARWITNESS_SHARED`, or `shared/` beside the checkout."""
    named = os.environ.get("EARWITNESS_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "speech" / "manifest.jsonl").is_file() else None


def weights_folder(model: str) -> Path:
    """The published CTranslate2 files of a model, fetched when they are missing.

    Raises:
        earwitness_models.errors.SourceError: no source has them.
    """
    return find(whisper(model), Places(ROOT / ".cache" / "weights")).folder


def chromium() -> str:
    """The browser that `build.py bench` found."""
    return os.environ.get("EARWITNESS_CHROMIUM") or "/usr/bin/chromium"


def fingerprint(parts: Iterable[Path | str]) -> str:
    """A short hash over texts and the contents of files and folders."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode())
            continue
        files = [part] if part.is_file() else sorted(part.rglob("*.py"))
        for file in files:
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def page_fingerprint() -> str:
    """Of the built page: its files are named by their content, models included."""
    names = [
        path.relative_to(DIST).as_posix()
        for folder in ("assets", "python", "vendor", "models")
        for path in sorted((DIST / folder).rglob("*"))
    ]
    return fingerprint(["\n".join(names)])
