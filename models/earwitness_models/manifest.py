"""Reads and writes `manifest.json`, schema 1, which describes an exported model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .catalogue import WhisperSource
from .fetch import sha256_of
from .precision import Precision
from .sources import Model, ModelFiles
from .states import handed_on, loop_states
from .tokens import SpecialTokens

SCHEMA = 1
NAME = "manifest.json"


def list_files(folder: Path) -> list[dict[str, Any]]:
    """Return path, size and SHA-256 of every file below `folder` except the manifest."""
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME
    ]


def revision(files: list[dict[str, Any]]) -> str:
    """Return a short hash of the files' paths and contents."""
    lines = "".join(f"{file['sha256']} {file['path']}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def describe_whisper(
    source: WhisperSource,
    model: Model,
    files: ModelFiles,
    precision: Precision,
    tokens: SpecialTokens,
) -> dict[str, Any]:
    """Return a Whisper manifest without the list of files."""
    weights = model.weights
    return {
        "schema": SCHEMA,
        "id": source.id,
        "title": source.title,
        "layout": "earwitness-2",
        "multilingual": source.multilingual,
        "precision": precision.describe,
        "dims": {
            "layers": len(weights.decoder_layers),
            "heads": weights.heads,
            "head_dim": weights.head_dim,
            "d_model": weights.d_model,
            "vocab": weights.vocabulary,
            "mels": weights.mels,
            "max_source_frames": int(weights.encoder_positions.shape[0]),
            "max_target": int(weights.decoder_positions.shape[0]),
        },
        "tokens": tokens.as_json(),
        "suppress_tokens": model.suppress_tokens,
        "begin_suppress_tokens": model.begin_suppress_tokens,
        "alignment_heads": [list(head) for head in model.alignment_heads],
        "states": [
            state.as_json() for state in handed_on(loop_states(weights, model.alignment_heads))
        ],
        "margin_s": source.margin_s,
        "sure": source.sure,
        "source": files.record,
        "licence": source.licence,
    }


def write(folder: Path, description: dict[str, Any], fingerprint: str) -> dict[str, Any]:
    """Write `manifest.json` for the files that are now in `folder`; returns its content."""
    files = list_files(folder)
    manifest = description | {
        "files": files,
        "revision": revision(files),
        "fingerprint": fingerprint,
    }
    (folder / NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def fits(folder: Path, fingerprint: str) -> bool:
    """Whether `folder` has a complete export of these inputs. Sizes are checked, hashes are not."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return manifest["fingerprint"] == fingerprint and all(
            (folder / file["path"]).stat().st_size == file["bytes"] for file in manifest["files"]
        )
    except (OSError, ValueError, KeyError):
        return False
