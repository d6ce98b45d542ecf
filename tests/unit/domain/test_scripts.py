"""Scripts without spaces: counting, and one table for every use."""

from __future__ import annotations

import pytest
from earwitness.domain.retime import retime
from earwitness.domain.scripts import count_words, has_unspaced, join_texts
from earwitness.domain.transcription import PREVIEW_MAX, preview
from earwitness.search.normalize import index_text
from earwitness.transcript import Segment, Word


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


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["The cat sat.", " It slept. "], "The cat sat. It slept."),
        (["猫が座った。", "眠った"], "猫が座った。眠った"),
        (["眠った", "猫が"], "眠った猫が"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["我喜欢OpenAI。", "Scooter也是"], "我喜欢OpenAI。Scooter也是"),
        (["我喜欢 OpenAI", "Scooter 也是"], "我喜欢 OpenAI Scooter 也是"),
        (["말했다.", "갔다."], "말했다. 갔다."),
        (["眠った", "「猫」"], "眠った「猫」"),
        (["", "one", "", "two", "…"], "one two …"),
        (["", " "], ""),
    ],
)
def test_texts_are_joined_by_their_script(texts: list[str], line: str) -> None:
    assert join_texts(texts) == line
