"""Pieces, words and sentences from tokens; loops, prompts and votes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from earwitness.speech.language import best, combine
from earwitness.speech.prompts import build_prompt, fitting_end, task_tokens
from earwitness.speech.repetition import find_loop, keep_until_loop
from earwitness.speech.segments import split_at_timestamps
from earwitness.speech.sentences import ends_sentence, group_words
from earwitness.speech.settings import TextSettings
from earwitness.speech.words import split_words, word_probability
from earwitness.transcript import Word
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.speech.scripted import SPEC, TIMESTAMP_BEGIN, ByteTokenizer, stamp

SETTINGS = TextSettings()


def pieces(*tokens: int, length_s: float = 10.0) -> list[tuple[float, float, str]]:
    found = split_at_timestamps(SPEC, tokens, [-0.1] * len(tokens), length_s)
    return [(p.start_s, p.end_s, bytes(p.tokens).decode()) for p in found]


def test_pairs_of_timestamps_enclose_pieces() -> None:
    assert pieces(stamp(0.5), 65, 66, stamp(2), stamp(2.5), 67, stamp(3)) == [
        (0.5, 2.0, "AB"),
        (2.5, 3.0, "C"),
    ]


def test_single_timestamp_separates_two_pieces() -> None:
    assert pieces(stamp(0), 65, stamp(2), 66, stamp(3)) == [(0, 2, "A"), (2, 3, "B")]


def test_text_without_an_end_lasts_until_the_windows_end() -> None:
    assert pieces(stamp(0), 65, stamp(2), stamp(2), 66) == [(0, 2, "A"), (2, 10, "B")]
    assert pieces(65) == [(0, 10, "A")]


def test_pieces_without_text_are_dropped_and_times_are_clamped() -> None:
    assert pieces(stamp(0), stamp(4), stamp(5), 65, stamp(29)) == [(5, 10, "A")]
    assert pieces() == []


@given(
    st.lists(st.one_of(st.integers(65, 90), st.integers(TIMESTAMP_BEGIN, TIMESTAMP_BEGIN + 1500)))
)
def test_times_are_in_order_and_all_text_is_kept(tokens: list[int]) -> None:
    found = pieces(*tokens)
    edges = [edge for start_s, end_s, _ in found for edge in (start_s, end_s)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= 10 for edge in edges)
    text = bytes(token for token in tokens if token < 256).decode()
    assert "".join(piece[2] for piece in found) == text


def words_of(text: str) -> list[str]:
    tokens = list(text.encode())
    words = split_words(ByteTokenizer(), tokens)
    assert [word.first for word in words] == [0, *(word.last for word in words[:-1])][: len(words)]
    assert not words or words[-1].last == len(tokens)
    return [word.text for word in words]


def test_words_keep_spaces_and_marks() -> None:
    assert words_of(" Well, don't you?") == [" Well,", " don't", " you?"]
    assert words_of(' He said "no way" (twice).') == [" He", " said", ' "no', ' way"', " (twice)."]
    assert words_of(" ¿Qué pasó?") == [" ¿Qué", " pasó?"]


def test_scripts_without_spaces_are_split_at_characters() -> None:
    assert words_of("今日は、良い。") == ["今", "日", "は、", "良", "い。"]
    assert words_of("สวัสดี") == ["ส", "วั", "ส", "ดี"]


def test_broken_character_at_the_end_is_kept() -> None:
    tokens = list("naïve 日".encode())[:-1]
    words = split_words(ByteTokenizer(), tokens)
    assert words[-1].last == len(tokens)
    assert "".join(word.text for word in words).startswith("naïve")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "我喜欢Scooter和iPhone 15 Pro，还有OpenAI。",
            ["我", "喜", "欢", "Scooter", "和", "iPhone", " 15", " Pro，", "还", "有", "OpenAI。"],
        ),
        ("価格は12,500円、3.5%です", ["価", "格", "は", "12,500", "円、", "3.5%", "で", "す"]),
        ("「Wi-Fi」、「5G」と", ["「Wi-Fi」、", "「5G」", "と"]),
        (" 你好 world", [" 你", "好", " world"]),
        ("使用 Café's 好", ["使", "用", " Café's", " 好"]),
        ("ไป Bangkok 2024 นะ", ["ไ", "ป", " Bangkok", " 2024", " น", "ะ"]),
        ("안녕 OpenAI입니다", ["안녕", " OpenAI입니다"]),
        (" the city of 東京 in", [" the", " city", " of", " 東", "京", " in"]),
        ("对,是 ", ["对,", "是 "]),
    ],
)
def test_words_of_mixed_scripts_are_whole(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(max_size=40))
@example("\ufffd")
@example("a\ufffd日")
@example("\u3000日\u3000")
def test_words_of_any_text_join_to_the_text(text: str) -> None:
    words = words_of(text)
    assert "".join(words) == text
    assert not text.strip() or all(word.strip() for word in words)


def test_word_probability_is_the_mean_of_its_tokens() -> None:
    assert word_probability([0.0, -0.6931472]) == pytest.approx(0.75)
    assert word_probability([]) == 0.0


def timed(
    text: str, *, step_s: float = 0.5, pauses_s: dict[int, float] | None = None
) -> list[Word]:
    at_s, words = 0.0, list[Word]()
    for index, part in enumerate(text.split()):
        at_s += (pauses_s or {}).get(index, 0.0)
        words.append(Word(f" {part}", at_s, at_s + step_s, 0.9))
        at_s += step_s
    return words


def grouped(words: Sequence[Word]) -> list[str]:
    return ["".join(word.text for word in group).strip() for group in group_words(words, SETTINGS)]


def test_sentence_becomes_a_segment() -> None:
    text = "This is the first sentence. And that, said Mr. Hale, is the second one. The third"
    assert grouped(timed(text)) == [
        "This is the first sentence.",
        "And that, said Mr. Hale, is the second one.",
        "The third",
    ]


def test_short_sentences_are_joined_without_a_pause() -> None:
    assert grouped(timed("Yes. No. Well then.")) == ["Yes. No. Well then."]
    assert grouped(timed("Yes. No. Well.", pauses_s={1: 1.0})) == ["Yes.", "No. Well."]


def test_pause_inside_a_sentence_does_not_end_it() -> None:
    assert grouped(timed("ask not what", pauses_s={2: 0.9})) == ["ask not what"]
    assert grouped(timed("ask not what", pauses_s={2: 2.0})) == ["ask not", "what"]
    text = " ".join(["word"] * 14)
    assert len(grouped(timed(text, pauses_s={13: 0.9}))) == 2


def test_long_text_is_split_at_a_clause() -> None:
    text = " ".join(["word"] * 15 + ["clause,"] + ["word"] * 20)
    parts = grouped(timed(text))
    assert len(parts) == 2
    assert parts[0].endswith("clause,")


def test_every_word_is_in_one_group() -> None:
    words = timed("a b. C d, " * 40)
    assert [word for group in group_words(words, SETTINGS) for word in group] == words
    assert group_words([], SETTINGS) == []


@pytest.mark.parametrize(
    ("text", "following", "ends"),
    [
        (" end.", " Next", True),
        (' end."', " Next", True),
        (" Mr.", " Hale", False),
        (" J.", " Smith", False),
        (" etc.", " and", False),
        (" www.example.", " com", False),
        ("。", "次", True),
        (" why?", "", True),
        (" and", " so", False),
        ("", "", False),
    ],
)
def test_end_of_sentence_is_detected(text: str, following: str, ends: bool) -> None:
    assert ends_sentence(text, following) is ends


def loop_of(tokens: Sequence[int]) -> tuple[int, int, int] | None:
    loop = find_loop(tokens, min_repeats=4, min_tokens=8)
    return None if loop is None else (loop.start, loop.period, loop.repeats)


def test_loop_is_found_at_its_start() -> None:
    assert loop_of([9, 8, 7] + [1, 2, 3] * 5 + [4]) == (3, 3, 5)
    assert loop_of([1] * 8) == (0, 1, 8)
    assert loop_of([1, 2] * 3 + [5] * 7) is None
    assert loop_of([]) is None
    loop = find_loop([9, *[1, 2] * 6], min_repeats=4, min_tokens=8)
    assert keep_until_loop(13, loop) == 3
    assert keep_until_loop(13, None) == 13


@given(st.lists(st.integers(0, 2), max_size=60))
def test_found_loop_repeats(tokens: list[int]) -> None:
    loop = find_loop(tokens, min_repeats=3, min_tokens=6)
    if loop is not None:
        piece = tokens[loop.start : loop.start + loop.period]
        assert tokens[loop.start : loop.start + loop.length] == piece * loop.repeats
        assert loop.repeats >= 3
        assert loop.length >= 6


def test_prompt_has_expected_words_then_latest_text() -> None:
    prompt = build_prompt(
        SPEC,
        ByteTokenizer(),
        language="en",
        task="transcribe",
        expected_words="Names",
        previous_text="x" * 300 + "end",
    )
    assert prompt.tokens[0] == SPEC.sot_prev
    earlier = bytes(prompt.tokens[1 : prompt.sot_index]).decode()
    assert len(earlier) == SPEC.max_target_tokens // 2 - 1
    assert earlier.startswith(" Names")
    assert earlier.endswith("xend")
    assert prompt.tokens[prompt.sot_index :] == (SPEC.sot, 262, SPEC.transcribe)


def test_prompt_of_long_expected_words_has_no_previous_text() -> None:
    prompt = build_prompt(
        SPEC, ByteTokenizer(), language="en", task="translate",
        expected_words="y" * 500 + " Helstone", previous_text="before", timestamps=False,
    )  # fmt: skip
    assert len(prompt.tokens) == 1 + 223 + 4
    assert bytes(prompt.tokens[1:224]).decode().endswith("yyy Helstone")
    assert prompt.tokens[-2:] == (SPEC.translate, SPEC.no_timestamps)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("Helstone and Milton", "Helstone and Milton"),
        (" " + "Anna " * 60, "Anna " * 43 + "Anna"),
        ("x" * 300, "x" * 223),
        ("東京" * 60, "東京" * 37),
        ("A" * 80 + " " + "B" * 222, "B" * 222),
        ("A" * 79 + " " + "B" * 223, "B" * 223),
    ],
)
def test_end_of_a_long_prompt_fits(words: str, end: str) -> None:
    found = fitting_end(SPEC, ByteTokenizer(), words)
    assert found == end
    assert words.strip().endswith(found)


def test_plain_prompt_is_the_task() -> None:
    prompt = build_prompt(SPEC, ByteTokenizer(), language="ja", task="transcribe")
    assert prompt.tokens == task_tokens(SPEC, "ja", "transcribe", timestamps=True)
    assert prompt.sot_index == 0


def test_votes_are_weighted_by_seconds() -> None:
    votes = [({"en": 0.9, "de": 0.1}, 2.0), ({"en": 0.2, "de": 0.8}, 8.0)]
    assert combine(votes) == pytest.approx({"en": 0.34, "de": 0.66})
    assert best(combine(votes))[0] == "de"
    assert combine([({"en": 1.0}, 0.0)]) == {"en": 1.0}
