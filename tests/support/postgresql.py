"""PostgreSQL for tests: one cluster, with a database of its own for each that asks."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.support.ports import ReservedPort
from tests.support.waiting import LIMIT_S


class PostgresqlCluster:
    """A cluster from the system's package; the test is skipped where that is missing."""

    def __init__(self) -> None:
        programs = _programs()
        if programs is None:
            pytest.skip("needs PostgreSQL's programs (Debian: apt-get install postgresql)")
        self._programs = programs
        self._user = "postgres" if os.geteuid() == 0 else None
        self._numbers = itertools.count(1)
        self._port = ReservedPort()
        # Not below pytest's folder, which another user may not enter.
        self._data = Path(tempfile.mkdtemp(prefix="earwitness-postgresql-"))
        if self._user:
            shutil.chown(self._data, self._user)
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "earwitness", "--no-sync")
        self._start()

    @property
    def port(self) -> int:
        """Where it listens, on this machine only."""
        return self._port.number

    def url(self, database: str, port: int | None = None) -> str:
        """The address of a database as `EARWITNESS_DATABASE_URL` has it."""
        return f"postgresql+psycopg://earwitness@127.0.0.1:{port or self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement as the cluster's owner, outside any transaction."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="earwitness", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """The name of an empty database, dropped at the end with everybody who still uses it."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def restart(self) -> None:
        """As after a crash: connections break, and what was committed is there."""
        self._stop()
        self._start()

    def close(self) -> None:
        """Stop the cluster and delete its files."""
        self._stop()
        shutil.rmtree(self._data, ignore_errors=True)
        self._port.close()

    def _start(self) -> None:
        options = f"-p {self.port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self._data / "log.txt"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-w", "start")

    def _stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def _run(self, name: str, *arguments: object) -> None:
        done = subprocess.run(
            [str(self._programs / name), *map(str, arguments)],
            user=self._user,
            cwd=self._data,
            env={**os.environ, "PGCTLTIMEOUT": str(round(LIMIT_S))},
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        assert done.returncode == 0, done.stderr


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl."""
    if os.geteuid() == 0 and "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None
