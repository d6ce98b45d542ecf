"""Why a file is not decoded, in words that its sender can understand."""

from __future__ import annotations


class RefusedError(Exception):
    """The file cannot be decoded, for a reason that its sender can understand."""

    def __init__(self, error: str, hint: str, detail: str = "") -> None:
        super().__init__(error)
        self.line = {"error": error, "hint": hint, "detail": detail}


def too_long(longest_s: float) -> RefusedError:
    """Return the error for a recording beyond the limit."""
    return RefusedError(
        f"This recording is longer than the limit of {longest_s / 3600:g} hours.",
        "Cut it into shorter parts, or ask the operator to raise the limit.",
    )
