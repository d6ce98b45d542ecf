"""Server-sent events, parsed while their text arrives (WHATWG HTML, 9.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK_LINE = re.compile(r"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; `id` is empty where the server sent none with it."""

    name: str
    data: str
    id: str = ""


class EventReader:
    """Parses a stream whose text arrives in parts of any length."""

    def __init__(self) -> None:
        self._rest = ""

    def read(self, text: str) -> list[ServerEvent]:
        """Return the events that end in this part of the text."""
        *blocks, self._rest = _BLANK_LINE.split(self._rest + text)
        return [event for block in blocks if (event := _event(block)) is not None]


def _event(block: str) -> ServerEvent | None:
    """Return the event of these lines; None where they have no data."""
    fields: dict[str, list[str]] = {}
    for line in block.split("\n"):
        name, _, value = line.removesuffix("\r").partition(":")
        fields.setdefault(name, []).append(value.removeprefix(" "))
    if "data" not in fields:
        return None
    name, id_ = (fields.get(key, [""])[-1] for key in ("event", "id"))
    return ServerEvent(name or "message", "\n".join(fields["data"]), id_)
