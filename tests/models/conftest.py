"""Exports made once for all tests, from the pinned packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from earwitness_models.catalogue import whisper
from earwitness_models.export import export_whisper
from earwitness_models.precision import PRECISIONS
from earwitness_models.sources import ModelFiles, SourceOptions, find

from tests.models.native import Exported, Reference

ROOT = Path(__file__).resolve().parents[2]
SOURCES = SourceOptions(ROOT / ".cache" / "weights", order=("package",))


@pytest.fixture(scope="session")
def export() -> Callable[[str, str], Path]:
    """Exports a model at a precision; a folder that fits is used again, also between runs."""

    def make(model: str, precision: str) -> Path:
        out = ROOT / "build" / "test-models" / precision
        return export_whisper(whisper(model), out, PRECISIONS[precision], SOURCES)

    return make


@pytest.fixture(scope="session")
def published() -> Callable[[str], ModelFiles]:
    """A model's files as published."""

    def get(model: str) -> ModelFiles:
        return find(whisper(model), SOURCES)

    return get


@pytest.fixture(scope="session", params=["tiny.en", "base"])
def exact(request: pytest.FixtureRequest, export: Callable[[str, str], Path]) -> Exported:
    """Each model in full precision."""
    return Exported(export(request.param, "fp32"))


@pytest.fixture(scope="session")
def tiny(export: Callable[[str, str], Path]) -> Exported:
    """The smallest model in full precision."""
    return Exported(export("tiny.en", "fp32"))


@pytest.fixture(scope="session")
def reference(exact: Exported, published: Callable[[str], ModelFiles]) -> Reference:
    """CTranslate2 on the same weights as `exact`."""
    return Reference(published(exact.manifest["id"]).folder)
