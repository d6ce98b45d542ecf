"""Index files: who holds one, and how deleted transcripts are erased from it.

FTS5 deletes a line by noting that it is gone; the words stay on disk until the parts of the
inverted list are merged. So after a deletion all parts are merged, words without a line are deleted
from the spellings, and SQLite's write-ahead log is truncated. FTS5's own `secure-delete` needs
SQLite 3.42 and would cost time at every batch of a growing transcript.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from earwitness.search.index import SearchIndex

PROCESSES = 32
"""Processes of one data folder that have an index file; further ones index in memory."""
STEP_PAGES = 500
"""Pages of the inverted list that are merged at once."""


def purge(index: SearchIndex) -> Iterator[None]:
    """Erase the remains of deleted transcripts, a step at a time.

    The table `unclean` has a row for each; rows that are added meanwhile wait for the next time.
    """
    db = index.db
    last = db.execute("SELECT max(rowid) FROM unclean").fetchone()[0]
    yield from _merge(db, "words")
    with db:
        lost = "WHERE term NOT IN (SELECT term FROM vocabulary)"
        for name in ("spellings", "spelled"):
            db.execute(f"DELETE FROM {name} {lost}")  # noqa: S608 (names of ours)
    yield
    yield from _merge(db, "spellings")
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
    if not busy:
        with db:
            db.execute("DELETE FROM unclean WHERE rowid <= ?", (last,))


def _merge(db: sqlite3.Connection, name: str) -> Iterator[None]:
    """Merge all parts of a list into one.

    As FTS5's manual says: a negative number begins, then it is repeated until nothing changes.
    """
    pages = -STEP_PAGES
    while True:
        before = db.total_changes
        with db:
            db.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608 (a name of ours)
        if pages > 0 and db.total_changes - before < 2:
            return
        pages = STEP_PAGES
        yield


def acquire_file(folder: Path) -> tuple[IO[bytes] | None, str]:
    """Return the lock and path of the first free index file; memory if there is none."""
    for path in _paths(folder):
        held = _lock(path)
        if held is not None:
            return held, str(path)
    return None, ":memory:"


def delete_unused(folder: Path) -> None:
    """Delete index files that no process holds: they would keep deleted transcripts."""
    for path in _paths(folder):
        held = _lock(path) if path.exists() else None
        if held is not None:
            with held:
                delete_file(str(path))


def delete_file(path: str) -> None:
    """Delete an index file and SQLite's files beside it."""
    if path != ":memory:":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(path + suffix).unlink(missing_ok=True)


def _paths(folder: Path) -> Iterator[Path]:
    for number in range(PROCESSES):
        yield folder / f"search-{number}.sqlite"


def _lock(path: Path) -> IO[bytes] | None:
    held = path.with_suffix(".lock").open("wb")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        return None
    return held
