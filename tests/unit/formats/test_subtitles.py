"""Subtitles by style guides: no rule is broken that the speech allows to keep."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest
from earwitness import formats
from earwitness.formats.characters import width
from earwitness.formats.cues import Cue
from earwitness.formats.subtitle_rules import (
    Violation,
    avoidable,
    characters,
    rules_for,
    violations,
)  # fmt: skip
from earwitness.formats.subtitles import cues_by_rules, timed_cues
from earwitness.messages import ExportOptions, SubtitleRules
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

NETFLIX = ExportOptions(rules="netflix")
BBC = ExportOptions(rules="bbc")


def words_of(text: str, start_s: float, word_s: float, gap_s: float = 0.05) -> tuple[Word, ...]:
    tokens = re.findall(r"\s*\S+", text)
    return tuple(
        Word(token, start_s + i * word_s, start_s + (i + 1) * word_s - gap_s)
        for i, token in enumerate(tokens)
    )


def spoken(text: str, start_s: float, word_s: float = 0.4, speaker: str | None = None) -> Segment:
    words = words_of(text, start_s, word_s)
    return Segment(start_s, words[-1].end_s, text, words, speaker)


@pytest.mark.parametrize(
    ("options", "language", "columns", "speed"),
    [
        (ExportOptions(), "en", 42, 20),
        (ExportOptions(children=True), "en", 42, 17),
        (NETFLIX, "en", 42, 20),
        (NETFLIX, "de", 42, 17),
        (dataclasses.replace(NETFLIX, children=True), "de", 42, 13),
        (NETFLIX, "ja", 26, 4),
        (NETFLIX, "zh", 32, 9),
        (NETFLIX, "ko", 32, 12),
        (NETFLIX, None, 42, 20),
        (BBC, "en", 37, 18),
        (ExportOptions(columns=10), "zh", 20, 9),
        (ExportOptions(columns=30), "en", 30, 20),
    ],
)
def test_rules_of_a_language(
    options: ExportOptions, language: str | None, columns: int, speed: float
) -> None:
    rules = rules_for(options, language)
    assert (rules.columns, rules.characters_per_s, rules.lines) == (columns, speed, 2)
    assert rules.gap_s == 2 / options.frames_per_s


def shown(
    segments: list[Segment], options: ExportOptions = NETFLIX, language: str = "en"
) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues_by_rules(segments, rules_for(options, language), language)]


def test_lines_end_at_syntax_and_titles_stay_with_names() -> None:
    text = " He asked with some anxiety, when Mr. Thornton might return to the house in the valley."
    assert shown([spoken(text, 0.0)]) == [
        ("He asked with some anxiety,",),
        ("when Mr. Thornton might return", "to the house in the valley."),
    ]


def test_a_title_at_the_end_of_a_segment_stays_with_the_name() -> None:
    segments = [spoken(" This is the house of Mr.", 0.0), spoken(" Thornton, my friend.", 2.4)]
    assert shown(segments) == [("This is the house of Mr. Thornton,", "my friend.")]


def test_two_short_turns_stand_in_one_cue_with_dashes() -> None:
    segments = [
        spoken(" Really?", 0.0, 0.3, "Ann"),
        spoken(" Yes.", 0.35, 0.3, "Bob"),
        spoken(" Then we must leave this place at once.", 2.5, 0.4, "Ann"),
    ]
    assert shown(segments)[0] == ("-Really?", "-Yes.")
    assert shown(segments, BBC)[0] == ("- Really?", "- Yes.")
    assert shown(segments, NETFLIX, "fr")[0] == ("- Really?", "- Yes.")


def test_speakers_with_time_have_cues_of_their_own() -> None:
    segments = [spoken(" Are you sure?", 0.0, speaker="Ann"), spoken(" I am.", 3.0, speaker="Bob")]
    assert shown(segments) == [("Are you sure?",), ("I am.",)]


def test_srt_has_names_where_they_are_asked_for() -> None:
    segments = (spoken(" Hello.", 0.0, speaker="Ann"), spoken(" Hi.", 3.0, speaker="Bob"))
    transcript = Transcript("t", "T", "", 9.0, "base", language="en", segments=segments)
    named = formats.export(transcript, "srt", options=dataclasses.replace(NETFLIX, speakers=True))
    assert "\nAnn: Hello.\n" in named.text
    assert "Ann" not in formats.export(transcript, "srt", options=NETFLIX).text
    assert "<v Ann>Hello." in formats.export(transcript, "vtt", options=NETFLIX).text
    assert "Ann: Hello." in formats.export(transcript, "srt").text


def test_default_options_change_no_file() -> None:
    segments = (spoken(" Hello there, how are you today?", 0.0, speaker="Ann"), spoken(" Hi.", 3.0))
    transcript = Transcript("t", "T", "", 9.0, "base", language="en", segments=segments)
    for format in formats.NAMES:
        plain = formats.export(transcript, format)
        assert formats.export(transcript, format, options=ExportOptions()) == plain


def test_gap_of_two_frames_and_no_flash() -> None:
    segments = [spoken(f" Sentence number {i} is spoken here.", i * 2.7) for i in range(8)]
    rules = rules_for(NETFLIX, "en")
    made = cues_by_rules(segments, rules, "en")
    gaps = [b.start_s - a.end_s for a, b in itertools.pairwise(made)]
    assert all(abs(gap - rules.gap_s) < 1e-6 or gap >= rules.closed_gap_s for gap in gaps)


def test_long_sentence_is_cut_after_seven_seconds_at_most() -> None:
    text = " " + " ".join(["slowly"] * 12)
    made = cues_by_rules([spoken(text, 0.0, 1.5)], rules_for(NETFLIX, "en"), "en")
    assert all(cue.end_s - cue.start_s <= 7.001 for cue in made)
    assert len(made) >= 3


JAPANESE = (
    "この町でいちばん大きなショッピングセンターへ行って"
    "、「コーヒー」を飲みながらゆっくり話しました。"
)
THAI = "วันนี้เราจะไปกินข้าวที่ร้านอาหารใกล้ๆสถานีรถไฟฟ้าแล้วก็กลับบ้านเพราะเหนื่อยมาก"
KHMER = "ខ្ញុំទៅផ្សារដើម្បីទិញម្ហូបសម្រាប់គ្រួសាររបស់ខ្ញុំនៅថ្ងៃនេះព្រោះថ្ងៃស្អែក"


@pytest.mark.parametrize(("text", "language"), [(JAPANESE, "ja"), (THAI, "th"), (KHMER, "km")])
def test_scripts_without_spaces_are_cut_between_syllables(text: str, language: str) -> None:
    made = cues_by_rules([Segment(0.0, 20.0, text)], rules_for(NETFLIX, language), language)
    lines = [line for cue in made for line in cue.lines]
    assert "".join(lines) == text
    assert all(width(line) <= rules_for(NETFLIX, language).columns for line in lines)
    for line in lines:
        assert line[0] not in "ぁぃぅぇぉっゃゅょー、。」ะาำๆ"
        assert line[-1] not in "「（เแโใไ"
        assert not re.match(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u17b6-\u17d3]", line)


SENTENCES = [
    " Well, I never thought that it would come to this.", " Yes.", " No, no.", " And then?",
    " The committee, which met on Tuesday, decided to put the whole question off till autumn.",
    " It's a long way to the station and there is no bus at this time of night.",
    " Dr. Smith arrived.", " 東京都庁はAI技術を使っています。",
    " Supercalifragilisticexpialidociousnesses!",
]  # fmt: skip


@st.composite
def talks(draw: st.DrawFn) -> list[Segment]:
    """Sentences of two speakers at some pace, with pauses, sometimes without words."""
    segments: list[Segment] = []
    start_s = draw(st.floats(0, 3))
    for text in draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=10)):
        segment = spoken(text, start_s, draw(st.floats(0.1, 0.8)), draw(st.sampled_from("AB")))
        if draw(st.booleans()):
            segment = dataclasses.replace(segment, words=())
        segments.append(segment)
        start_s = segment.end_s + draw(st.sampled_from([0.0, 0.05, 0.2, 0.4, 0.7, 2.0, 9.0]))
    return segments


@given(segments=talks(), rules=st.sampled_from(["netflix", "bbc", "earwitness"]))
def test_no_rule_is_broken_that_the_speech_allows_to_keep(
    segments: list[Segment], rules: SubtitleRules
) -> None:
    chosen = rules_for(ExportOptions(rules=rules, children=True), "en")
    made = timed_cues(segments, chosen, "en")
    cues, spoken_s = [cue for cue, _ in made], [span for _, span in made]
    assert avoidable(violations(cues, chosen), cues, spoken_s, chosen) == []
    text = "".join("".join(cue.lines) for cue in cues)
    letters = re.compile(r"[\s-]")
    assert letters.sub("", text) == letters.sub("", "".join(s.text for s in segments))
    for cue, (start_s, end_s) in made:
        assert cue.start_s <= max(end_s, start_s + 1)
        assert start_s - 0.51 <= cue.start_s


@given(segments=talks())
def test_slow_speech_breaks_no_rule(segments: list[Segment]) -> None:
    slow = [
        dataclasses.replace(s, start_s=i * 20.0, end_s=i * 20.0 + 6, words=(), speaker="A")
        for i, s in enumerate(segments)
    ]
    for options in (NETFLIX, BBC):
        rules = rules_for(options, "en")
        assert violations(cues_by_rules(slow, rules, "en"), rules) == []


def cue(start_s: float, end_s: float, *lines: str) -> Cue:
    return Cue(start_s, end_s, lines)


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([cue(0, 2, "Fine.")], []),
        ([cue(0, 2, "x" * 43)], ["columns", "speed"]),
        ([cue(0, 3, "a", "b", "c")], ["lines"]),
        ([cue(0, 1, "x" * 21)], ["speed"]),
        ([cue(0, 0.5, "Hi.")], ["shortest"]),
        ([cue(0, 8, "Hi.")], ["longest"]),
        ([cue(0, 2, "Hi."), cue(2.0, 4, "Hi.")], ["gap"]),
        ([cue(0, 2, "Hi."), cue(2.3, 4, "Hi.")], ["flash"]),
        ([cue(0, 2, "Hi."), cue(1.5, 4, "Hi.")], ["overlap"]),
        ([cue(0, 2, "Hi."), cue(2.08, 4, "Hi.")], []),
    ],
)
def test_violations_are_counted(cues: list[Cue], expected: list[str]) -> None:
    assert [each.rule for each in violations(cues, rules_for(NETFLIX, "en"))] == expected


def test_violation_is_avoidable_where_there_is_time() -> None:
    rules = rules_for(NETFLIX, "en")
    short = [cue(0, 0.5, "Hi."), cue(5, 7, "Later.")]
    found = violations(short, rules)
    assert avoidable(found, short, [(0, 0.5), (5, 7)], rules) == [Violation(0, "shortest", 0.5)]
    crowded = [cue(0, 2, "x" * 40), cue(2.08, 2.58, "No."), cue(2.66, 4.66, "y" * 40)]
    spans = [(each.start_s, each.end_s) for each in crowded]
    assert avoidable(violations(crowded, rules), crowded, spans, rules) == []


def test_marks_are_no_characters_to_read() -> None:
    assert characters("นี้") == 1
    assert characters("abc") == 3


def test_very_long_segment_without_breaks_is_cut() -> None:
    rules = rules_for(NETFLIX, "en")
    for endless in ("a" * 3000, "東" * 3000, "ä " * 2000):
        made = cues_by_rules([Segment(0.0, 100.0, endless)], rules, "en")
        assert "".join("".join(c.lines) for c in made).replace(" ", "") == endless.replace(" ", "")
        assert all(width(line.strip()) <= rules.columns for c in made for line in c.lines)
