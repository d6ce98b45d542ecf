"""Where servers keep their data in tests, and how to take that away from them."""

from __future__ import annotations

import itertools
import resource
import socket
import socketserver
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import pytest

from tests.support.postgresql import PostgresqlCluster
from tests.support.waiting import LIMIT_S


class Storage(Protocol):
    """A database and a store of audio that a test can take away."""

    environment: dict[str, str]

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be away while the rest is there."""
        ...

    def take_away(self, pids: Sequence[int], part: str) -> None:
        """Let every write of these processes to this part fail from now on."""
        ...

    def give_back(self, pids: Sequence[int], part: str) -> None:
        """End the outage."""
        ...


class FilledDisk:
    """SQLite and a folder, on a disk that can be full: no file of the process may grow."""

    parts = ("disk",)

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def take_away(self, pids: Sequence[int], part: str) -> None:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def give_back(self, pids: Sequence[int], part: str) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


class ObjectStore:
    """An S3-compatible store in this process, with a bucket of its own for each that asks."""

    def __init__(self) -> None:
        moto = pytest.importorskip("moto.server", reason="requirements/test.txt has it")
        self._server: Any = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self._numbers = itertools.count(1)
        self.port = int(self._server.get_host_and_port()[1])

    def make_bucket(self) -> str:
        """The name of a new bucket."""
        name = f"earwitness-{next(self._numbers)}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{name}", method="PUT")
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            assert answer.status == 200
        return name

    def close(self) -> None:
        """Stop the store."""
        self._server.stop()


class NetworkStorage:
    """PostgreSQL and an S3-compatible store, each behind a proxy that can be shut."""

    parts = ("database", "store")

    def __init__(self, cluster: PostgresqlCluster, database: str, store: ObjectStore) -> None:
        self._cluster = cluster
        self._proxies = {"database": TcpProxy(cluster.port), "store": TcpProxy(store.port)}
        self.environment = {
            "EARWITNESS_DATABASE_URL": cluster.url(database, self._proxies["database"].port),
            "EARWITNESS_OBJECTS": f"s3://{store.make_bucket()}/audio",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._proxies['store'].port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def take_away(self, pids: Sequence[int], part: str) -> None:
        self._proxies[part].shut()

    def give_back(self, pids: Sequence[int], part: str) -> None:
        self._proxies[part].open()

    def restart_database(self) -> None:
        """As after a crash: connections break, and what was committed is there."""
        self._cluster.restart()

    def close(self) -> None:
        """Close both proxies."""
        for proxy in self._proxies.values():
            proxy.close()


@contextmanager
def network_storage(cluster: PostgresqlCluster, store: ObjectStore) -> Iterator[NetworkStorage]:
    """Storage in an empty database and an empty bucket."""
    with cluster.database() as database:
        storage = NetworkStorage(cluster, database, store)
        try:
            yield storage
        finally:
            storage.close()


class TcpProxy(socketserver.ThreadingTCPServer):
    """A port that leads to another one; shut, it breaks every connection and takes no new one."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._is_open = True
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def shut(self) -> None:
        """Break every connection; take no new one."""
        self._is_open = False
        for each in list(self._connections):
            _without_errors(each.shutdown, socket.SHUT_RDWR)

    def open(self) -> None:
        """Take connections again."""
        self._is_open = True

    def close(self) -> None:
        """End the proxy for good."""
        self.shut()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def pass_through(self, client: socket.socket) -> None:
        """Copy bytes in both directions until one side closes."""
        with socket.create_connection(("127.0.0.1", self._target_port)) as target:
            pair = {client, target}
            self._connections.update(pair)
            try:
                # Looked at after the pair is in the set, where `shut` finds it.
                if self._is_open:
                    back = threading.Thread(target=_copy, args=(target, client), daemon=True)
                    back.start()
                    _copy(client, target)
                    back.join()
            finally:
                self._connections.difference_update(pair)


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        proxy: Any = self.server
        _without_errors(proxy.pass_through, self.request)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    # Also after a reset: a killed server's half would otherwise keep its transaction's locks.
    _without_errors(target.shutdown, socket.SHUT_RDWR)


def _without_errors(action: Callable[..., None], *arguments: Any) -> None:
    with suppress(OSError):
        action(*arguments)
