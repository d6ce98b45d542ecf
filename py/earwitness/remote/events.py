"""Server-sent events, parsed while their text arrives (WHATWG HTML, 9.2)."""

from __future__ import annotations

from dataclasses import dataclass


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
        self._name = ""
        self._id = ""
        self._data: list[str] = []

    def read(self, text: str) -> list[ServerEvent]:
        """Return the events that end in this part of the text."""
        self._rest += text
        *lines, self._rest = self._rest.split("\n")
        found = [self._line(line.removesuffix("\r")) for line in lines]
        return [event for event in found if event is not None]

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            return self._end()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None

    def _end(self) -> ServerEvent | None:
        event = None
        if self._data:
            event = ServerEvent(self._name or "message", "\n".join(self._data), self._id)
        self._name, self._id, self._data = "", "", []
        return event
