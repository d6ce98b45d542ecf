"""Cues stay long enough to be read, one after the other."""

from __future__ import annotations

import itertools

import pytest
from earwitness import formats
from earwitness.formats.cue_times import SHORTEST_S, screen_times
from earwitness.messages import ExportFormat
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

SUBTITLES: tuple[ExportFormat, ...] = ("srt", "vtt", "ass", "lrc")


def read_back(format: ExportFormat, *segments: Segment) -> list[tuple[float, float, str]]:
    transcript = Transcript("t1", "Talk", "", 100.0, "base", segments=segments)
    file = formats.export(transcript, format)
    return [
        (s.start_s, s.end_s, s.text) for s in formats.read(file.text.encode(), file.name).segments
    ]


def durations(*spoken: tuple[float, float]) -> list[float]:
    times = screen_times(spoken, [10] * len(spoken))
    return [round(end_s - start_s, 3) for start_s, end_s in times]


def test_short_cue_stays_where_nothing_follows() -> None:
    assert durations((1.0, 1.18), (5.0, 5.0)) == [0.833, 0.833]
    assert screen_times([(1.0, 1.18), (5.0, 9.0)], [3, 40]) == [(1.0, 1.0 + SHORTEST_S), (5.0, 9.0)]


def test_next_cue_waits_for_a_short_one() -> None:
    assert screen_times([(1.0, 1.18), (1.18, 6.0)], [3, 40]) == [
        (1.0, 1.0 + SHORTEST_S), (1.0 + SHORTEST_S, 6.0),
    ]  # fmt: skip


def test_cues_of_one_start_come_one_after_the_other() -> None:
    assert durations((1.0, 1.0), (1.0, 4.0)) == [0.833, 2.167]
    assert durations((1.0, 1.0), (1.0, 1.0), (1.0, 9.0)) == [0.833, 0.833, 6.333]
    assert durations((1.0, 1.0), (1.0, 1.0), (2.0, 9.0)) == [0.833, 0.833, 6.333]


def test_crowded_cues_share_the_time() -> None:
    assert durations((1.0, 1.0), (1.0, 2.0), (2.0, 2.9), (2.9, 9.0)) == [0.833, 0.833, 0.833, 6.1]
    # Somebody speaks before them, so they cannot come earlier.
    said = durations((0.0, 1.0), (1.0, 1.0), (1.0, 2.0), (2.0, 2.9), (2.9, 9.0))
    assert said == [1.0, 0.533, 0.533, 0.833, 6.1]


def test_short_cue_comes_earlier_where_the_next_one_cannot_wait() -> None:
    spoken = [(1.0, 2.0), (9.9, 10.0), (10.0, 10.9), (10.9, 11.8), (11.8, 12.7)]
    times = screen_times(spoken, [10] * 5)
    assert all(end_s - start_s > SHORTEST_S - 1e-6 for start_s, end_s in times)
    assert 9.0 < times[1][0] < 9.9
    assert times[0] == (1.0, 2.0)


def test_many_quick_cues_do_not_drift() -> None:
    spoken = [(i * 0.4, i * 0.4 + 0.4) for i in range(50)]
    for (wanted_s, _), (start_s, _) in zip(spoken, screen_times(spoken, [5] * 50), strict=True):
        assert wanted_s <= start_s <= wanted_s + SHORTEST_S + 1e-9


def test_long_text_spoken_fast_stays_until_it_is_read() -> None:
    [(start_s, end_s), _] = screen_times([(1.0, 2.0), (9.0, 10.0)], [80, 5])
    assert (start_s, end_s) == (1.0, 5.0)
    [(_, end_s), _] = screen_times([(1.0, 2.0), (3.0, 4.0)], [80, 5])
    assert end_s == 3.0


@pytest.mark.parametrize("format", SUBTITLES)
def test_files_have_readable_cues(format: ExportFormat) -> None:
    words = (Word(" One", 12.0, 12.0), Word(" two", 12.0, 12.0), Word(" three.", 12.0, 12.0))
    read = read_back(
        format,
        Segment(1.0, 1.18, " Yes."),
        Segment(1.18, 1.18, " No."),
        Segment(1.18, 4.0, " We shall see."),
        Segment(3.5, 5.0, " Overlapping."),
        Segment(12.0, 12.0, " One two three.", words),
        Segment(20.0, 20.2, " Late."),
    )
    assert [text for *_, text in read] == [
        "Yes.", "No.", "We shall see.", "Overlapping.", "One two three.", "Late.",
    ]  # fmt: skip
    for (start_s, end_s, _), (after_s, *_) in itertools.pairwise(read):
        assert end_s - start_s > 0.82
        assert end_s <= after_s


spans = st.tuples(st.floats(0, 60), st.floats(0, 5)).map(lambda span: (span[0], sum(span)))


@given(spoken=st.lists(spans, max_size=30), sort=st.booleans())
def test_any_times_become_cues_in_order(spoken: list[tuple[float, float]], sort: bool) -> None:
    spoken = sorted(spoken) if sort else spoken
    times = screen_times(spoken, [20] * len(spoken))
    for start_s, end_s in times:
        assert start_s >= 0
        assert end_s - start_s > 0.09
    for (_, end_s), (after_s, _) in itertools.pairwise(times):
        assert end_s <= after_s


@given(gaps=st.lists(st.floats(SHORTEST_S, 9), max_size=20))
def test_cues_with_room_keep_their_starts(gaps: list[float]) -> None:
    starts = list(itertools.accumulate(gaps, initial=1.0))
    times = screen_times([(start_s, start_s) for start_s in starts], [20] * len(starts))
    assert [start_s for start_s, _ in times] == starts
    assert all(end_s - start_s > SHORTEST_S - 1e-6 for start_s, end_s in times)
