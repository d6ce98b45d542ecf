"""Where a server keeps things in these tests, and how to take that away from it."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest


class Places(Protocol):
    """A database and a store of audio that can be taken away."""

    environment: dict[str, str]
    parts: tuple[str, ...]
    """What can be away while the rest is there."""

    def away(self, pids: Sequence[int], part: str) -> None:
        """From now on every write of these processes to this part fails."""
        ...

    def back(self, pids: Sequence[int], part: str) -> None:
        """All is well again."""
        ...


class FullDisk:
    """SQLite and a folder, on a disk that can be full: no file of the process may grow."""

    parts = ("disk",)

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def away(self, pids: Sequence[int], part: str) -> None:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def back(self, pids: Sequence[int], part: str) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


class Door(socketserver.ThreadingTCPServer):
    """A port that leads to another one while it is open; closed, it drops every connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.open = True
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Passage)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close_door(self) -> None:
        self.open = False
        for each in list(self._connections):
            with_errors_ignored(each.shutdown, socket.SHUT_RDWR)

    def pass_through(self, client: socket.socket) -> None:
        if not self.open:
            return
        with socket.create_connection(("127.0.0.1", self.target_port)) as target:
            self._connections |= {client, target}
            back = threading.Thread(target=_pump, args=(target, client), daemon=True)
            back.start()
            _pump(client, target)
            back.join()
            self._connections -= {client, target}


class _Passage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        door: Any = self.server
        with_errors_ignored(door.pass_through, self.request)


def _pump(source: socket.socket, target: socket.socket) -> None:
    def pump() -> None:
        while data := source.recv(1 << 16):
            target.sendall(data)

    with_errors_ignored(pump)
    # Also after a reset: a killed server's half would otherwise keep its transaction's locks.
    with_errors_ignored(target.shutdown, socket.SHUT_RDWR)


def with_errors_ignored(action: Any, *arguments: Any) -> None:
    try:
        action(*arguments)
    except OSError:
        return


class Fleet:
    """PostgreSQL and an S3-compatible store, each behind a door."""

    parts = ("database", "store")

    def __init__(self, folder: Path) -> None:
        moto = pytest.importorskip("moto.server", reason="requirements/test.txt has it")
        self._postgres = Postgres(folder / "postgres")
        self._s3: Any = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._s3.start()
        s3_port = self._s3.get_host_and_port()[1]
        self._doors = {"database": Door(self._postgres.port), "store": Door(s3_port)}
        self._make_bucket(s3_port)
        database, store = (self._doors[part].port for part in self.parts)
        self.environment = {
            "EARWITNESS_DATABASE_URL": (
                f"postgresql+psycopg://earwitness@127.0.0.1:{database}/postgres"
            ),
            "EARWITNESS_OBJECTS": "s3://earwitness/audio",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{store}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def _make_bucket(self, port: int) -> None:
        import urllib.request

        request = urllib.request.Request(f"http://127.0.0.1:{port}/earwitness", method="PUT")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def away(self, pids: Sequence[int], part: str) -> None:
        self._doors[part].close_door()

    def back(self, pids: Sequence[int], part: str) -> None:
        self._doors[part].open = True

    def restart_database(self) -> None:
        """As after a crash: whoever is connected is thrown out, what was committed is there."""
        self._postgres.restart()

    def empty(self) -> None:
        """Forget every table, for the next test; whoever still holds one is sent away."""
        self._postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        self._postgres.run("DROP SCHEMA IF EXISTS dbos CASCADE; DROP SCHEMA public CASCADE; "
                           "CREATE SCHEMA public")  # fmt: skip

    def stop(self) -> None:
        for door in self._doors.values():
            door.shutdown()
            door.server_close()
        self._s3.stop()
        self._postgres.stop()


class Postgres:
    """A cluster of its own, from the system's package."""

    def __init__(self, folder: Path) -> None:
        self._bin = postgres_programs()
        if self._bin is None:
            pytest.skip("needs PostgreSQL's programs (Debian: apt-get install postgresql)")
        self._user = "postgres" if os.geteuid() == 0 else None
        self.port = free_port()
        # Not below the test's folder, which another user may not enter.
        self._data = Path("/tmp") / f"earwitness-postgres-{self.port}"
        self._data.mkdir()
        if self._user:
            shutil.chown(self._data, self._user)
        self._program("initdb", "-D", self._data, "-A", "trust", "-U", "earwitness", "--no-sync")
        self._start()

    @property
    def address(self) -> str:
        """As `EARWITNESS_DATABASE_URL` has it."""
        return f"postgresql+psycopg://earwitness@127.0.0.1:{self.port}/postgres"

    def run(self, sql: str) -> None:
        self._program("psql", "-h", self._data, "-p", self.port, "-U", "earwitness",
                      "-d", "postgres", "-q", "-c", sql)  # fmt: skip

    def restart(self) -> None:
        self._program("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        self._start()

    def _start(self) -> None:
        options = f"-p {self.port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self._data / "log.txt"
        self._program("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._program("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._data, ignore_errors=True)

    def _program(self, name: str, *arguments: object) -> None:
        assert self._bin is not None
        command = [str(self._bin / name), *map(str, arguments)]
        done = subprocess.run(
            command,
            user=self._user,
            cwd="/tmp",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    if os.geteuid() == 0 and "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        return None
    return found[-1].parent if found else Path(named).parent if named else None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
