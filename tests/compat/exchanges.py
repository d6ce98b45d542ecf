"""What was recorded between page and server: read, compared by shape, sent again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.compat.origin import CORPUS

LAST = ("done", "failed", "cancelled")
"""States after which a server ends a stream of events."""


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    name: str
    mark: str
    data: Any


def events(text: str) -> list[Event]:
    """The whole events in a stream's text."""
    found: list[Event] = []
    for block in text.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if "data" in fields:
            data = json.loads(fields["data"])
            found.append(Event(fields["event"], fields.get("id", ""), data))
    return found


def over(told: Iterable[Event]) -> bool:
    """The server has nothing more to tell."""
    last = list(told)[-1:]
    return any(each.name == "gone" or each.data.get("state") in LAST for each in last)


def words_told(told: Iterable[Event]) -> bool:
    """Words have come, and after them where the job stands."""
    names = [each.name for each in told]
    return "segments" in names and "job" in names[names.index("segments") :]


def is_stream(exchange: dict[str, Any]) -> bool:
    """The answer is a stream of events."""
    return isinstance(exchange.get("answer"), list)


def told_before(exchange: dict[str, Any], begun: int) -> list[Event]:
    """The events that a stream had told when so many exchanges had begun."""
    return events("".join(text for after, text in exchange["answer"] if after <= begun))


def sent(exchange: dict[str, Any], edge: str = "edge") -> tuple[bytes, str]:
    """The body of a request as bytes, and its content type."""
    body, kind = exchange["body"], exchange["headers"].get("content-type", "")
    if body is None:
        return b"", kind
    if "json" in body:
        return json.dumps(body["json"]).encode(), kind
    if "audio" in body:
        return recording(body["audio"]), kind
    parts: list[bytes] = []
    for name, value in body["form"]:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, str):
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
        else:
            head += f'; filename="{value["filename"]}"\r\nContent-Type: application/octet-stream'
            parts.append(f"{head}\r\n\r\n".encode() + recording(value) + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def recording(named: dict[str, Any]) -> bytes:
    """The bytes of audio that a fixture names."""
    if "text" in named:
        return str(named["text"]).encode()
    return (CORPUS / named["corpus"]).read_bytes()[named["start"] : named["end"]]


def address(path: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """A path, and its query in no order."""
    parts = urlsplit(path)
    return parts.path, frozenset(parse_qsl(parts.query, keep_blank_values=True))


def assert_same_shape(found: Any, recorded: Any, where: str = "") -> None:
    """The same fields with the same kinds of values.

    The page of 0.1.0 refuses a message with a field that it does not know.
    """
    if found is None or recorded is None:
        return
    if isinstance(recorded, dict):
        assert isinstance(found, dict), where
        assert sorted(found) == sorted(recorded), where
        for name in recorded:
            assert_same_shape(found[name], recorded[name], f"{where}.{name}")
    elif isinstance(recorded, list):
        assert isinstance(found, list), where
        for each in found if recorded else ():
            assert_same_shape(each, recorded[0], f"{where}[]")
    elif isinstance(recorded, bool | str):
        assert type(found) is type(recorded), where
    else:
        assert isinstance(found, int | float), where
