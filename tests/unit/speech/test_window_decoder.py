"""Segments of windows where the model misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from earwitness.engine_messages import WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import DecodeRequest, Hypothesis
from earwitness.speech.transcribe import transcribe
from earwitness.speech.whisper import SAMPLE_RATE_HZ

from tests.unit.speech.scripted import (
    Habit,
    Said,
    Tape,
    TapeAudio,
    TapeEncoded,
    TapeModel,
    TapeVad,
    inside,
    right,
    stamp,
    talk,
    wrote,
)


def rows(
    words: Sequence[Said], duration_s: float, habit: Habit, *, word_times: bool = True
) -> list[WindowRow]:
    """Every window of a recording as heard by a model with this habit."""
    options = TranscribeOptions(language="en", words=word_times)

    async def run() -> list[WindowRow]:
        batches = transcribe(
            TapeAudio(words, duration_s), TapeVad(), TapeModel(habit=habit), options
        )
        return [row async for batch in batches for row in batch.windows]

    return asyncio.run(run())


def texts(found: Sequence[WindowRow]) -> list[str]:
    return [segment.text for row in found for segment in row.segments]


def test_silent_window_has_no_text() -> None:
    def silence(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis:
        return wrote(list(b" you"), log_probability=-1.5, no_speech=0.8)

    (row,) = rows(talk(1, 4), 5, silence)
    assert row.segments == ()
    assert row.retries == 0


@pytest.mark.parametrize("symbols", [" ...", " \u266a\u266a", " ●●● "])
def test_text_without_letters_is_dropped(symbols: str) -> None:
    def hums(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis:
        return wrote([stamp(0), *symbols.encode()])

    assert texts(rows(talk(1, 20), 12, hums)) == []


@pytest.mark.parametrize("text", [" Thank you.", " Die Kante ist die Kante." * 8])
def test_text_where_no_speech_was_detected_is_decoded_once(text: str) -> None:
    """Music, with voice activity off."""
    model = TapeModel(habit=lambda *_: wrote([stamp(0), *text.encode()], log_probability=-0.5))
    options = TranscribeOptions(language="cs", voice_activity=False)

    async def run() -> list[WindowRow]:
        batches = transcribe(TapeAudio([], 25), TapeVad(), model, options)
        return [row async for batch in batches for row in batch.windows]

    assert texts(asyncio.run(run())) == []
    assert len(model.requests) == 1


def test_lasting_loop_is_cut_after_its_first_repetition() -> None:
    def loops(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis:
        return wrote([stamp(0), *b" Well then." * 20], finished=False)

    (row,) = rows(talk(1, 10, gap_s=0.0), 8, loops, word_times=False)
    assert texts([row]) == ["Well then."]


def said_again(times: int) -> list[Said]:
    """The same sentence several times, 2 s long, with pauses of 0.6 s."""
    return [
        Said(at_s + i * 0.4, at_s + (i + 1) * 0.4, f" {word}")
        for at_s in (1 + copy * 2.6 for copy in range(times))
        for i, word in enumerate(["stuff", "it", "into", "you", "now."])
    ]


@pytest.mark.parametrize("times", [3, 8])
@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize("word_times", [True, False])
def test_true_repetition_is_decoded_as_often_as_it_was_said(
    times: int, stops: bool, word_times: bool
) -> None:
    """`stops`: the guard of the page's graph ends a row after three copies."""

    def guarded(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        heard = inside(tape)
        if not stops or len(heard) < 15:
            return None
        copies = b"".join(word.text.encode() for word in heard[:15])
        start_s = heard[0].start_s - tape.start / SAMPLE_RATE_HZ
        return wrote([stamp(start_s), *copies], finished=False)

    words = said_again(times)
    found = rows(words, 25, guarded, word_times=word_times)
    assert " ".join(texts(found)) == " ".join(["stuff it into you now."] * times)
    assert {s.temperature for row in found for s in row.segments} == {0.0}
    if word_times:
        kept = [word for row in found for s in row.segments for word in s.words]
        for word, said in zip(kept, words, strict=True):
            assert word.start_s == pytest.approx(said.start_s, abs=0.15)


def test_repetition_that_breaks_off_is_decoded_in_parts() -> None:
    """Two copies are no loop, but the third has not been written."""

    def stops_after_two(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        heard, offset_s = inside(tape), tape.start / SAMPLE_RATE_HZ
        if len(heard) < 15:
            return None
        copies = b"".join(word.text.encode() for word in heard[:10])
        times = stamp(heard[0].start_s - offset_s), stamp(heard[9].end_s - offset_s)
        return wrote([times[0], *copies, times[1]])

    (row,) = rows(said_again(3), 12, stops_after_two)
    assert " ".join(texts([row])) == " ".join(["stuff it into you now."] * 3)
    assert row.retries == 3


def test_loop_over_other_speech_is_replaced_by_what_its_parts_say() -> None:
    def loops_when_long(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        if len(inside(tape)) > 20:
            return wrote([stamp(0), *b" and so it was" * 12, stamp(20)], log_probability=-0.05)
        return None

    words = [*talk(1, 15, gap_s=0.1), *talk(9, 15, gap_s=0.1), *talk(17, 15, gap_s=0.1)]
    found = rows(words, 25, loops_when_long)
    kept = [w.text for row in found for s in row.segments for w in s.words]
    assert kept == [word.text for word in words]


def test_text_at_the_token_limit_is_continued_from_the_last_timestamp() -> None:
    def stops_at_limit(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        heard, offset_s = inside(tape), tape.start / SAMPLE_RATE_HZ
        if len(heard) <= 12:
            return None
        first = "".join(word.text for word in heard[:8]).encode()
        second = "".join(word.text for word in heard[8:12]).encode()
        tokens = [
            stamp(heard[0].start_s - offset_s),
            *first,
            stamp(heard[7].end_s - offset_s),
            stamp(heard[8].start_s - offset_s),
            *second,
        ]
        return wrote(tokens, finished=False)

    words = talk(1, 20)
    found = rows(words, 12, stops_at_limit)
    assert "".join(w.text for row in found for s in row.segments for w in s.words) == "".join(
        word.text for word in words
    )


@pytest.mark.parametrize(("pair", "follow_ups"), [(True, 1), (False, 0)])
def test_two_timestamps_at_the_end_cause_a_follow_up(pair: bool, follow_ups: int) -> None:
    def leaves_two(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        heard, offset_s = inside(tape), tape.start / SAMPLE_RATE_HZ
        if len(heard) <= 2:
            return None
        text = "".join(word.text for word in heard[:-2]).encode()
        end = stamp(heard[-3].end_s - offset_s)
        return wrote([stamp(heard[0].start_s - offset_s), *text, *[end] * (1 + pair)])

    words = talk(1, 12)
    (row,) = rows(words, 8, leaves_two)
    kept = [word for segment in row.segments for word in segment.words]
    assert len(kept) == len(words) - 2 * (1 - follow_ups)
    assert row.retries == follow_ups
    if pair:
        assert kept[9].end_s == pytest.approx(words[9].end_s, abs=0.1)


def test_follow_ups_are_limited() -> None:
    calls: list[int] = []

    def stuck(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis:
        calls.append(tape.start)
        return wrote([stamp(0), *b" uh", stamp(1.2)])

    rows(talk(1, 50), 27, stuck)
    assert len(calls) == 5


def test_improbable_words_alone_in_silence_are_dropped() -> None:
    words = [*talk(1, 10), *talk(9, 2), *talk(14, 10)]

    def invents(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        alone = len(inside(tape)) == 2
        return right(tape, log_probability=-2.5) if alone else None

    found = rows(words, 20, invents)
    kept = "".join(texts(found)).replace(" ", "")
    assert kept == "".join(word.text.strip() for word in words if not 8 < word.start_s < 12)


@pytest.mark.parametrize("word_times", [True, False])
def test_times_are_in_order_and_inside_for_any_text(word_times: bool) -> None:
    def rambles(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis:
        turn = tape.start % 7
        tokens = [stamp(29), *b" one", stamp(2), stamp(2 + turn), *b" two", stamp(1), *b" three."]
        return wrote(tokens)

    found = rows([*talk(1, 60), *talk(50, 60)], 90, rambles, word_times=word_times)
    edges = [e for row in found for s in row.segments for e in (s.start_s, s.end_s)]
    assert edges == sorted(edges)
    assert len(edges) > 4
    assert 0 <= edges[0] <= edges[-1] <= 90
