"""Verdicts about decodes, beam search and fallback."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from earwitness.speech.activity import Span
from earwitness.speech.fallback import (
    Decoded,
    EncodedPool,
    RowDecoder,
    decode_windows,
    encoded_length_s,
    group_by_length,
    judge,
    repetition_ratio,
    seed,
)
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt
from earwitness.speech.protocols import DecodeRequest, Hypothesis, ModelSpec
from earwitness.speech.repetition import (
    compression_ratio,
    copies_in_row,
    without_repeated_end,
)
from earwitness.speech.settings import DecodingSettings, RepetitionSettings

from tests.unit.speech.scripted import (
    SPEC,
    Habit,
    Tape,
    TapeEncoded,
    TapeModel,
    inside,
    right,
    seconds,
    stamp,
    talk,
    wrote,
)

SETTINGS = DecodingSettings()
WORDS = tuple(talk(0, 300))
LOOP = b"so it was and " * 12
PROSE: dict[str, str] = json.loads(Path(__file__).with_name("prose.json").read_text("utf-8"))
"""Half a minute of the Universal Declaration of Human Rights in languages of many scripts."""


def window(start_s: float, stop_s: float) -> Window:
    start, stop = seconds(start_s), seconds(stop_s)
    return Window(start, stop, (Span(start, stop),), Tape(WORDS, start, stop))


def decode(
    windows: Sequence[Window],
    habit: Habit,
    settings: DecodingSettings = SETTINGS,
    language: str = "en",
    spec: ModelSpec = SPEC,
) -> tuple[list[Decoded], TapeModel]:
    model = TapeModel(spec, habit)

    async def run() -> list[Decoded]:
        pool = EncodedPool(model, 0.5)
        encoded = await pool.encode(windows)
        prompt = Prompt((SPEC.sot, 262, SPEC.transcribe), 0)
        decoder = RowDecoder(model, prompt, settings, language, "print")
        return await decode_windows(decoder, windows, encoded, pool)

    return asyncio.run(run()), model


def test_good_decode_is_accepted_at_once() -> None:
    (decoded,), model = decode([window(0, 10)], lambda tape, request, encoded: None)
    assert decoded.verdict == "accepted"
    assert decoded.retries == 0
    assert len(model.requests) == len(model.encodings) == 1


def test_silence_needs_low_probability_and_no_speech() -> None:
    def verdict(no_speech: float, log_probability: float, speech_s: float = 2.2) -> str:
        words = wrote(list(b"well"), log_probability=log_probability, no_speech=no_speech)
        return judge(words, "well", speech_s, SETTINGS)

    assert verdict(0.7, -1.2) == "silent"
    assert verdict(0.7, -0.5) == "accepted"
    assert verdict(0.5, -1.2) == "unlikely"
    assert verdict(0.9, -1.2, speech_s=3.0) == "unlikely"


def test_window_full_of_speech_is_never_silent() -> None:
    """Two voices at once: the model takes them for noise, and the detector for speech."""

    def noise(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        likely = encoded.duration_s == 30 and not request.temperature
        words = list(b"two voices at once")
        return wrote(words, log_probability=-1.1 if likely else -1.4, no_speech=0.8)

    (decoded,), _ = decode([window(0, 5)], noise)
    assert decoded.verdict == "unlikely"
    assert decoded.hypothesis.tokens
    assert (decoded.encoded.duration_s, decoded.temperature) == (30, 0.0)
    (brief,), model = decode([window(0, 2)], noise)
    assert brief.verdict == "silent"
    assert len(model.encodings) == 1


@pytest.mark.parametrize("speech_s", [4.0, 8.0])
def test_phrase_that_was_said_again_is_not_compared(speech_s: float) -> None:
    """Padded to full length, a model often writes one of several copies."""
    twice = wrote([*PHRASE, *b". ", *PHRASE], log_probability=-0.4)

    def once(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return wrote(PHRASE, log_probability=-0.3) if encoded.duration_s == 30 else twice

    (decoded,), model = decode([window(0, speech_s)], once, language="de")
    assert decoded.hypothesis == twice
    assert len(model.encodings) == 1


def test_text_of_nothing_but_copies_is_decoded_in_parts() -> None:
    """The model has written two of three copies, at a usual rate."""
    spans = tuple(Span(seconds(at_s), seconds(at_s + 2)) for at_s in (0, 3, 6))
    said = Window(0, seconds(9), spans, Tape(WORDS, 0, seconds(9)))
    twice = wrote([*PHRASE, 32, *PHRASE, 32])
    (decoded,), _ = decode([said], lambda *_: twice)
    assert [part.stop for part in decoded.parts] == [seconds(2.5), seconds(5.5), seconds(9)]
    (decoded,), _ = decode([said], lambda *_: wrote([*b"and then some words, ", *PHRASE, *END]))
    assert decoded.parts == ()


def test_end_that_stands_in_a_text_before_is_taken_off() -> None:
    def rest(text: str) -> str:
        return without_repeated_end(text, 16)

    assert rest("Come to see the house, come to see the house.") == "cometoseethehouse"
    assert rest("Come to see the house. " * 5) == "cometoseethehouse"
    assert (
        rest("I came to see the old house, and to see the old house") == "icametoseetheoldhouseand"
    )
    assert rest("No, no, no, no.") == "nononono"
    assert rest("谢谢大家收看再见。" * 3) == "谢谢大家收看再见"


def test_words_are_better_than_signs() -> None:
    def signs(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.temperature == 0.4:
            return wrote(list(b"two voices at once"), log_probability=-1.3)
        return wrote(list(b"..."), log_probability=-0.1)

    (decoded,), _ = decode([window(0, 5)], signs)
    assert decoded.temperature == 0.4


PHRASE = list(b"we all came to see the house")
END = list(b" and then he came to see the house")


@pytest.mark.parametrize(
    ("at_full_length", "log_probability", "kept"),
    [(False, -0.3, False), (False, -0.45, False), (False, -0.9, True), (True, -0.3, True)],
)
def test_last_phrase_that_is_written_again_is_compared_at_full_length(
    at_full_length: bool, log_probability: float, kept: bool
) -> None:
    """As where a recording is cut off in a sentence: the model goes on with what it has heard."""

    def again(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if encoded.duration_s < 30:
            return wrote([*PHRASE, *END], log_probability=-0.2)
        end = END if at_full_length else []
        return wrote([*PHRASE, *end], log_probability=log_probability)

    (decoded,), model = decode([window(0, 3)], again, language="de")
    assert decoded.hypothesis.tokens == tuple([*PHRASE, *END] if kept else PHRASE)
    assert [encoded.duration_s for encoded in model.encodings] == [3.5, 30]
    assert len(model.requests) == 2


def test_repetition_needs_fallback_by_ratio_and_by_loop() -> None:
    assert judge(wrote(list(b"text")), "so it was and " * 12, 9.0, SETTINGS) == "repeats"
    assert judge(wrote(list(LOOP)), "text", 9.0, SETTINGS) == "repeats"
    assert judge(wrote(list(b"no, no, no, no")), "no, no, no, no", 9.0, SETTINGS) == "accepted"


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("NACHT! NACHT! NACHT! NACHT! NACHT. NACHT! NACHT!", True),
        ("Το βίντεο, όχι όχι όχι όχι όχι όχι όχι όχι όχι όχι.", True),
        ("谢谢大家谢谢大家谢谢大家谢谢大家谢谢大家", True),
        ("No, no, no, no, no.", False),
        ("Morgen, morgen, nur nicht heute, sagen alle faulen Leute.", False),
        ("It costs 100000000000 dollars.", False),
    ],
)
def test_short_texts_that_loop_are_told_by_their_copies(text: str, loops: bool) -> None:
    ratio = repetition_ratio(text, RepetitionSettings())
    assert (ratio > SETTINGS.compression_ratio) is loops
    assert loops or ratio == compression_ratio(text)


def test_short_loop_over_a_window_gives_way_to_words_at_full_length() -> None:
    """Two voices at once: a word seven times, with marks that differ, was accepted at once."""
    loop, words = b"NACHT! NACHT! NACHT! NACHT! NACHT. NACHT! NACHT!", b"hun ogen bewegen"

    def habit(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        full = encoded.duration_s == 30
        return wrote(list(words if full else loop), log_probability=-0.9 if full else -0.3)

    (decoded,), _ = decode([window(0, 6)], habit, language="nl")
    assert bytes(decoded.hypothesis.tokens) == words


@pytest.mark.parametrize("language", PROSE)
def test_no_plain_prose_has_copies(language: str) -> None:
    assert copies_in_row(PROSE[language], min_copies=5, min_letters=16) == 1


@pytest.mark.parametrize(
    ("speech_s", "log_probability", "no_speech", "verdict"),
    [
        (1.1, -0.83, 0.76, "silent"),  # Hold music taken for speech, in Japanese.
        (1.1, -0.83, 0.4, "accepted"),
        (1.1, -0.35, 0.76, "accepted"),
        (4.0, -0.83, 0.76, "accepted"),
        (0.0, -0.48, 0.1, "silent"),  # No speech detected, voice activity off.
        (0.0, -0.3, 0.59, "silent"),
        (0.0, -0.3, 0.1, "accepted"),
    ],
)
def test_text_with_little_speech_has_to_be_sure(
    speech_s: float, log_probability: float, no_speech: float, verdict: str
) -> None:
    thanks = wrote(list(b"Thank you."), log_probability=log_probability, no_speech=no_speech)
    assert judge(thanks, "Thank you.", speech_s, SETTINGS) == verdict


@pytest.mark.parametrize(
    ("speech_s", "verdict"), [(0.0, "silent"), (1.0, "silent"), (5.0, "unlikely")]
)
def test_text_without_letters_is_not_accepted(speech_s: float, verdict: str) -> None:
    assert judge(wrote(list(b"...")), "♪ ...", speech_s, SETTINGS) == verdict


def test_looping_short_window_is_first_decoded_at_full_length() -> None:
    def loops_when_short(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        return wrote([stamp(0), *LOOP], finished=False) if encoded.duration_s < 30 else None

    (decoded,), model = decode([window(0, 10)], loops_when_short)
    assert decoded.verdict == "accepted"
    assert decoded.temperature == 0.0
    assert decoded.retries == 1
    assert [encoded.duration_s for encoded in model.encodings] == [10.5, 30]
    assert decoded.encoded is model.encodings[1]


def test_short_window_at_the_token_limit_is_decoded_again() -> None:
    def cut_off(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        words = "".join(word.text for word in inside(tape)).encode()
        return wrote([stamp(0), *words], finished=False) if encoded.duration_s < 30 else None

    (decoded,), _ = decode([window(0, 5)], cut_off)
    assert decoded.hypothesis.finished
    assert decoded.retries == 1


def test_beam_search_runs_only_for_unsure_rows() -> None:
    def halting(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        sure = {0: -0.1, 40: -0.5, 80: -0.39, 120: -0.7}[tape.start // seconds(1)]
        return right(tape, log_probability=sure + 0.2 * (request.beams > 1))

    windows = [window(at, at + 29.8) for at in (0, 40, 80, 120)]
    decoded, model = decode(windows, halting)
    assert [(request.rows, request.beams) for request in model.requests] == [
        ((0, 1, 2, 3), 1),
        ((1, 3), SETTINGS.beams),
    ]
    found = [d.hypothesis.average_log_probability for d in decoded]
    assert found == pytest.approx([-0.1, -0.3, -0.39, -0.5])
    assert [d.verdict for d in decoded] == ["accepted"] * 4
    assert [d.retries for d in decoded] == [0] * 4


def test_other_languages_use_beam_search_at_once() -> None:
    def quick(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return right(tape, log_probability=-0.05)

    _, model = decode([window(0, 29.8), window(40, 69.8)], quick, language="cs")
    assert [(request.rows, request.beams) for request in model.requests] == [((0, 1), 5)]


def test_worse_result_of_beam_search_is_discarded() -> None:
    def worse(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.beams > 1:
            return wrote([stamp(0), *b" something else", stamp(5)], log_probability=-0.6)
        return right(tape, log_probability=-0.5)

    (decoded,), model = decode([window(0, 29.8)], worse)
    assert len(model.requests) == 2
    assert decoded.hypothesis.average_log_probability == pytest.approx(-0.5)


def test_loop_is_decoded_by_beam_search_first() -> None:
    """Even where the loop itself has a high log-probability."""

    def loops(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.beams > 1:
            return right(tape, log_probability=-0.5)
        return wrote([stamp(0), *LOOP], log_probability=-0.05, finished=False)

    (decoded,), model = decode([window(0, 10)], loops)
    assert decoded.verdict == "accepted"
    assert len(model.encodings) == 1
    assert decoded.retries == 0


@pytest.mark.parametrize("language", ["en", "cs"])
@pytest.mark.parametrize(("beams", "searches"), [(1, True), (5, False)])
def test_without_beam_search_nothing_is_decoded_twice(
    beams: int, searches: bool, language: str
) -> None:
    def halting(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return right(tape, log_probability=-0.9)

    settings, spec = replace(SETTINGS, beams=beams), replace(SPEC, beam_search=searches)
    _, model = decode([window(0, 29.8)], halting, settings, language, spec)
    assert [request.beams for request in model.requests] == [1]


def test_temperature_rises_only_for_failing_rows() -> None:
    def hot(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        bad = tape.start == seconds(40) and request.temperature < 0.6
        return right(tape, log_probability=-2) if bad else None

    windows = [window(0, 29.8), window(40, 69.8), window(80, 109.8)]
    decoded, model = decode(windows, hot)
    assert [d.temperature for d in decoded] == [0.0, 0.6, 0.0]
    assert [d.retries for d in decoded] == [0, 3, 0]
    asked = [(request.rows, request.beams) for request in model.requests]
    assert asked == [((0, 1, 2), 1), ((1,), 5), ((1,), 1), ((1,), 1), ((1,), 1)]
    assert len(model.encodings) == 1


@pytest.mark.parametrize(("log_probability", "temperature"), [(-0.85, 1.0), (-2.0, 0.4)])
def test_repetition_is_weighed_against_log_probability(
    log_probability: float, temperature: float
) -> None:
    """An improbable text does not win because it repeats itself less."""

    def bad(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.temperature == 0.4:
            return wrote(list(LOOP), log_probability=-0.4)
        last = request.temperature == 1.0
        return right(tape, log_probability=log_probability if last else -3)

    (decoded,), _ = decode([window(0, 29.8)], bad)
    assert decoded.temperature == temperature


def test_likeliest_text_is_kept_if_none_is_accepted() -> None:
    def bad(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return right(tape, log_probability=-3 + request.temperature)

    (decoded,), model = decode([window(0, 29.8)], bad)
    assert decoded.verdict == "unlikely"
    assert decoded.temperature == 1.0
    assert decoded.retries == sum(request.beams == 1 for request in model.requests) - 1 == 5


def test_likeliest_text_is_kept_if_all_repeat() -> None:
    def loops(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return wrote(list(LOOP), log_probability=-0.1 - abs(request.temperature - 0.2))

    (decoded,), _ = decode([window(0, 29.8)], loops)
    assert decoded.temperature == 0.2


def test_seed_depends_on_audio_window_and_attempt() -> None:
    one, two = window(0, 10), window(10, 20)
    assert seed("a", one, 1) == seed("a", window(0, 10), 1)
    others = {seed("a", one, 1), seed("b", one, 1), seed("a", two, 1), seed("a", one, 2)}
    assert len(others) == 4
    assert all(0 <= value < 2**32 for value in others)


def test_request_limits_tokens_and_suppresses_special_tokens() -> None:
    _, model = decode([window(0, 1.5)], lambda tape, request, encoded: None)
    (request,) = model.requests
    assert request.max_new_tokens == 16 + 2 * 30
    assert {1, 2, SPEC.sot, SPEC.no_speech} <= set(request.suppress_tokens)
    _, model = decode([window(0, 29)], lambda tape, request, encoded: None)
    assert model.requests[0].max_new_tokens == 224


@pytest.mark.parametrize(
    ("lengths_s", "margin_s", "expected_s"),
    [((3.0,), 0.5, 3.5), ((3.01, 7.0), 0.5, 7.5), ((7.1,), 0.5, 8.0), ((28.0,), 4.0, 29.98)],
)
def test_encoded_length_is_rounded_up_and_below_full_length(
    lengths_s: Sequence[float], margin_s: float, expected_s: float
) -> None:
    windows = [window(0, length) for length in lengths_s]
    assert encoded_length_s(windows, margin_s, 0.5) == expected_s


def test_windows_are_grouped_by_length() -> None:
    windows = [window(0, length_s) for length_s in (3, 28, 2, 20, 29, 3)]
    assert group_by_length(windows, 0.6) == [[4, 1, 3], [0, 5, 2]]
    assert group_by_length([], 0.6) == []


def test_compression_ratio_rises_with_repetition() -> None:
    assert compression_ratio("") == 0.0
    assert compression_ratio("The quick brown fox jumps over the lazy dog") < 1.2
    assert compression_ratio("thank you " * 40) > 2.4


@pytest.mark.parametrize("language", PROSE)
def test_plain_prose_of_any_script_is_not_taken_for_repetition(language: str) -> None:
    ratio = compression_ratio(PROSE[language])
    assert 0.9 < ratio < 2.25
    assert judge(wrote(list(b"text")), PROSE[language], 30.0, SETTINGS) == "accepted"


@pytest.mark.parametrize("language", PROSE)
def test_sentence_said_five_times_is_repetition_in_any_script(language: str) -> None:
    sentence = PROSE[language][: len(PROSE[language]) // 6]
    assert judge(wrote(list(b"text")), sentence * 5, 30.0, SETTINGS) == "repeats"


def test_ascii_text_keeps_its_ratio() -> None:
    text = PROSE["sw"]
    assert text.isascii()
    assert compression_ratio(text) == len(text) / len(zlib.compress(text.encode()))
