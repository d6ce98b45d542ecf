"""Search: hits, their order, snippets, and queries of any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from earwitness.messages import Hit
from earwitness.search.find import Query, search
from earwitness.search.index import Entry, Line, SearchIndex
from earwitness.search.query import parse
from earwitness.search.snippet import BEGIN, END, Highlight, snippet
from earwitness.search.spelling import distance
from hypothesis import given, settings
from hypothesis import strategies as st


def lines(*texts: str) -> list[Line]:
    return [Line(i * 2.0, i * 2.0 + 2.0, text) for i, text in enumerate(texts)]


def entry(id_: str, name: str = "", day: int = 1, **more: object) -> Entry:
    return Entry(id_, name or f"{id_}.wav", f"2026-11-{day:02d}T00:00:00Z", **more)  # type: ignore[arg-type]


def library() -> SearchIndex:
    index = SearchIndex()
    index.put(
        entry("a", "Team_meeting-2024.mp3", 1, language="en", tags=("Work", "Ärger")),
        lines(
            " Hello everyone, welcome to the budget meeting.",
            " The next quarter",
            " looks très good, naïve Müller said.",
            " We receive the draft. Don't panic: 3.5 percent!",
        ),
    )
    index.put(
        entry("b", "東京.wav", 2, language="ja"),
        lines(
            "東京都庁はAI技術を使う", "हिन्दी में बात करते हैं", "สวัสดีครับ ยินดีต้อนรับ", "안녕하세요 여러분"
        ),
    )
    index.put(
        entry("c", "Recording 3", 3, language="de"),
        lines("Die Größe der Straße, über alles.", "The draft of the welcome speech."),
    )
    return index


def found(index: SearchIndex, text: str, **more: object) -> list[tuple[str, int | None]]:
    hits = search(index, Query(text, **more))  # type: ignore[arg-type]
    return [(hit.transcript_id, hit.segment) for hit in hits]


def marked(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.snippet.replace(BEGIN, "[").replace(END, "]") for hit in hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("budget", [("a", 0)]),
        ("BUDG", [("a", 0)]),
        ("budget everyone", [("a", 0)]),
        ("muller", [("a", 2)]),
        ("Mu\u0308ller", [("a", 2)]),
        ("tres naive", [("a", 2)]),
        ("uber", [("c", 0)]),
        ("don't", [("a", 3)]),
        ("Don’t pan", [("a", 3)]),
        ("3.5", [("a", 3)]),
        ("team", [("a", None)]),
        ("team meeting", [("a", None)]),
        ("2024", [("a", None)]),
        ('"welcome to the"', [("a", 0)]),
        ('"to welcome the"', []),
        ('"next quarter looks"', [("a", 2)]),
        ('"the next quarter looks tr', [("a", 2)]),
        ("draft -speech", [("a", 3)]),
        ('draft -"welcome speech"', [("a", 3)]),
        ("-draft", []),
        ("都庁", [("b", 0)]),
        ("庁", [("b", 0)]),
        ("技", [("b", 0)]),
        ("京庁", []),
        ("AI技術", [("b", 0)]),
        ("ai", [("b", 0)]),
        ("हिन्दी", [("b", 1)]),
        ("ยินดี", [("b", 2)]),
        ("안녕", [("b", 3)]),
        ("ＢＵＤＧＥＴ", [("a", 0)]),
    ],
)
def test_query_finds_lines(query: str, expected: list[tuple[str, int | None]]) -> None:
    assert found(library(), query) == expected


def test_words_match_across_segments_and_the_name() -> None:
    index = library()
    assert {id_ for id_, _ in found(index, "budget draft")} == {"a"}
    assert {id_ for id_, _ in found(index, "2024 quarter")} == {"a"}
    assert found(index, "budget 東京") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("recieve", ("a", 3)),
        ("bugdet", ("a", 0)),
        ("wellcome", ("a", 0)),
        ("quater", ("a", 1)),
        ("metting", ("a", 0)),
        ("teh budgte", ("a", 0)),
        ("panci", ("a", 3)),
        ("everyo", ("a", 0)),
        ("evreyo", ("a", 0)),
    ],
)
def test_typing_errors_are_corrected(typed: str, expected: tuple[str, int]) -> None:
    assert expected in found(library(), typed)


def test_corrections_apply_only_without_hits() -> None:
    index = library()
    index.put(entry("d"), lines("A gadget on the ledge.", "The drafts."))
    assert found(index, "draft ") == [("a", 3), ("c", 1)] or found(index, "draft ") == [
        ("c", 1),
        ("a", 3),
    ]
    assert found(index, "xyzzy") == []


def test_language_tag_and_transcript_filter_hits() -> None:
    index = library()
    for language in ("de", "DE", "de-AT", "german", "Deutsch"):
        assert found(index, "draft", language=language) == [("c", 1)]
    assert found(index, "draft", tag="work") == [("a", 3)]
    assert found(index, "draft", tag="arger") == [("a", 3)]
    assert found(index, "draft", tag="nothing") == []
    assert found(index, "draft", transcript_id="c") == [("c", 1)]
    assert found(index, "draft", transcript_id="nobody") == []


def test_days_filter_hits_and_names() -> None:
    index = library()
    assert found(index, "draft", since="2026-11-02T00:00:00Z") == [("c", 1)]
    assert found(index, "draft", until="2026-11-03T00:00:00Z") == [("a", 3)]
    assert found(index, "draft", since="2026-11-03T00:00:00Z", language="de") == [("c", 1)]
    assert found(index, "draft", since="2026-11-03T00:00:00Z", tag="work") == []
    assert found(index, "meeting", until="2026-11-01T00:00:00Z") == []
    assert found(index, "東京", since="2026-11-02", until="2026-11-03")[0][0] == "b"


def test_scopes_limit_hits() -> None:
    index = SearchIndex()
    for owner in ("ann", "bob", "shared"):
        index.put(entry(owner, scope=owner), lines("the same secret words"))
    assert {id_ for id_, _ in found(index, "secret", scopes=("ann", "shared"))} == {"ann", "shared"}
    assert found(index, "secert", scopes=("nobody",)) == []
    assert len(found(index, "secret")) == 3


def test_names_rank_first_then_newer_transcripts() -> None:
    index = SearchIndex()
    for day in range(1, 6):
        index.put(entry(f"t{day}", "x", day), lines("alpha beta gamma"))
    index.put(entry("named", "alpha", 1), lines("nothing"))
    assert [id_ for id_, _ in found(index, "alpha")] == ["named", "t5", "t4", "t3", "t2", "t1"]


def test_whole_words_rank_before_prefixes() -> None:
    index = SearchIndex()
    index.put(entry("a"), lines("the catalogue is here", "the cat is here"))
    assert found(index, "cat") == [("a", 1), ("a", 0)]


def test_hits_of_one_transcript_are_limited() -> None:
    index = SearchIndex()
    index.put(entry("long", day=9), lines(*["alpha"] * 100))
    for day in range(1, 6):
        index.put(entry(f"t{day}", day=day), lines("alpha with many other words around it"))
    ids = [id_ for id_, _ in found(index, "alpha", limit=20)]
    assert set(ids) == {"long", "t1", "t2", "t3", "t4", "t5"}
    assert len(found(index, "alpha", transcript_id="long", limit=50)) == 50


def test_very_frequent_word_returns_names_and_newest_lines() -> None:
    index = SearchIndex()
    for i in range(11):
        index.put(entry(f"t{i}", day=i + 1), lines(*["so the same thing"] * 2000))
    index.put(entry("named", "The end", 1), lines("nothing"))
    hits = found(index, "the", limit=12)
    assert hits[0] == ("named", None)
    assert hits[1][0] == "t10"
    assert {id_ for id_, _ in found(index, "the", language="en")} == set()
    assert len(found(index, "the", transcript_id="t3", limit=50)) == 50


def test_hit_has_segment_and_times() -> None:
    (hit,) = search(library(), Query("budget"))
    assert (hit.segment, hit.start_s, hit.end_s, hit.name) == (0, 0.0, 2.0, "Team_meeting-2024.mp3")
    assert marked((hit,)) == ["Hello everyone, welcome to the [budget] meeting."]


def test_matches_are_marked() -> None:
    index = library()
    assert marked(search(index, Query("mull"))) == ["looks très good, naïve [Müller] said."]
    assert marked(search(index, Query('"the budget"'))) == [
        "Hello everyone, welcome to [the budget] meeting."
    ]
    assert marked(search(index, Query("都庁"))) == ["東京[都庁]はAI技術を使う"]
    assert marked(search(index, Query("recieve")))[0].startswith("We [receive] the draft.")
    assert marked(search(index, Query("team"))) == ["[Team]_meeting-2024.mp3"]


def test_long_line_is_cut_around_its_first_match() -> None:
    text = "word " * 200 + "needle " + "word " * 200
    shown = snippet(text, [Highlight("needle")])
    assert f"{BEGIN}needle{END}" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200


def test_changed_lines_replace_the_old_ones() -> None:
    index = library()
    index.splice("a", [(0, 1, [Line(0, 2, "Goodbye.")])])
    assert found(index, "budget") == []
    assert found(index, "goodbye") == [("a", 0)]
    index.replace_from("a", 2, lines("fresh words"))
    assert found(index, "fresh") == [("a", 2)]
    assert found(index, "draft") == [("c", 1)]
    index.describe(entry("a", "Renamed", tags=("new",)))
    assert found(index, "2024") == []
    assert found(index, "renamed") == [("a", None)]
    assert found(index, "fresh", tag="new") == [("a", 2)]
    index.remove("a")
    index.remove("a")
    assert "a" not in index
    assert found(index, "fresh") == []
    assert len(index) == 2


def test_index_file_persists_and_an_older_schema_is_dropped(tmp_path: Path) -> None:
    path = str(tmp_path / "index.sqlite3")
    first = SearchIndex(path)
    assert first.fresh
    first.put(entry("a"), lines("hello"))
    first.close()
    second = SearchIndex(path)
    assert not second.fresh
    assert found(second, "hello") == [("a", 0)]
    second.db.execute("PRAGMA user_version = 99")
    second.close()
    third = SearchIndex(path)
    assert third.fresh
    assert len(third) == 0
    third.close()


HOSTILE = [
    "", " ", '"', '""', '"""', "-", "--", '-"', "*", "a*", "*a", "^a", "a OR", "OR", "AND NOT",
    "NEAR(a b, 3)", "name:x", "{a b}:c", "(", ")", "((", "a AND (b", "';--", "\x00", "a\x00b",
    "\ud800", "a\udfffb", "\ue000x\ue001", "%", "_", "[a-z]", "a" * 100_000, '"a ' * 5_000,
    "-a " * 5_000, "𝓐𝓑", "é" * 50, "́", "\u200d", "👩‍👩‍👧", "ﷺ", "İ", "ß", "東" * 400, "ก็",
    "+", "a+b", "C++", "..", "\n\t", "«»", "“", "a\u2028b",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_query_is_no_error(query: str) -> None:
    assert isinstance(search(library(), Query(query)), tuple)


