"""Names, tags, ids and moments of records."""

from __future__ import annotations

import pytest
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.records import Record, check_id, clean_name, clean_tags, iso, seconds
from earwitness.domain.views import transcript_of
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError
from earwitness.transcript import Segment
from hypothesis import given
from hypothesis import strategies as st


@given(text=st.text(max_size=400))
def test_names_and_tags_become_printable(text: str) -> None:
    name = clean_name(text)
    assert name
    assert not set(name) & set("\n\r\t\x00\u202e")
    for tag in clean_tags([text]):
        assert tag == tag.strip()


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "a\\b", "a b", "ä", "x" * 65, "a\n"])
def test_invalid_id_is_rejected(bad: str) -> None:
    with pytest.raises(BadRequestError):
        check_id(bad)


def test_moments_sort_as_text_and_convert_back() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert seconds(iso(1_795_000_000.5)) == 1_795_000_000.5
    assert iso(999_999_999) < iso(1_000_000_000)


def test_only_another_language_is_named() -> None:
    record = Record("1", "a", "", "base", language="en")
    segments = [Segment(0, 1, "a", language=code) for code in ("en", "de", None)]
    row = WindowRow(0, 0, 0.0, 1.0, tuple(segments))
    shown = transcript_of(record, OpenDocument(Document("1"), {1: [row]}))
    assert [segment.language for segment in shown.segments] == [None, "de", None]
