"""Words and their speakers."""

from __future__ import annotations

from dataclasses import replace

from earwitness.domain.attribution import attribute, uncertain_runs
from earwitness.transcript import Segment, Turn, Word


def sentence(text: str, start_s: float, word_s: float = 0.5) -> Segment:
    words = tuple(
        Word(f" {word}", start_s + n * word_s, start_s + (n + 1) * word_s)
        for n, word in enumerate(text.split())
    )
    return Segment(start_s, words[-1].end_s, text, words)


def spoken(segments: list[Segment], turns: list[Turn]) -> list[tuple[str | None, str]]:
    found = attribute(segments, turns)
    return [(each.segment.speaker, each.segment.text.strip()) for each in found]


def test_sentences_go_to_who_says_them() -> None:
    turns = [Turn("S1", 0, 2), Turn("S2", 2, 4)]
    segments = [sentence("How are you today?", 0), sentence("I am quite well.", 2)]
    assert spoken(segments, turns) == [("S1", "How are you today?"), ("S2", "I am quite well.")]


def test_sentence_with_two_speakers_is_split() -> None:
    turns = [Turn("S1", 0, 2), Turn("S2", 2.1, 4)]
    [first, second] = attribute([sentence("Where is it then over there now I think", 0)], turns)
    assert (first.segment.speaker, first.segment.text) == ("S1", " Where is it then")
    assert (second.segment.speaker, second.segment.text) == ("S2", " over there now I think")
    assert first.segment.end_s == second.segment.start_s == 2.0
    assert second.segment.words[0].text == " over"


def test_change_close_to_a_sentence_end_is_at_the_sentence_end() -> None:
    turns = [Turn("S1", 0, 2.4), Turn("S2", 2.4, 5)]
    segments = [sentence("We can go home.", 0), sentence("Not before I have eaten.", 2)]
    assert [speaker for speaker, _ in spoken(segments, turns)] == ["S1", "S2"]
    assert not attribute(segments, turns)[1].words[0].certain


def test_word_under_two_voices_is_uncertain() -> None:
    turns = [Turn("S1", 0, 2), Turn("S2", 0.9, 1.6)]
    [only] = attribute([sentence("one two three four", 0)], turns)
    assert only.segment.speaker == "S1"
    assert [word.certain for word in only.words] == [True, True, False, True]


def test_word_in_a_pause_goes_to_the_nearest_turn() -> None:
    turns = [Turn("S1", 0, 1), Turn("S2", 5, 6)]
    near, far = attribute([sentence("yes", 1.1), sentence("hm", 2.5)], turns)
    assert (near.segment.speaker, near.words[0].certain) == ("S1", True)
    assert (far.segment.speaker, far.words[0].certain) == ("S1", False)


def test_segment_without_words_goes_to_who_speaks_longest() -> None:
    turns = [Turn("S1", 0, 1), Turn("S2", 1, 4)]
    [only] = attribute([Segment(0, 4, "A sentence.")], turns)
    assert only.segment.speaker == "S2"
    assert only.segment.text == "A sentence."


def test_without_turns_no_segment_has_a_speaker() -> None:
    assert spoken([sentence("Hello there.", 0)], []) == [(None, "Hello there.")]


def in_channel(channel: int, segment: Segment) -> Segment:
    return replace(segment, channel=channel, speaker=f"S{channel + 1}")


CALL = [
    in_channel(0, sentence("I ask you and go on and on", 0)),
    in_channel(1, sentence("and he just says", 1)),
    in_channel(1, sentence("well no yes", 2.5)),
    in_channel(0, sentence("so what is it", 5)),
]
"""The second person speaks only while the first one does."""
CALL_TURNS = [Turn("A", 0, 4), Turn("B", 1, 4), Turn("A", 5, 7)]


def test_sentence_of_a_channel_goes_to_the_person_of_that_channel() -> None:
    found = attribute(CALL, CALL_TURNS)
    assert [each.segment.speaker for each in found] == ["A", "B", "B", "A"]
    assert all(word.certain for each in found for word in each.words)
    named = [replace(each.segment, channel=s.channel) for each, s in zip(found, CALL, strict=True)]
    assert uncertain_runs(named, CALL_TURNS) == []


def test_part_of_a_call_is_attributed_by_all_of_it() -> None:
    [only] = attribute(CALL[1:2], CALL_TURNS, CALL)
    assert only.segment.speaker == "B"


def test_two_people_in_one_channel_are_told_apart_there() -> None:
    turns = [Turn("A", 0, 4), Turn("B", 1, 2.4), Turn("C", 2.4, 4), Turn("A", 5, 7)]
    assert [each.segment.speaker for each in attribute(CALL, turns)] == ["A", "B", "C", "A"]


def test_one_person_in_both_channels_says_all_sentences() -> None:
    turns = [Turn("A", 0, 7)]
    assert {each.segment.speaker for each in attribute(CALL, turns)} == {"A"}
