"""Files of indexes: who holds one, and how nothing of a deleted transcript stays in it.

FTS5 deletes a line by noting that it is gone; the words stand where they stood until the parts of
the list are merged. So after a deletion all of it is merged, words that no line has any more go
from the spellings, and SQLite's log of writes is emptied. (FTS5's own `secure-delete` is of SQLite
3.42, and would be paid for at every batch of a transcript that grows; this works with all.)
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from earwitness.search.index import SearchIndex

PROCESSES = 32
"""Processes of one data folder that keep an index file; further ones keep it in memory."""
STEP_PAGES = 500
"""Of the inverted list, merged at once."""


def scrub(index: SearchIndex) -> Iterator[None]:
    """Wipe out what is left of transcripts that were taken out, a step at a time.

    `unclean` has a row for each; those that come meanwhile stay for the next time.
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
    """Make one part of all the parts of a list, as FTS5's manual says: below zero to begin, then
    on until next to nothing changes."""
    pages = -STEP_PAGES
    while True:
        before = db.total_changes
        with db:
            db.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608 (a name of ours)
        if pages > 0 and db.total_changes - before < 2:
            return
        pages = STEP_PAGES
        yield


def hold(folder: Path) -> tuple[IO[bytes] | None, str]:
    """The first index file that no other process here holds, with its lock; else memory."""
    for path in _places(folder):
        held = _lock(path)
        if held is not None:
            return held, str(path)
    return None, ":memory:"


def discard_unheld(folder: Path) -> None:
    """Delete index files that nobody holds: they would keep what is deleted meanwhile."""
    for path in _places(folder):
        held = _lock(path) if path.exists() else None
        if held is not None:
            with held:
                discard(str(path))


def discard(path: str) -> None:
    """Delete an index file and what SQLite keeps beside it."""
    if path != ":memory:":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(path + suffix).unlink(missing_ok=True)


def _places(folder: Path) -> Iterator[Path]:
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
