"""The stock peer's model files: the layout that any Whisper of the model hub has."""

from __future__ import annotations

from pathlib import Path

from bench.places import ROOT

FOLDER = ROOT / "build" / "bench" / "hub"


def stock_models(model: str) -> Path:
    """The folder that holds `<model>/onnx/…`, exported when it is missing."""
    raise NotImplementedError(model)
