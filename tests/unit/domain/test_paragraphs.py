"""Where paragraphs begin. tests/js/paragraphs.test.js solves the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from earwitness.domain.paragraphs import paragraph_starts
from earwitness.domain.scripts import reading_words
from earwitness.transcript import Segment

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CASES = json.loads((FIXTURES / "paragraph-cases.json").read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    """The id of a case."""
    return case["name"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_paragraphs_begin_where_they_should(case: dict[str, Any]) -> None:
    segments = [Segment(**each) for each in case["segments"]]
    assert paragraph_starts(segments) == case["starts"]
    for length in range(len(segments)):
        known = [start for start in case["starts"] if start < length]
        assert paragraph_starts(segments[:length]) == known


def test_reading_words_of_scripts_without_spaces_are_several_characters() -> None:
    assert reading_words("three plain words") == 3
    assert reading_words("東京 today") == 2
    assert reading_words("สวัสดีครับผม") == 3
