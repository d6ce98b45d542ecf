"""What the commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

from tqdm import tqdm

_BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left"
_TIME = "{desc} {elapsed}"


def printable(text: str) -> str:
    """Return the text without characters that could control the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def note(text: str) -> None:
    """Print a message for the user."""
    tqdm.write(f"earwitness: {printable(text)}", file=sys.stderr)


def result(text: str) -> None:
    """Print a line of the result."""
    print(printable(text), flush=True)


def json_line(value: Any) -> None:
    """Print a value as one line of JSON; characters outside of ASCII are escaped."""
    print(json.dumps(value), flush=True)


def content(data: bytes) -> None:
    """Write a file's bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


class Progress:
    """A progress bar on standard error; nothing where that is not a terminal."""

    def __init__(self, name: str) -> None:
        self._name = printable(name)
        self._bar: Any = tqdm(
            file=sys.stderr, leave=False, disable=not sys.stderr.isatty(), bar_format=_TIME
        )

    def show(self, what: str, done: float = 0.0, total: float = 0.0) -> None:
        """Show what is being done, and how much of it; a total of 0: that is unknown."""
        bar = self._bar
        if bar.disable:
            return
        wanted = _BAR if total > 0 else _TIME
        if bar.bar_format != wanted or done < bar.n or bar.total != (total or None):
            bar.bar_format = wanted
            bar.reset(total or None)
        bar.n = min(done, total) if total > 0 else 0
        bar.set_description_str(f"{self._name}: {what}", refresh=False)
        bar.refresh()

    def close(self) -> None:
        """Take the bar off the screen."""
        self._bar.close()
