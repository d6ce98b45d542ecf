"""Output: progress on standard error; tables or one JSON object on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

_start_s = time.monotonic()


def say(text: str) -> None:
    """Print a line of progress on standard error."""
    print(f"[{time.monotonic() - _start_s:7.1f} s] {text}", file=sys.stderr, flush=True)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def publish(result: dict[str, Any], sections: Sequence[str], as_json: bool) -> None:
    """Print the result as one JSON object, or the sections of the report."""
    print(json.dumps(result, ensure_ascii=False) if as_json else "\n\n".join(sections), flush=True)
