"""A folder that looks like a built page."""

from __future__ import annotations

import gzip
from pathlib import Path

SCRIPT = "export const answer = 42;\n" * 200


def write_page(folder: Path) -> Path:
    """Write a few files of every kind that a build leaves; returns the folder."""
    files: dict[str, bytes] = {
        "index.html": b"<!doctype html><title>Earwitness</title>",
        "service-worker.js": b"self.addEventListener('fetch', () => {});",
        "assets/main-ABCD2345.js": SCRIPT.encode(),
        "assets/main-ABCD2345.js.gz": gzip.compress(SCRIPT.encode()),
        "assets/main-ABCD2345.js.br": b"pretend brotli",
        "assets/unnamed.js": SCRIPT.encode(),
        "assets/extension-worker-ABCD2345.js": SCRIPT.encode(),
        "wheels/0a1b2c3d4e5f/pysubs2.html": b"<!doctype html>",
        "vendor/ort-wasm.1.31.0.mjs": b"export {};",
        "vendor/ort-wasm.1.31.0.wasm": b"\0asm",
        "python/0a1b2c3d4e5f/packages.zip": b"PK",
        "models/catalogue.json": b"{}",
        "models/base-0a1b2c3d4e/decoder.onnx": bytes(range(256)) * 4,
        "manifest.webmanifest": b"{}",
        ".secret": b"no",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
