"""Paths of the built page, the corpora, the weights and the measurements' own files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from earwitness_models.catalogue import whisper
from earwitness_models.sources import SourceOptions, find

ROOT = Path(__file__).resolve().parent.parent
DIST = Path(os.environ.get("EARWITNESS_DIST") or ROOT / "dist")
"""The built page to measure. `EARWITNESS_DIST` names another build."""
MODELS = ROOT / "build" / "models"
WORK = ROOT / "build" / "bench"
"""Transcripts, synthetic recordings, browser profiles. Safe to delete."""
CORPUS = ROOT / "tests" / "corpus"
NODE_MODULES = ROOT / "node_modules"


def shared_folder() -> Path | None:
    """Return the folder of the larger corpora, None if it is not here.

    `EARWITNESS_SHARED` names the folder; otherwise it is `shared/` beside the checkout.
    """
    named = os.environ.get("EARWITNESS_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "speech" / "manifest.jsonl").is_file() else None


def weights_folder(model: str) -> Path:
    """Return the folder of a model's published CTranslate2 files; missing files are fetched.

    Raises:
        earwitness_models.errors.SourceError: no source has them.
    """
    return find(whisper(model), SourceOptions(ROOT / ".cache" / "weights")).folder


def fingerprint(parts: Iterable[Path | str]) -> str:
    """Return a short hash of texts and of the contents of files and folders."""
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
    """Return a hash of the built page's file names, which contain hashes of the files."""
    names = [
        path.relative_to(DIST).as_posix()
        for folder in ("assets", "python", "vendor", "models")
        for path in sorted((DIST / folder).rglob("*"))
    ]
    return fingerprint(["\n".join(names)])
