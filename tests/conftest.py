"""Fixtures every test may use: the corpus each clone has, and the wider one where it is present."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.variables import forget_server_settings

if TYPE_CHECKING:
    from tests.support.postgresql import PostgresqlCluster

# No test judges a time: the machine may be busy. The same examples in every run: a suite that
# passed does not fail by chance. `EARWITNESS_EXPLORE=1` draws new ones.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("EARWITNESS_EXPLORE") else "suite")

ROOT = Path(__file__).resolve().parent.parent
# Before any test starts a server, in this process or another.
forget_server_settings()
# Before any test loads ONNX Runtime, which would report to its maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# Before any test loads CTranslate2: its threads would spin while they wait for each other, which
# takes four times as long where other processes compute as well.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


@dataclass(frozen=True)
class Clip:
    """A recording of real speech."""

    id: str
    path: Path
    language: str
    duration_s: float
    text: str | None


def corpus() -> dict[str, Clip]:
    """The clips in `tests/corpus`, by name."""
    folder = ROOT / "tests" / "corpus"
    rows = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Clip(
            row["id"], folder / row["file"], row["language"], row["duration_s"], row["text"]
        )
        for row in rows
    }


def shared_folder() -> Path | None:
    """The folder with wider corpora, where this machine has one."""
    named = os.environ.get("EARWITNESS_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "speech" / "manifest.jsonl").is_file() else None


@pytest.fixture(scope="session")
def clips() -> dict[str, Clip]:
    """Speech that every clone has."""
    return corpus()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The wider corpora; the test is skipped where they are absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("needs the wider corpora: set EARWITNESS_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def server_models() -> Path:
    """The folder of the server's models: tiny.en, base and the voice detector."""
    from tests.support.server_models import installed_models

    return installed_models()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlCluster]:
    """PostgreSQL, started once; the test is skipped where its programs are missing."""
    from tests.support.postgresql import PostgresqlCluster

    cluster = PostgresqlCluster()
    yield cluster
    cluster.close()
