"""SQLite's FTS5 and PostgreSQL's full-text search return the same hits."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from earwitness.domain.edits import Wanted
from earwitness.domain.records import Record
from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.messages import Hit, TranscribeOptions
from earwitness.search import fts5
from earwitness.search.find import Query
from earwitness.search.normalize import FOLDING
from earwitness.serialization import to_json
from earwitness.speech.transcribe import Batch
from earwitness.transcript import Segment
from earwitness_server.search import index_sync as follow
from earwitness_server.search import postgres
from earwitness_server.search.index_sync import Search
from earwitness_server.search.local import LocalSearch
from earwitness_server.search.shared import SharedSearch
from earwitness_server.storage.database import Database
from earwitness_server.storage.library import Library
from earwitness_server.storage.queue import JobSpec, Queue

from tests.conftest import Clip
from tests.support.postgresql import PostgresqlCluster
from tests.support.waiting import wait_for

SENTENCES = {
    "Team_meeting-2024.mp3": ["Hello everyone, welcome to the budget meeting.", "The next quarter",
        "looks très good, naïve Müller said.", "We receive the draft. Don't panic: 3.5 percent!"],
    "東京.wav": ["東京都庁はAI技術を使う", "हिन्दी में बात करते हैं", "สวัสดีครับ ยินดีต้อนรับ",
               "안녕하세요 여러분"],
    "Budget 'quoted' \\ back.ogg": ["It's the budget, \\'; DROP TABLE lines; -- it said.",
        "budget budget budget", "A budget is a plan. The plan is a budget."],
    "Recording 3": ["Die Größe der Straße, über alles.", "The draft of the welcome speech."],
    "Žluťoučký kůň": ["Příliš žluťoučký kůň úpěl ďábelské ódy.", "и́мя ΣΊΣΥΦΟΣ İstanbul Łódź"],
    "Folded": ["Fuß und weiß, cœur, Ærø, ışık, Þórður.", "مُحَمَّد قال شكرًا لأحمد", "שָׁלוֹם לַמֶּלֶךְ"],
    "Long.wav": [" ".join(f"word{i}" for i in range(400)), "x" * 3000 + " end", "\0zero\0 here"],
}  # fmt: skip
QUERIES = [
    "budget",
    "budge",
    "budget meeting",
    "budget -draft",
    '"next quarter"',
    '"the next quarter looks"',
    "quarter looks",
    "tres",
    "muller",
    "grosse",
    "straße",
    "strasse",
    "東京",
    "都",
    "AI技術",
    "में",
    "สวัสดี",
    "안녕",
    "word39",
    "word399 word0",
    "recieve",
    "budgte",
    "quartr",
    "zluty",
    "žluťoučký kun",
    "xxxx",
    "zero",
    '"plan is"',
    '-"plan is" budget',
    "the",
    "t",
    "it's",
    "'",
    "\\",
    "a & b | !c:*",
    "quoted",
    '"welcome speech" budget',
    "welcome draft",
    "imya",
    "имя",
    "lodz",
    "sisyfos",
    "σίσυφος",
    "3.5",
    "panic percent",
    "",
    "   ",
    "-budget",
    "nothingofthekind",
    "weiss",
    "Fuss",
    "gross",
    "isik",
    "coeur",
    "aero",
    "thordur",
    "محمد",
    "شكرا",
    "احمد",
    "لاحمد",
    "שלום",
    "מלכ",
]


@dataclass
class SearchIndex:
    """A database with its search."""

    database: Database
    search: Search

    def __post_init__(self) -> None:
        self.queue, self.library = Queue(self.database), Library(self.database)

    def put(self, number: int, name: str, texts: list[str], owner: str = "ann") -> str:
        """A transcript that is done, with a sentence a segment."""
        id_ = f"t{number:05d}"
        spec = JobSpec(id_, owner, name, TranscribeOptions(), "", 0, "", "")
        self.queue.accept(spec)
        segments = tuple(Segment(i * 2.0, i * 2.0 + 2.0, text) for i, text in enumerate(texts))
        row = WindowRow(0, 0, 0.0, 30.0, segments)
        point = ResumePoint(1, 1, language="en" if number % 2 else "de")
        self.queue.commit(id_, Batch((row,), point, 30.0, 0.1, finished=True), 30.0)
        # Both databases would take the moment; the order of equals is part of what is compared.
        with self.database.write() as connection:
            stamp = f"2026-11-{number % 28 + 1:02d}T00:00:00Z"
            found = self.library.get(owner, id_).record
            connection.execute(
                sa.text("UPDATE transcripts SET created_at = :at, record = :record WHERE id = :id"),
                {"at": stamp, "id": id_, "record": _dated(found, stamp)},
            )
            self.database.changed(connection, id_)
        return id_

    def hits(self, text: str, owner: str = "ann", **more: Any) -> tuple[Hit, ...]:
        self.search.follow()
        return self.search.find(owner, Query(text, **more)).hits


def _dated(record: Record, stamp: str) -> str:
    return to_json(dataclasses.replace(record, created_at=stamp))


@pytest.fixture
def indexes(postgresql: PostgresqlCluster, tmp_path: Path) -> Iterator[list[SearchIndex]]:
    """SQLite's and PostgreSQL's, both empty."""
    with postgresql.database() as name:
        small = Database(f"sqlite:///{tmp_path / 'small.sqlite'}")
        large = Database(postgresql.url(name))
        for each in (small, large):
            each.migrate()
        indexes = [
            SearchIndex(small, LocalSearch(small, Queue(small), tmp_path)),
            SearchIndex(large, SharedSearch(large, Queue(large))),
        ]
        yield indexes
        for each in indexes:
            each.search.close()
            each.database.close()


def assert_same(indexes: list[SearchIndex], text: str, **more: Any) -> tuple[Hit, ...]:
    small, large = (index.hits(text, **more) for index in indexes)
    assert large == small, text
    return small


def test_both_databases_return_the_same_hits(
    indexes: list[SearchIndex], clips: dict[str, Clip]
) -> None:
    spoken = {name: (clip.text or "").split(". ") for name, clip in clips.items()}
    for index in indexes:
        for number, (name, texts) in enumerate([*SENTENCES.items(), *spoken.items()]):
            index.put(number, name, texts)
    words = sorted({word for texts in spoken.values() for text in texts for word in text.split()})
    chance = random.Random(7)
    some = [chance.choice(words) for _ in range(60)]
    asked = QUERIES + [word[: chance.randint(1, len(word))] for word in some]
    asked += [f"{chance.choice(words)} {word}" for word in some]
    asked += [word[:2] + word[3:] for word in some if len(word) > 5]
    asked += [
        f'"{" ".join(chance.choice(list(spoken.values()))[0].split()[:3])}"' for _ in range(20)
    ]
    found = [assert_same(indexes, text) for text in asked]
    assert sum(map(bool, found)) > len(found) / 2
    for text in QUERIES[:12]:
        assert_same(indexes, text, limit=2)
        assert_same(indexes, text, language="de")
        assert_same(indexes, text, transcript_id="t00000")


def test_changes_reach_both_indexes(indexes: list[SearchIndex]) -> None:
    for index in indexes:
        for number, (name, texts) in enumerate(SENTENCES.items()):
            index.put(number, name, texts)
        index.put(50, "Bob's budget", ["The budget of somebody else."], owner="bob")
        index.search.follow()
        index.library.edit("ann", "t00000", Wanted({1: "Our zebra quarter"}))
        index.library.update("ann", "t00003", name="Zebra crossing", tags=["Straße", "b,c"])
        index.library.update("bob", "t00050", shared=True)
        index.library.delete(["t00002"])
    assert len(assert_same(indexes, "zebra")) == 2
    assert {hit.transcript_id for hit in assert_same(indexes, "budget")} == {"t00000", "t00050"}
    assert len(assert_same(indexes, "crossing", tag="strasse")) == 1
    assert assert_same(indexes, "next") == ()
    for index in indexes:
        index.library.update("bob", "t00050", shared=False)
    assert {hit.transcript_id for hit in assert_same(indexes, "budget")} == {"t00000"}
    assert {hit.transcript_id for hit in assert_same(indexes, "budget", owner="bob")} == {"t00050"}


def test_index_is_empty_after_all_transcripts_are_deleted(indexes: list[SearchIndex]) -> None:
    index = indexes[1]
    for number, (name, texts) in enumerate(SENTENCES.items()):
        index.put(number, name, texts)
    index.search.follow()
    for number in range(len(SENTENCES)):
        index.library.delete([f"t{number:05d}"])
    index.search.follow()
    with index.database.read() as connection:
        for name in ("search_docs", "search_lines", "search_terms"):
            left = sa.select(sa.func.count()).select_from(sa.table(name))
            assert connection.execute(left).scalar() == 0
        place = connection.execute(sa.text("SELECT lines, words FROM search_place")).one()
    assert tuple(place) == (0, 0)


def test_index_that_missed_changes_is_rebuilt(
    indexes: list[SearchIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "AT_ONCE", 2)
    for index in indexes:
        gone = index.put(0, "Gone", ["only here"])
        index.search.follow()
        index.library.delete([gone])
        for number in range(1, 8):
            index.put(number, f"Talk {number}", ["about budgets"])
        with index.database.write() as connection:
            newest = connection.execute(sa.text("SELECT max(number) FROM changes")).scalar()
            connection.execute(sa.text("DELETE FROM changes WHERE number < :n"), {"n": newest})
        first = index.search.find("ann", Query("budgets"))
        assert first.indexing
        assert len(first.hits) == 2
    assert assert_same(indexes, "only here") == ()
    assert len(assert_same(indexes, "budgets")) == 7


def test_index_with_another_folding_is_rebuilt(indexes: list[SearchIndex], tmp_path: Path) -> None:
    small, large = indexes
    for index in indexes:
        index.put(0, "Talk", ["Die Straße ist groß.", "مُحَمَّد"])
    assert len(assert_same(indexes, "strasse")) == len(assert_same(indexes, "محمد")) == 1
    with large.database.write() as connection:
        connection.execute(sa.text("UPDATE search_place SET folding = 1"))
        connection.execute(sa.text("UPDATE search_lines SET words = CAST('x' AS tsvector)"))
    small.search.close()
    [path] = tmp_path.glob("search-0.sqlite")
    with closing(sqlite3.connect(path)) as kept:
        kept.executescript("PRAGMA user_version = 1; DELETE FROM words_data WHERE id > 10;")
    small.search = LocalSearch(small.database, small.queue, tmp_path)
    assert len(assert_same(indexes, "strasse")) == len(assert_same(indexes, "محمد")) == 1
    with large.database.read() as connection:
        place = connection.execute(sa.text("SELECT folding, lines FROM search_place")).one()
    assert tuple(place) == (FOLDING, 3)


def test_several_processes_share_one_index(indexes: list[SearchIndex]) -> None:
    index = indexes[1]
    for number in range(30):
        index.put(number, f"Talk {number}", [f"about budget number {number}", "and more"])
    others = [SharedSearch(index.database, index.queue) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.follow(), others))
        for each in others:
            assert len(each.find("ann", Query("budget", limit=100)).hits) == 30
    with index.database.read() as connection:
        lines = connection.execute(sa.text("SELECT count(*) FROM search_lines")).scalar()
        counted = connection.execute(sa.text("SELECT lines FROM search_place")).scalar()
    assert lines == counted == 90


def test_index_is_updated_without_a_search(
    indexes: list[SearchIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_S", 0.05)
    index = indexes[1]
    index.search.start()
    index.put(0, "Talk", ["about budgets"])

    def lines() -> int:
        with index.database.read() as connection:
            return connection.execute(sa.text("SELECT lines FROM search_place")).scalar() or 0

    wait_for(lambda: lines() == 2, "the transcript's lines in the index")


def test_broad_query_returns_the_newest_transcripts(
    indexes: list[SearchIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (fts5, postgres):
        monkeypatch.setattr(module, "BROAD", 20)
        monkeypatch.setattr(module, "ENDS", 10)
    for index in indexes:
        for number in range(30):
            index.put(number, f"Talk {number}", [f"about budget number {number}", "and more"])
    for text in ("budget", "talk", "about -number", "budget more", "t"):
        assert_same(indexes, text)
    newest = assert_same(indexes, "budget", limit=5)
    assert len({hit.transcript_id for hit in newest}) == 5
