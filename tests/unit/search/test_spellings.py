"""One word in several spellings: each finds the line, exactly, and is marked in it."""

from __future__ import annotations

import unicodedata

import pytest
from earwitness.search.find import Query, search
from earwitness.search.index import Entry, Line, SearchIndex
from earwitness.search.normalize import fold
from earwitness.search.snippet import BEGIN, END
from hypothesis import given
from hypothesis import strategies as st

GROUPS: list[tuple[str, ...]] = [
    ("weiß", "weiss", "WEISS", "WEIẞ", "Weiß"),
    ("Fuß", "Fuss", "fuss"),
    ("groß", "gross", "GROSS"),
    ("Straße", "strasse", "STRASSE", "straße"),
    ("Größe", "grosse", "GRÖSSE"),
    ("ışık", "isik", "IŞIK", "ISIK", "işik"),
    ("İstanbul", "istanbul", "Istanbul", "ISTANBUL"),
    ("Łódź", "lodz", "Lodz", "łódź", "ŁÓDŹ"),
    ("cœur", "coeur", "CŒUR", "Coeur"),
    ("Ærø", "aero", "ærø"),
    ("smørrebrød", "smorrebrod"),
    ("Đorđe", "dorde", "ĐORĐE"),
    ("Þórður", "thordur", "þórður"),
    ("Ħal", "hal"),
    ("ƙasa", "kasa"),
    ("Əli", "eli"),
    ("Đặng", "dang", "Dang"),
    ("Hawaiʻi", "Hawaii"),
    ("ﬁne", "fine"),
    ("مُحَمَّد", "محمد", "محـمد", "مُحمد"),
    ("شكرًا", "شكرا", "شُكْرًا", "شكراً"),
    ("أحمد", "احمد", "إحمد", "آحمد", "ٱحمد"),
    ("مدرسة", "مدرسه"),
    ("موسى", "موسي"),
    ("کتاب", "كتاب"),
    ("ایران", "ايران"),
    ("سؤال", "سوال"),
    ("ﻻ", "لا"),
    ("١٢٣", "123", "۱۲۳"),
    ("שָׁלוֹם", "שלום", "שלומ"),
    ("מֶלֶךְ", "מלך", "מלכ"),
    ("ײִדיש", "יידיש"),
    ("Σίσυφος", "σισυφοσ", "ΣΊΣΥΦΟΣ"),
    ("ёлка", "елка", "ЁЛКА"),
    ("и́мя", "имя"),
    ("ＡＢＣ", "abc"),
    ("e\u0301te\u0301", "été", "ete"),
    ("sof\u00adort", "sofort"),
]
APART = [
    ("мой", "мои"), ("їх", "іх"), ("が", "か"), ("パ", "ハ"), ("कि", "की"), ("weis", "weiß"),
    ("שלום", "שלם"),
]  # fmt: skip


def index_of(*texts: str) -> SearchIndex:
    index = SearchIndex()
    index.put(Entry("t1", "Talk", "2026-11-01T00:00:00Z"), [Line(0, 1, text) for text in texts])
    return index


@pytest.mark.parametrize("spellings", GROUPS)
def test_every_spelling_finds_every_line(spellings: tuple[str, ...]) -> None:
    index = index_of(*(f"Before {spoken}, after it." for spoken in spellings), "Nothing there.")
    for typed in spellings:
        for query in (typed, f'"before {typed} after"', f"{typed} before"):
            hits = search(index, Query(query))
            assert {hit.segment for hit in hits} == set(range(len(spellings))), query
            for hit in hits:
                assert not hit.guess
                spoken = unicodedata.normalize("NFKC", spellings[hit.segment or 0])
                assert f"{BEGIN}{spoken}" in hit.snippet.replace(f"{BEGIN}Before ", BEGIN)
                assert END in hit.snippet


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert not [
        hit for hit in search(index_of(f"So {one} it is."), Query(f"{other} ")) if not hit.guess
    ]


@pytest.mark.parametrize("typed", ["strass", "lod", "محم", "שלו", "coe", "thord"])
def test_unfinished_word_finds_the_line(typed: str) -> None:
    spoken = "Straße Łódź مُحَمَّد שָׁלוֹם cœur Þórður"
    [hit] = search(index_of(spoken), Query(typed))
    assert (hit.segment, hit.guess) == (0, False)


def test_tag_is_found_in_another_spelling() -> None:
    index = SearchIndex()
    index.put(Entry("t1", "Talk", "2026-11-01T00:00:00Z", tags=("Fußball",)), [Line(0, 1, "hello")])
    assert len(search(index, Query("hello", tag="FUSSBALL"))) == 1


@given(text=st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_corrections_are_guesses() -> None:
    index = index_of("A country road.", "The contemporary art.")
    hits = search(index, Query("contry"))
    assert {hit.segment for hit in hits} == {0, 1}
    assert all(hit.guess for hit in hits)
    assert not any(hit.guess for hit in search(index, Query("country")))
    assert not any(hit.guess for hit in search(index, Query("country contemporary")))
