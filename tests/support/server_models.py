"""The server's models from the pinned packages, kept between runs."""

from __future__ import annotations

from pathlib import Path

from earwitness_server.inference.install import install

from tests.support.files import exclusive

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "server-models"


def installed_models() -> Path:
    """The folder with tiny.en, base, the voice detector and the speaker models."""
    with exclusive(FOLDER):
        install(["tiny.en", "base", "speakers"], FOLDER, ROOT / ".cache" / "weights")
    return FOLDER
