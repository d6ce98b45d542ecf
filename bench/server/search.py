"""Search in a large library: the time to build the index, and the time of a query."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import sqlalchemy as sa
from earwitness.domain.documents import Document
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record
from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.search.find import Query
from earwitness.serialization import to_json
from earwitness.transcript import Segment
from earwitness_server.search.index_sync import Search
from earwitness_server.search.local import LocalSearch
from earwitness_server.search.shared import SharedSearch
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.tables import changes, jobs, transcripts, windows

from bench.server.process import percentile
from tests.support.postgresql import PostgresqlCluster

WORDS = 60
"""Words in each transcript."""
VOCABULARY = 20_000
QUERIES = 200


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the times of an index from nothing and of queries, for each database here."""
    small = Database(f"sqlite:///{folder / 'library.sqlite'}")
    result = {"transcripts": arguments.transcripts}
    result |= _measure("SQLite", small, LocalSearch(small, Queue(small), folder), arguments)
    try:
        cluster = PostgresqlCluster()
    except pytest.skip.Exception:
        return result  # PostgreSQL is not installed here.
    try:
        large = Database(cluster.url("postgres"))
        return result | _measure("PostgreSQL", large, SharedSearch(large, Queue(large)), arguments)
    finally:
        cluster.close()


def _measure(
    name: str, database: Database, index: Search, arguments: argparse.Namespace
) -> dict[str, Any]:
    chance = random.Random(7)
    words = _vocabulary(chance)
    database.migrate()
    _fill(database, arguments.transcripts, words, chance)
    began = time.perf_counter()
    index.follow()
    indexed_s = time.perf_counter() - began
    times_ms: list[float] = []
    for _ in range(QUERIES):
        text = " ".join(_pick(words, chance) for _ in range(chance.randint(1, 3)))
        began = time.perf_counter()
        index.find("local", Query(text))
        times_ms.append((time.perf_counter() - began) * 1000)
    index.close()
    database.close()
    return {
        f"{name}: index built from nothing, s": round(indexed_s),
        f"{name}: query median, ms": round(median(times_ms), 1),
        f"{name}: query p95, ms": round(percentile(times_ms, 0.95), 1),
        f"{name}: slowest query, ms": round(max(times_ms), 1),
    }


def _vocabulary(chance: random.Random) -> list[str]:
    letters = "abcdefghijklmnoprstuvz"
    return ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(VOCABULARY)]


def _pick(words: list[str], chance: random.Random) -> str:
    """A random word: common words are drawn often, rare words seldom, as in speech."""
    return words[int(len(words) ** chance.random()) - 1]


def _fill(database: Database, count: int, words: list[str], chance: random.Random) -> None:
    for first in range(0, count, 2000):
        rows: dict[sa.Table, list[dict[str, Any]]] = {
            transcripts: [], jobs: [], windows: [], changes: [],
        }  # fmt: skip
        for number in range(first, min(first + 2000, count)):
            _add(rows, number, " ".join(_pick(words, chance) for _ in range(WORDS)))
        with database.write() as connection:
            for table, values in rows.items():
                connection.execute(sa.insert(table), values)


def _add(rows: dict[sa.Table, list[dict[str, Any]]], number: int, text: str) -> None:
    id_ = f"t{number:07d}"
    stamp = f"2026-01-01T00:00:00.{number:07d}Z"
    record = Record(id_, f"recording {number}", stamp, "base", word_count=WORDS)
    job = Job(id_, TranscribeOptions(), number, state="done", resume=ResumePoint(1, 1))
    row = WindowRow(0, 0, 0.0, 30.0, (Segment(0.0, 30.0, text),))
    rows[transcripts].append(
        {"id": id_, "owner": "local", "shared": False, "hidden": False, "created_at": stamp,
         "expires_s": None, "audio_bytes": 0, "audio_kept": False, "keep_audio": False,
         "record": to_json(record), "document": to_json(Document(id_))}
    )  # fmt: skip
    rows[jobs].append(
        {"transcript_id": id_, "owner": "local", "state": "done", "attempt": 1,
         "created_s": float(number), "changed_s": float(number), "idempotency_key": None,
         "request_hash": "", "compute_s": 1.0, "value": to_json(job)}
    )  # fmt: skip
    rows[windows].append({"transcript_id": id_, "run": 1, "window": 0, "value": to_json(row)})
    rows[changes].append({"number": number + 1, "transcript_id": id_})
