"""Tokens and scores for PostgreSQL equal those of FTS5."""

from __future__ import annotations

import sqlite3

import pytest
from earwitness.search.bm25 import Bm25, PhraseCount
from earwitness.search.index import TOKENIZER
from earwitness.search.normalize import index_text
from earwitness.search.tokens import Tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

TOKENIZE = Tokenizer()
WORDS = st.sampled_from(["a", "ab", "abc", "b", "ba", "c", "d", "Straße", "Ünder"])


def table(texts: list[str]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f'CREATE VIRTUAL TABLE words USING fts5 (text, tokenize="{TOKENIZER}")')
    db.execute("CREATE VIRTUAL TABLE instances USING fts5vocab (words, 'instance')")
    db.executemany("INSERT INTO words VALUES (?)", [(text,) for text in texts])
    return db


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_tokens_equal_fts5(text: str) -> None:
    prepared = index_text(text)
    db = table([prepared])
    theirs = [row[0] for row in db.execute("SELECT term FROM instances ORDER BY offset")]
    db.close()
    assert TOKENIZE(prepared) == [term for term in theirs if term]


@pytest.mark.parametrize(
    "text",
    [
        "Don't panic: 3.5 percent!", "naïve Müller", "हिन्दी में बात", "안녕하세요 여러분",
        "東京都庁はAI技術", "สวัสดีครับ", "ΣΊΣΥΦΟΣ σίσυφος", "İstanbul ıslak", "Łódź Ørsted",
        "и́мя", "e\u0301te\u0301",
    ],
)  # fmt: skip
def test_tokens_of_many_scripts(text: str) -> None:
    test_tokens_equal_fts5.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@settings(max_examples=200, deadline=None)
@given(
    texts=st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8),
    phrases=st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3), st.booleans()), min_size=1,
                     max_size=3),
)  # fmt: skip
def test_scores_equal_fts5(texts: list[str], phrases: list[tuple[list[str], bool]]) -> None:
    db = table(texts)
    quoted = [f'"{" ".join(words)}"{" *" if begun else ""}' for words, begun in phrases]

    def line_count(match: str) -> int:
        found = db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (match,))
        return int(found.fetchone()[0])

    counted = [
        PhraseCount(tuple(TOKENIZE(" ".join(words))), begun, line_count(match))
        for (words, begun), match in zip(phrases, quoted, strict=True)
    ]
    cut = [TOKENIZE(text) for text in texts]
    ours = Bm25(counted, len(texts), sum(map(len, cut)))
    rows = db.execute(
        "SELECT rowid, -rank FROM words WHERE words MATCH ?", (" OR ".join(quoted),)
    ).fetchall()
    db.close()
    for rowid, rank in rows:
        assert ours.score(cut[rowid - 1]) == pytest.approx(rank, rel=1e-9)
