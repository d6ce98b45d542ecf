"""What the page and a server say to each other: a story that any version of the page can live.

Nothing here imports the product. The library is reached by its messages, given as plain data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.compat.origin import CORPUS

PATIENCE_S = 300.0
SERVER = "http://server.example"
"""Stands in fixtures for the origin of the server."""
CLIPS = {
    "whole": "en-instructions.flac",
    "paused": "en-instructions.flac",
    "cancelled": "en-connection.flac",
    "failed": "shopping.mp3",
    "in-one-go": "en-connection.flac",
}
"""Id of a recording -> the file that is given for it."""
FOREIGN = "en-echotest.wav"
"""What somebody else has sent to the server before."""
# The scripted engine of the tests refuses it by its first word, a real one by all of it.
NO_RECORDING = b"bad eggs, milk\n" * 40


def content(name: str) -> bytes:
    """A file that the page is given."""
    path = CORPUS / name
    return path.read_bytes() if path.is_file() else NO_RECORDING


class Ask(Protocol):
    """Sends a message to the library; its reply as plain data.

    Raises:
        RefusedError: the library answered with an error.
    """

    def __call__(self, type_: str, file: bytes | None = None, **fields: Any) -> Any: ...


class RefusedError(Exception):
    """An error that the library answered with; its kind stands first."""


@dataclass(frozen=True)
class Network:
    """What lies between the page and the server."""

    cut_upload: Callable[[], None]
    """Lose the connection in the middle of the next piece of an upload."""
    cut_stream: Callable[[], None]
    """Lose the connection after the next stream of events has told the first words."""
    answered: Callable[[str], bool]
    """Whether a request whose address ends so has its answer."""


def live(ask: Ask, network: Network, server: str, key: str) -> dict[str, Any]:
    """Everything the page ever says to a server; what the library replied on the way."""
    replies: dict[str, Any] = {}
    settings = {**ask("get-status")["settings"], "where": "server", "server_key": key}
    wrong = f"{key[:12]}wrong"

    def add(id_: str, **options: Any) -> None:
        given = {"where": "server", **options}
        ask("add-file", content(CLIPS[id_]), name=CLIPS[id_], options=given, transcript_id=id_)

    ask("change-settings", settings={**settings, "server_key": wrong})
    replies["wrong key"] = refusal(ask, "check-server")
    ask("change-settings", settings=settings)
    replies["check"] = ask("check-server")

    network.cut_upload()
    network.cut_stream()
    add("whole", language="en", prompt="Asterisk")
    wait(ask, "whole", "done")
    replies["hits"] = ask("search", query="pound", where="server")["hits"]
    foreign = next(hit for hit in replies["hits"] if hit["server"])
    replies["copied"] = ask("copy-transcript", transcript_id=foreign["transcript_id"])["id"]

    add("paused")
    until(lambda: job(ask, "paused")["position_s"] > 0)
    ask("pause", transcript_id="paused")
    replies["paused"] = job(ask, "paused")["state"]
    # The server is told behind the scenes: resumed before that, the job would be stopped after all.
    until(lambda: network.answered("/cancel"))
    ask("resume", transcript_id="paused")
    wait(ask, "paused", "done")

    add("cancelled")
    wait(ask, "cancelled", "transcribing")
    ask("cancel", transcript_id="cancelled")
    replies["cancelled"] = job(ask, "cancelled")["state"]

    add("failed")
    wait(ask, "failed", "failed")
    replies["failed"] = job(ask, "failed")["error"]
    ask("remove", transcript_ids=["failed"])
    ask("empty-bin")

    ask("change-settings", settings={**settings, "server_url": f"{server}/v1"})
    replies["check /v1"] = ask("check-server")
    add("in-one-go", language="en")
    wait(ask, "in-one-go", "done")
    return replies


def refusal(ask: Ask, type_: str) -> str:
    """What the library says when it refuses."""
    try:
        ask(type_)
    except RefusedError as error:
        return str(error)
    raise AssertionError(f"{type_} was not refused")


def job(ask: Ask, id_: str) -> dict[str, Any]:
    """What is happening to a recording."""
    listed = ask("list-transcripts", limit=1000)["transcripts"]
    return next(each["job"] for each in listed if each["id"] == id_)


def wait(ask: Ask, id_: str, state: str) -> None:
    """Wait until a recording's job is in a state."""
    until(lambda: job(ask, id_)["state"] == state)


def until(check: Callable[[], bool]) -> None:
    """Ask again and again until it is true."""
    end = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def kept(stores: dict[str, dict[str, Any]], server: str) -> dict[str, dict[str, Any]]:
    """What the library wrote down, without what is another at every run."""
    tables = ("transcripts", "jobs", "documents", "windows")
    return {table: named(stores.get(table, {}), server) for table in tables}


def named(value: Any, server: str) -> Any:
    """Plain data with the server's name for its origin, without what is another at every run."""
    if isinstance(value, dict):
        return {k: named(v, server) for k, v in value.items() if k not in PASSING}
    if isinstance(value, list):
        return [named(each, server) for each in value]
    return value.replace(server, SERVER) if isinstance(value, str) else value


PASSING = ("created_at", "media_type", "order", "edited_at")
"""Fields that differ from run to run."""
