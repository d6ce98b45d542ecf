"""`models`: fetch models ahead of time."""

from __future__ import annotations

import argparse
from pathlib import Path

from earwitness_server.inference.install import install
from earwitness_server.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Install the models, and print where they are.

    Raises:
        ModelError: there is no such model, or a download failed.
    """
    folder: Path = arguments.into or settings.models
    names: list[str] = arguments.names or [settings.default_model]
    install(names, folder, arguments.cache)
    print(f"{', '.join(names)} in {folder}")
