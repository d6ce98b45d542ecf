"""The page's library of today and a server of 0.1.0, whose answers were recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.conversation import Network, kept, live, named
from tests.compat.recorded_server import RecordedServer
from tests.compat.support import LibraryThread, assert_holds, load

EXPECTED = load("conversation/expected.json")


@pytest.fixture
def server() -> Iterator[RecordedServer]:
    """The server of 0.1.0, as it answered."""
    recorded = RecordedServer(load("conversation/exchanges.json"))
    yield recorded
    recorded.close()


@pytest.fixture
def library(server: RecordedServer) -> Iterator[LibraryThread]:
    """The library of a page that came from that server."""
    opened = LibraryThread(server.origin)
    yield opened
    opened.close()


def test_the_old_servers_answers_become_the_same_commits(
    server: RecordedServer, library: LibraryThread
) -> None:
    # Connections break where they broke when the answers were recorded.
    network = Network(lambda: None, lambda: None, server.answered)
    replies = named(live(library.ask, network, server.origin, EXPECTED["key"]), server.origin)
    assert server.wrong == []
    assert server.left == []
    # The kind of this error is a name in the client alone; nothing depends on it.
    EXPECTED["replies"]["failed"].pop("type", "")
    assert_holds(replies, EXPECTED["replies"], "replies")
    stores = kept(library.stores(), server.origin)
    for table, rows in stores.items():
        assert sorted(rows) == sorted(EXPECTED[table])
        assert_holds(rows, EXPECTED[table], table)
