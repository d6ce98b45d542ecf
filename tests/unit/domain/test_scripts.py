"""Scripts without spaces: counting, and one table for every use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from earwitness.domain.retime import retime
from earwitness.domain.scripts import count_words, has_unspaced, join_texts, split_marks
from earwitness.domain.transcription import PREVIEW_MAX, preview
from earwitness.search.normalize import index_text
from earwitness.transcript import Segment, Word

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
JOINED = json.loads((FIXTURES / "joined-texts.json").read_text(encoding="utf-8"))
"""Cases that tests/js/scripts.test.js solves too."""


def test_words_are_counted_in_every_script() -> None:
    assert count_words(" Hello, big world. ") == 3
    assert count_words("東京は big") == 4
    assert count_words("") == 0


def test_preview_ends_after_a_word() -> None:
    long = preview([Segment(0, 1, "word " * 100)])
    assert long.endswith("word…")
    assert len(long) <= PREVIEW_MAX + 1
    assert len(preview([Segment(0, 1, "東" * 500)])) == PREVIEW_MAX + 1
    assert preview([Segment(0, 1, " b ")], "a") == "a b"


@pytest.mark.parametrize(
    "pair",
    [
        "ไท",
        "ລາ",
        "မြ",
        "ꩠꩡ",
        "ខម",
        "かな",
        "ㇰㇱ",
        "々〆",
        "漢字",
        "㐀㐁",
        "豈更",
        "𠀀𠀁",
        "\U00030000\U00030001",
    ],
)
def test_scripts_without_spaces_are_the_same_everywhere(pair: str) -> None:
    first, second = pair
    assert has_unspaced(pair)
    assert count_words(f"one {pair} two") == 4
    assert index_text(pair).split() == [index_text(pair).split()[0], index_text(second).split()[0]]
    heard = Segment(0.0, 2.0, pair, (Word(first, 0.0, 1.0), Word(second, 1.0, 2.0)))
    assert [word.text for word in retime(heard, pair)] == [first, second]


@pytest.mark.parametrize("case", JOINED, ids=str)
def test_texts_are_joined_by_their_script(case: dict[str, Any]) -> None:
    assert join_texts(case["texts"]) == case["line"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hell,", ("", "Hell", ",")),
        ("“it's”.", ("“", "it's", "”.")),
        ("की।", ("", "की", "।")),
        ("ไม่", ("", "ไม่", "")),
        ("e\u0301!", ("", "e\u0301", "!")),
        ("…", ("…", "", "")),
    ],
)
def test_signs_on_letters_belong_to_the_word(text: str, parts: tuple[str, str, str]) -> None:
    assert split_marks(text) == parts
