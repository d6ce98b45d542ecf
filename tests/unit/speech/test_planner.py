"""Windows: all speech exactly once, cut in silence, the same from every resume point."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest
from earwitness.speech.planner import Plan, Window, plan_window
from earwitness.speech.settings import SpeechSettings, VadSettings
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.speech.scripted import Said, TapeAudio, TapeVad, seconds, talk

SETTINGS = SpeechSettings()
MAX = seconds(30)


def plan(
    words: list[Said],
    duration_s: float,
    *,
    start: int = 0,
    options: SpeechSettings = SETTINGS,
    skip_silence: bool = True,
    limit: int | None = None,
) -> list[Plan]:
    """Every step to the end of the recording."""

    async def collect() -> list[Plan]:
        audio, at, steps = TapeAudio(words, duration_s), start, list[Plan]()
        while not steps or not steps[-1].ended:
            step = await plan_window(
                audio, TapeVad(), at, options, limit=limit, skip_silence=skip_silence
            )
            assert step.ended or step.next_start > at, "planning goes forward"
            at = step.next_start
            steps.append(step)
        return steps

    return asyncio.run(collect())


def windows(*args: object, **options: object) -> list[Window]:
    steps = plan(*args, **options)  # type: ignore[arg-type]
    return [window for step in steps for window in step.windows]


@st.composite
def recordings(draw: st.DrawFn) -> tuple[list[Said], float]:
    """Words of any length with pauses of any length between them, silence at the ends."""
    at_s, words = draw(st.floats(0, 3)), list[Said]()
    for _ in range(draw(st.integers(0, 25))):
        length_s = draw(st.floats(0.2, 8))
        words.append(Said(round(at_s, 3), round(at_s + length_s, 3), " word"))
        at_s += length_s + draw(st.one_of(st.floats(0.25, 1), st.floats(0.25, 40)))
    return words, round(at_s + draw(st.floats(0, 3)), 3)


@settings(deadline=None, max_examples=60)
@given(recordings())
def test_speech_is_covered_exactly_once(recording: tuple[list[Said], float]) -> None:
    words, duration_s = recording
    found = windows(words, duration_s)
    assert all(0 < w.stop - w.start <= MAX for w in found)
    assert all(a.stop <= b.start for a, b in pairwise(found))
    assert all(w.stop <= seconds(duration_s) for w in found)
    for word in words:
        inside = sum(
            max(0, min(w.stop, seconds(word.end_s)) - max(w.start, seconds(word.start_s)))
            for w in found
        )
        assert inside == pytest.approx(seconds(word.end_s) - seconds(word.start_s), abs=1)
    assert all(len(w.samples) == w.stop - w.start for w in found)
    assert all(w.start <= s.start < s.stop <= w.stop for w in found for s in w.speech)


@settings(deadline=None, max_examples=30)
@given(recordings(), st.integers(0, 10))
def test_resumed_planning_gives_the_same_windows(
    recording: tuple[list[Said], float], step: int
) -> None:
    words, duration_s = recording
    whole = plan(words, duration_s)
    step = min(step, len(whole) - 1)
    start = whole[step].next_start
    if not whole[step].ended:
        assert plan(words, duration_s, start=start) == whole[step + 1 :]


@settings(deadline=None, max_examples=30)
@given(recordings())
def test_all_audio_is_covered_without_skipping_silence(recording: tuple[list[Said], float]) -> None:
    words, duration_s = recording
    found = windows(words, duration_s, skip_silence=False)
    edges = [0, *(w.stop for w in found)]
    assert [w.start for w in found] == edges[:-1]
    assert edges[-1] == seconds(duration_s)
    assert all(w.stop - w.start <= MAX for w in found)


def test_long_silence_ends_a_window_and_is_skipped() -> None:
    first, second = windows([*talk(2, 10), *talk(20, 10)], 60)
    pad = seconds(SETTINGS.vad.pad_s)
    assert first.start == pytest.approx(seconds(2) - pad, abs=600)
    assert first.stop == pytest.approx(seconds(6.8) + pad, abs=600)
    assert second.start == pytest.approx(seconds(20) - pad, abs=600)


def test_full_window_is_cut_in_its_last_good_silence() -> None:
    words = [*talk(0, 44), *talk(22.7, 10), *talk(28.3, 20)]
    first, second = windows(words, 60)
    assert seconds(words[53].end_s) <= first.stop <= second.start <= seconds(28.3)


def test_window_without_silence_is_cut_between_words() -> None:
    words = talk(0, 120, word_s=0.4, gap_s=0.1)
    first = windows(words, 70)[0]
    middles = [seconds(word.start_s + word.end_s) // 2 for word in words]
    assert min(abs(first.stop - middle) for middle in middles) > seconds(0.12)


def test_last_window_of_a_part_ends_with_the_part() -> None:
    found = windows(talk(0, 100), 60, limit=seconds(33))
    assert found[-1].stop == seconds(33)


def test_shorter_window_setting_is_respected() -> None:
    options = replace(SETTINGS, windows=replace(SETTINGS.windows, max_s=10))
    found = windows(talk(0, 100), 60, options=options)
    assert len(found) >= 5
    assert all(w.length_s <= 11 for w in found)


def test_paddings_do_not_overlap() -> None:
    wide = replace(SETTINGS, vad=VadSettings(pad_s=5))
    found = windows([*talk(3, 4), *talk(12, 4), *talk(20, 4)], 40, options=wide)
    assert all(a.stop <= b.start for a, b in pairwise(found))
