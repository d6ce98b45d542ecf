"""Transcription of scripted recordings: batches, resume points, language, follow-ups."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest
from earwitness.engine_messages import ResumePoint
from earwitness.errors import BadRequestError
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import DecodeRequest, Hypothesis
from earwitness.speech.settings import DecodingSettings, SpeechSettings
from earwitness.speech.transcribe import Batch, transcribe

from tests.unit.speech.scripted import (
    SPEC,
    Said,
    Tape,
    TapeAudio,
    TapeEncoded,
    TapeModel,
    TapeVad,
    inside,
    right,
    seconds,
    stamp,
    talk,
    wrote,
)


def run(
    words: list[Said],
    duration_s: float,
    model: TapeModel | None = None,
    options: TranscribeOptions | None = None,
    resume: ResumePoint | None = None,
    batches: int | None = None,
    settings: SpeechSettings | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> list[Batch]:
    """All batches, or the first few, as a killed engine would have given."""

    async def collect() -> list[Batch]:
        got: list[Batch] = []
        async for batch in transcribe(
            TapeAudio(words, duration_s),
            TapeVad(),
            model or TapeModel(),
            options or TranscribeOptions(),
            resume,
            fingerprint="tape",
            settings=settings,
            start_s=start_s,
            end_s=end_s,
            stop=lambda: batches is not None and len(got) >= batches,
        ):
            got.append(batch)
        return got

    return asyncio.run(collect())


def said(batches: list[Batch]) -> list[str]:
    """Every word in order."""
    return [
        word.text
        for batch in batches
        for row in batch.windows
        for segment in row.segments
        for word in segment.words
    ]


LONG = [*talk(2, 20), *talk(40, 80), *talk(130, 6), *talk(200, 60, gap_s=0.3)]


def test_every_word_appears_once_with_its_time() -> None:
    batches = run(LONG, 300)
    assert said(batches) == [word.text for word in LONG]
    times = [
        (word.start_s, word.end_s)
        for batch in batches
        for row in batch.windows
        for segment in row.segments
        for word in segment.words
    ]
    for (start_s, end_s), word in zip(times, LONG, strict=True):
        assert start_s == pytest.approx(word.start_s, abs=0.15)
        assert end_s == pytest.approx(word.end_s, abs=0.15)
    assert [batch.finished for batch in batches] == [False] * (len(batches) - 1) + [True]
    assert batches[-1].position_s == 300


def test_first_batch_is_one_window_and_rows_are_numbered() -> None:
    batches = run(LONG, 300)
    assert [len(batch.windows) for batch in batches][:2] == [1, 4]
    rows = [row for batch in batches for row in batch.windows]
    assert [row.window for row in rows] == list(range(len(rows)))
    assert [row.batch for row in rows] == [i for i, b in enumerate(batches) for _ in b.windows]


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_resumed_run_gives_the_rows_of_a_whole_run(killed_after: int) -> None:
    whole = run(LONG, 300)
    before = run(LONG, 300, batches=killed_after)
    after = run(LONG, 300, resume=before[-1].resume if before else None)
    rows = [row for batch in [*before, *after] for row in batch.windows]
    assert rows == [row for batch in whole for row in batch.windows]
    assert after[-1].resume == whole[-1].resume


def test_rows_are_in_order_for_windows_of_uneven_length() -> None:
    words = [*talk(1, 4), *talk(10, 3), *talk(20, 50), *talk(60, 2), *talk(70, 60)]
    model = TapeModel()
    batches = run(words, 120, model)
    assert said(batches) == [word.text for word in words]
    rows = [row for batch in batches for row in batch.windows]
    assert [row.window for row in rows] == list(range(len(rows)))
    for encoded in model.encodings:
        assert len({len(w) > 8 * 16000 for w in encoded.windows}) == 1


def test_silence_gives_no_windows_and_no_decodes() -> None:
    model = TapeModel()
    batches = run([], 1000, model)
    assert said(batches) == []
    assert not model.encodings
    assert batches[-1].finished
    assert len(batches) > 1, "long silence still reports how far it got"


def test_reads_are_never_longer_than_a_window() -> None:
    audio = TapeAudio([*talk(5, 30), *talk(900, 30), *talk(3500, 30)], 3600)

    async def listen() -> int:
        options = TranscribeOptions(words=False)
        batches = transcribe(audio, TapeVad(), TapeModel(), options)
        return sum([len(batch.windows) async for batch in batches])

    assert asyncio.run(listen()) == 3
    assert max(stop - start for start, stop in audio.reads) <= seconds(30)
    twice = sum(stop - start for start, stop in audio.reads) / seconds(3600)
    assert twice < 1.1, "audio is read once, but for what lies around a window's start"


def test_empty_recording_ends_at_once() -> None:
    (only,) = run([], 0)
    assert only.finished
    assert only.windows == ()


def test_all_encoded_batches_are_released() -> None:
    model = TapeModel()
    run(LONG, 300, model)
    assert all(encoded.released for encoded in model.encodings)


def test_uncertain_language_is_voted_on_by_later_windows() -> None:
    def heard(tape: Tape) -> dict[str, float]:
        return {"en": 0.55, "cs": 0.45} if tape.start == 0 else {"en": 0.02, "cs": 0.98}

    words = [*talk(0.2, 5), *talk(10, 60), *talk(50, 60)]
    batches = run(words, 100, TapeModel(heard_language=heard))
    assert batches[0].resume.language == "cs"
    assert batches[0].resume.language_probability == pytest.approx(0.95, abs=0.04)
    assert said(batches) == [word.text for word in words]


def test_uncertain_language_of_a_short_recording_is_voted_on_at_full_length() -> None:
    votes = iter([{"en": 0.6, "cs": 0.4}, {"en": 0.1, "cs": 0.9}])
    model = TapeModel(heard_language=lambda tape: next(votes))
    batches = run(talk(0.5, 6), 4, model)
    assert [encoded.duration_s for encoded in model.encodings] == [4.0, 30]
    assert batches[0].resume.language == "cs"
    assert len(model.requests) == 1, "no trials needed"


def test_trial_decode_decides_an_uncertain_language() -> None:
    def fluent_in_czech(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        language = request.prompts[0][1]
        if language == SPEC.languages["ja"]:
            return wrote(list(b"ha " * 30), log_probability=-0.1)
        return right(tape, log_probability=-0.3 if language == SPEC.languages["cs"] else -0.9)

    doubt = {"en": 0.5, "cs": 0.2, "ja": 0.28, "la": 0.02}
    model = TapeModel(heard_language=lambda tape: doubt, habit=fluent_in_czech)
    batches = run(talk(0.5, 6), 4, model)
    assert batches[0].resume.language == "cs"
    assert 0.9 < (batches[0].resume.language_probability or 0) < 1
    assert [r.prompts[0][1] for r in model.requests] == [262, 264, 263, 263]


def test_loop_does_not_decide_the_language() -> None:
    """Decoded in a wrong language, true repetition becomes a loop with a high probability."""

    def loops_in_japanese(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        if request.prompts[0][1] == SPEC.languages["ja"]:
            return wrote(list(b"ha ha hm " * 20), log_probability=-0.1)
        return right(tape, log_probability=-0.4)

    doubt = {"en": 0.4, "ja": 0.45, "cs": 0.02}
    model = TapeModel(heard_language=lambda tape: doubt, habit=loops_in_japanese)
    assert run(talk(0.5, 20), 12, model)[0].resume.language == "en"


@pytest.mark.parametrize("doubt", [{"en": 0.5, "ja": 0.2}, {"en": 0.2, "ja": 0.5}])
def test_same_words_in_two_languages_are_the_one_with_more_training_data(
    doubt: dict[str, float],
) -> None:
    """English decoded as Latin is written in English, sometimes more fluently (measured)."""

    def writes_the_same(
        tape: Tape, request: DecodeRequest, encoded: TapeEncoded
    ) -> Hypothesis | None:
        japanese = request.prompts[0][1] == SPEC.languages["ja"]
        return right(tape, log_probability=-0.2 if japanese else -0.4)

    model = TapeModel(heard_language=lambda tape: doubt | {"cs": 0.02}, habit=writes_the_same)
    assert run(talk(0.5, 20), 12, model)[0].resume.language == "en"


def test_chosen_language_is_not_detected() -> None:
    model = TapeModel(heard_language=lambda tape: pytest.fail("not needed"))
    batches = run(talk(1, 5), 5, model, TranscribeOptions(language="cs", task="translate"))
    assert batches[0].resume.language == "cs"
    assert batches[0].resume.language_probability == 1.0
    assert model.requests[0].prompts[0] == (SPEC.sot, SPEC.languages["cs"], SPEC.translate)


def test_unknown_language_is_rejected() -> None:
    with pytest.raises(BadRequestError, match="does not support the language 'xx'"):
        run(talk(1, 5), 5, options=TranscribeOptions(language="xx"))


def test_english_only_model_rejects_other_languages() -> None:
    english = replace(SPEC, multilingual=False, languages={}, id="tiny.en")
    with pytest.raises(BadRequestError, match="English only"):
        run(talk(1, 5), 5, TapeModel(english), TranscribeOptions(language="cs"))
    batches = run(talk(1, 5), 5, TapeModel(english))
    assert batches[0].resume.language == "en"


def test_speech_after_the_last_timestamp_is_decoded_as_its_own_window() -> None:
    def stops_early(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        words = inside(tape)
        if len(words) <= 10:
            return None
        end = words[9].end_s - tape.start / 16000
        text = "".join(word.text for word in words[:10]).encode()
        return wrote([stamp(words[0].start_s - tape.start / 16000), *text, stamp(end)])

    words = talk(1, 30)
    batches = run(words, 20, TapeModel(habit=stops_early))
    assert said(batches) == [word.text for word in words]
    assert batches[0].windows[0].retries == 2


def test_previous_text_is_prompted_window_by_window() -> None:
    settings = SpeechSettings(decoding=DecodingSettings(condition_on_previous_text=True))
    model = TapeModel()
    batches = run(LONG, 300, model, settings=settings)
    assert all(len(batch.windows) <= 1 for batch in batches)
    assert model.requests[0].prompts[0][0] == SPEC.sot
    second = model.requests[1].prompts[0]
    assert second[0] == SPEC.sot_prev
    first_text = " ".join(s.text for s in batches[0].windows[0].segments)
    shown = bytes(second[1 : model.requests[1].sot_index]).decode()
    assert first_text.endswith(shown.strip()[-50:])


def test_expected_words_are_in_every_prompt() -> None:
    model = TapeModel()
    run(LONG, 300, model, TranscribeOptions(prompt="Zdeněk"))
    for request in model.requests:
        for prompt in request.prompts:
            assert prompt[0] == SPEC.sot_prev
            assert bytes(prompt[1 : request.sot_index]).decode() == " Zdeněk"
            assert prompt[request.sot_index] == SPEC.sot


def test_long_prompt_keeps_its_end_and_says_so() -> None:
    model = TapeModel()
    batches = run(LONG, 300, model, TranscribeOptions(prompt="x" * 400 + " Zdeněk"))
    assert {batch.resume.prompt_used for batch in batches} == {"Zdeněk"}
    for request in model.requests:
        for prompt in request.prompts:
            assert bytes(prompt[1 : request.sot_index]).decode() == " Zdeněk"
    assert run(LONG, 300, None, TranscribeOptions(prompt="Zdeněk"))[0].resume.prompt_used == ""


def test_only_the_requested_part_is_decoded() -> None:
    words = talk(0, 150)
    batches = run(words, 80, start_s=20.0, end_s=40.0)
    expected = [w.text for w in words if w.start_s >= 20 and w.end_s <= 40]
    assert said(batches) == expected
    assert batches[-1].position_s == 40.0


def test_segments_without_word_times_have_the_models_times() -> None:
    model = TapeModel(aligns=False)
    batches = run(talk(1, 10), 10, model, TranscribeOptions(words=False))
    (segment,) = batches[0].windows[0].segments
    assert segment.words == ()
    assert segment.start_s == pytest.approx(1.0, abs=0.03)
    assert segment.end_s == pytest.approx(1 + 10 * 0.5 - 0.2, abs=0.03)


def test_all_audio_is_decoded_without_voice_activity() -> None:
    model = TapeModel()
    batches = run(talk(50, 5), 100, model, TranscribeOptions(voice_activity=False))
    covered = [(row.start_s, row.end_s) for batch in batches for row in batch.windows]
    assert covered[0][0] == 0
    assert covered[-1][1] == 100
    assert all(a[1] == b[0] for a, b in pairwise(covered))
    assert said(batches) == [word.text for word in talk(50, 5)]


def test_only_failing_rows_are_decoded_again() -> None:
    def mumbles(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        bad = seconds(45) < tape.start < seconds(60) and request.temperature < 0.4
        return right(tape, log_probability=-1.5) if bad else None

    model = TapeModel(habit=mumbles)
    batches = run(LONG, 300, model)
    assert said(batches) == [word.text for word in LONG]
    retried = [row for batch in batches for row in batch.windows if row.retries]
    assert len(retried) == 1
    assert retried[0].retries == 3
    assert {s.temperature for s in retried[0].segments} == {0.4}
    again = [request for request in model.requests if request.temperature > 0]
    assert [(request.temperature, len(request.prompts)) for request in again] == [
        (0.2, 1),
        (0.4, 1),
    ]


def languages(batches: list[Batch]) -> list[tuple[str | None, int]]:
    """The language of each run of segments in one, and its words."""
    found: list[tuple[str | None, int]] = []
    for segment in (s for b in batches for row in b.windows for s in row.segments):
        if found and found[-1][0] == segment.language:
            found[-1] = (segment.language, found[-1][1] + len(segment.words))
        else:
            found.append((segment.language, len(segment.words)))
    return found


def heard_at(changes: dict[float, dict[str, float]]) -> TapeModel:
    """A model that hears these languages from these times on, by the middle of a window."""

    def heard(tape: Tape) -> dict[str, float]:
        middle_s = (tape.start + tape.stop) / 2 / 16000
        return [votes for at_s, votes in changes.items() if at_s <= middle_s][-1]

    return TapeModel(heard_language=heard)


EN, CS = {"en": 0.97, "cs": 0.02, "ja": 0.01}, {"cs": 0.97, "en": 0.02, "ja": 0.01}
TWO = [*talk(1, 30), *talk(30, 50), *talk(70, 40), *talk(110, 40)]


def test_language_that_changes_is_followed() -> None:
    model = heard_at({0: EN, 25: CS, 105: EN})
    batches = run(TWO, 140, model)
    assert languages(batches) == [("en", 30), ("cs", 90), ("en", 40)]
    assert batches[0].resume.language == "en"
    assert batches[-1].resume.language == "cs", "spoken longest"
    assert batches[-1].resume.language_probability == pytest.approx(0.97)
    asked = [request.prompts[0][1] for request in model.requests]
    assert {SPEC.languages["en"], SPEC.languages["cs"]} == set(asked)
    assert said(batches) == [word.text for word in TWO]


@pytest.mark.parametrize("killed_after", [0, 1])
def test_followed_languages_are_the_same_after_a_resumption(killed_after: int) -> None:
    changes = {0.0: EN, 25.0: CS, 105.0: EN}
    whole = run(TWO, 140, heard_at(changes))
    before = run(TWO, 140, heard_at(changes), batches=killed_after)
    after = run(TWO, 140, heard_at(changes), resume=before[-1].resume if before else None)
    assert languages([*before, *after]) == languages(whole)
    assert after[-1].resume == whole[-1].resume


def test_unsure_window_keeps_the_language_before_it() -> None:
    unsure = {"cs": 0.6, "ja": 0.25, "en": 0.15}
    assert languages(run(TWO, 140, heard_at({0: EN, 25: unsure}))) == [("en", 160)]


def test_short_exclamation_does_not_change_the_language() -> None:
    words = [*talk(1, 30), *talk(25, 2), *talk(35, 30)]
    model = heard_at({0: EN, 24: CS, 30: EN})
    assert languages(run(words, 60, model)) == [("en", 62)]


def test_window_that_two_languages_share_is_divided() -> None:
    words = [*talk(1, 24), *talk(14, 28)]
    both = {"en": 0.7, "cs": 0.29, "ja": 0.01}

    def heard(tape: Tape) -> dict[str, float]:
        if len(inside(tape)) > 30:
            return both
        return EN if tape.start + tape.stop < 2 * seconds(14) else CS

    batches = run(words, 29, TapeModel(heard_language=heard))
    assert languages(batches) == [("en", 24), ("cs", 28)]
    assert said(batches) == [word.text for word in words]


@pytest.mark.parametrize("language", ["auto", "en"])
def test_one_language_can_be_chosen(language: str) -> None:
    options = TranscribeOptions(language=language, follow_languages=language != "auto")
    batches = run(TWO, 140, heard_at({0: EN, 25: CS}), options)
    assert languages(batches) == [(None, 160)]
    assert batches[-1].resume.language == "en"


def test_language_is_not_detected_from_what_nobody_said() -> None:
    def music(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        quiet = tape.stop < seconds(60)
        return wrote([], log_probability=-1.5, no_speech=0.9) if quiet else None

    words = [*talk(1, 40), *talk(70, 20)]
    japanese = {"ja": 0.95, "en": 0.03, "cs": 0.02}
    model = heard_at({0: japanese, 60: EN})
    model.habit = music
    assert run(words, 100, model)[-1].resume.language == "en"
    model = heard_at({0: japanese})
    model.habit = lambda *_: wrote([], log_probability=-1.5, no_speech=0.9)
    for follows in (True, False):
        silent = run(words, 100, model, TranscribeOptions(follow_languages=follows))
        assert silent[-1].resume.language == ""
        assert silent[-1].resume.language_probability is None
