"""What can go wrong between a published weight file and our graphs."""

from __future__ import annotations

from pathlib import Path


class ModelError(Exception):
    """Root of every error this package raises on purpose."""


class WeightFormatError(ModelError, ValueError):
    """A weight file is not what its name says, or is cut short."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{path.name} cannot be read as Whisper weights: {problem}. "
            "Delete it and fetch it again, or choose another source."
        )


class ChecksumError(ModelError, ValueError):
    """A fetched file differs from the pinned one."""

    def __init__(self, name: str, expected: str, found: str) -> None:
        super().__init__(
            f"{name} has SHA-256 {found[:16]}…, pinned is {expected[:16]}…. "
            "The download was damaged or the package changed: delete the file and try again."
        )


class SourceError(ModelError, OSError):
    """No configured source could deliver a model's weights."""

    def __init__(self, model: str, problems: list[str]) -> None:
        super().__init__(
            f"The weights of {model} could not be fetched ({'; '.join(problems)}). "
            "Check the connection, or name a folder that holds them with --folder."
        )


class UnknownModelError(ModelError, KeyError):
    """A model id that the catalogue does not hold."""

    def __init__(self, model: str, known: list[str]) -> None:
        self.message = f"There is no model called {model!r}; known are {', '.join(known)}."
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message