@settings(max_examples=300, deadline=None)
@given(
    query=st.text(max_size=40) | st.text('ab"-* ()^:京é', max_size=20),
    text=st.text(max_size=60) | st.text('ab"-* ()^:京é', max_size=20),
)
def test_any_query_over_any_text_is_no_error(query: str, text: str) -> None:
    index = SearchIndex()
    index.put(entry("a", text or "x", tags=(text,)), lines(text, text[::-1]))
    for hit in search(index, Query(query, tag="", limit=5)):
        assert hit.snippet.count(BEGIN) == hit.snippet.count(END)
    index.replace_from("a", 1, lines(query))
    index.remove("a")
    assert search(index, Query(text)) == ()
    index.close()


@given(words=st.lists(st.text("abcdefghij", min_size=2, max_size=8), min_size=1, max_size=6))
def test_each_word_and_phrase_of_a_line_finds_it(words: list[str]) -> None:
    index = SearchIndex()
    index.put(entry("a"), lines(" ".join(words)))
    assert ("a", 0) in found(index, f'"{" ".join(words)}"')
    for word in words:
        assert ("a", 0) in found(index, word)
        assert ("a", 0) in found(index, word[:2])


@given(text=st.text("東京都庁大阪名古屋", min_size=2, max_size=12), data=st.data())
def test_each_part_of_a_text_without_spaces_finds_it(text: str, data: st.DataObject) -> None:
    index = SearchIndex()
    index.put(entry("a"), lines(f"これは{text}です"))
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    assert found(index, text[begin:end]) == [("a", 0)]


def test_query_is_parsed() -> None:
    parsed = parse('budget "next quarter" -draft -"first try" re')
    assert [term.text for term in parsed.wanted] == ["budget", "next quarter", "re"]
    assert [term.text for term in parsed.excluded] == ["draft", "first try"]
    assert [term.unfinished for term in parsed.wanted] == [False, False, True]
    assert not parse("done ").wanted[0].unfinished
    assert not parse('"done"').wanted[0].unfinished
    assert parse('"not do').wanted[0].unfinished


@pytest.mark.parametrize(
    ("typed", "term", "away"),
    [("cat", "cat", 0), ("cta", "cat", 1), ("ct", "cat", 1), ("catt", "cat", 1), ("bat", "cat", 1),
     ("", "cat", 3), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_distance_counts_edits(typed: str, term: str, away: int) -> None:
    assert distance(typed, term, unfinished=False) == away


def test_distance_to_a_prefix() -> None:
    assert distance("evreyo", "everyone", unfinished=True) == 1
    assert distance("evreyo", "everyone", unfinished=False) == 3
