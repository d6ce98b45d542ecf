"""Errors of fetching, reading and exporting models."""

from __future__ import annotations

from pathlib import Path


class ModelError(Exception):
    """Base class of the errors of this package."""


class WeightFormatError(ModelError, ValueError):
    """A weight file has another format or is truncated."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{path.name} cannot be read as weights: {problem}. "
            "Delete the file and run the same command again, or choose another source."
        )


class ChecksumError(ModelError, ValueError):
    """A downloaded file does not have its pinned SHA-256."""

    def __init__(self, name: str, expected: str, found: str) -> None:
        super().__init__(
            f"{name} has the SHA-256 {found[:16]}… instead of {expected[:16]}…: the download is "
            "damaged, or the package has changed. Run the same command again."
        )


class SourceError(ModelError, OSError):
    """None of the sources has a model's weights."""

    def __init__(self, model: str, problems: list[str]) -> None:
        super().__init__(
            f"The weights of {model} could not be fetched ({'; '.join(problems)}). "
            "Check the connection, or name a folder that contains the weights with --folder."
        )


class UnknownModelError(ModelError, KeyError):
    """The catalogue has no model with this id."""

    def __init__(self, model: str, known: list[str]) -> None:
        self.message = f"Unknown model: {model}. Use one of {', '.join(known)}."
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message
