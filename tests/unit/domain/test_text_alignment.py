"""A text without times gets those of the heard words; what does not fit is marked."""

from __future__ import annotations

import random

import pytest
from earwitness.domain.retime import words_of
from earwitness.domain.text_alignment import align, has_times
from earwitness.errors import BadRequestError
from earwitness.transcript import Segment, Word


def heard(*texts: str, speaker: str | None = None) -> list[Segment]:
    """Each word lasts half a second, each segment begins where the last one ends."""
    segments: list[Segment] = []
    at_s = 0.0
    for text in texts:
        words: list[Word] = []
        for token in text.split():
            words.append(Word(f" {token}", at_s, at_s + 0.5, 0.9))
            at_s += 0.5
        segments.append(Segment(words[0].start_s, at_s, text, tuple(words), speaker=speaker))
    return segments


def lines(*texts: str) -> list[Segment]:
    return [Segment(0.0, 0.0, text) for text in texts]


def test_words_that_were_heard_have_their_times_and_others_are_estimated() -> None:
    found = align(
        lines("Good morning, dear listeners. It is raining today."),
        heard("good morning everybody it is", "raining today", speaker="S1"),
        10.0,
    )
    first, second = found.segments
    assert (first.text, first.start_s, first.speaker) == (
        "Good morning, dear listeners.",
        0.0,
        "S1",
    )
    assert [(word.text, word.start_s) for word in first.words[:2]] == [
        (" Good", 0.0),
        (" morning,", 0.5),
    ]
    assert (first.estimated_words, first.edges_estimated) == ((2, 3), True)
    assert 1.0 <= first.words[2].start_s <= first.end_s <= 1.5
    assert (second.start_s, second.end_s, second.edges_estimated) == (1.5, 3.5, False)
    assert second.estimated_words == ()
    assert found.fit == 6 / 8


def test_text_of_another_recording_and_recording_without_text_are_refused() -> None:
    with pytest.raises(BadRequestError, match="does not fit"):
        align(lines("The stock of fresh apples is low."), heard("good morning everybody"), 9.0)
    with pytest.raises(BadRequestError, match="nothing was heard"):
        align(lines("Good morning."), [], 9.0)


def test_times_of_a_text_never_go_back_and_stay_within_the_recording() -> None:
    chance = random.Random(14)
    vocabulary = [f"w{i}" for i in range(300)]
    spoken = chance.choices(vocabulary, k=6000)
    written = [
        word if chance.random() > 0.1 else chance.choice(vocabulary)
        for word in spoken
        if chance.random() > 0.05
    ]
    rows = [" ".join(written[i : i + 12]) + "." for i in range(0, len(written), 12)]
    source = heard(*(" ".join(spoken[i : i + 15]) for i in range(0, len(spoken), 15)))
    found = align(lines(*rows), source, 3000.0)
    assert found.fit > 0.75
    times = [
        edge
        for segment in found.segments
        for word in segment.words
        for edge in (word.start_s, word.end_s)
    ]
    assert times == sorted(times)
    assert times[-1] <= 3000.0
    by_time = {word.start_s: word.text.strip() for each in source for word in each.words}
    for segment in found.segments:
        for i, word in enumerate(segment.words):
            if i not in segment.estimated_words:
                assert by_time[word.start_s] == word.text.strip(" .")


def test_text_in_a_script_without_spaces_is_matched_by_characters() -> None:
    source = [Segment(0.0, 4.0, "今日は天気がいい", words_of("今日は天気がいい", 0.0, 4.0))]
    [first, second] = align(lines("今日は、", "天気がいいですね。"), source, 5.0).segments
    assert (first.start_s, first.end_s) == (0.0, pytest.approx(1.5, abs=0.2))
    assert second.start_s == pytest.approx(1.5, abs=0.2)
    assert 4.0 <= second.end_s <= 5.0


def test_speakers_of_the_text_stay() -> None:
    text = [Segment(0.0, 0.0, "Good morning.", speaker="Ann")]
    assert align(text, heard("good morning", speaker="S1"), 2.0).segments[0].speaker == "Ann"
    assert not has_times(text)
    assert has_times(heard("good"))
