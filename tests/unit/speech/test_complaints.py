"""The first complaints about transcription in a browser, each as a test that it is not so here.

The same list with real weights is in `tests/browser/test_transcription_quality.py`.
"""

from __future__ import annotations

import pytest
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import DecodeRequest, Hypothesis

from tests.unit.speech.scripted import (
    SPEC,
    Said,
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
from tests.unit.speech.test_transcribe import run, said

SPEECH = [*talk(2, 20), *talk(100, 40)]
"""Ten seconds, eighty-eight of silence, twenty seconds."""
LENGTH_S = 130.0


def test_other_languages_are_not_transcribed_as_english() -> None:
    model = TapeModel(heard_language=lambda tape: {"cs": 0.97, "en": 0.03})
    batches = run(SPEECH, LENGTH_S, model)
    assert {batch.resume.language for batch in batches} == {"cs"}
    assert batches[0].resume.language_probability == pytest.approx(0.97)
    prompts = {prompt for request in model.requests for prompt in request.prompts}
    assert prompts == {(SPEC.sot, SPEC.languages["cs"], SPEC.transcribe)}


def test_first_window_alone_does_not_decide_an_uncertain_language() -> None:
    def heard(tape: Tape) -> dict[str, float]:
        first = tape.start < seconds(20)
        return {"en": 0.5, "cs": 0.5} if first else {"cs": 0.99, "en": 0.01}

    batches = run([*SPEECH, *talk(125, 8)], LENGTH_S, TapeModel(heard_language=heard))
    assert batches[-1].resume.language == "cs"


@pytest.mark.parametrize("voice_activity", [True, False])
def test_silence_causes_no_repetition(voice_activity: bool) -> None:
    """A model that thanks whenever nobody speaks, as Whisper does."""

    def thanks(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if inside(tape):
            return None
        tokens = [stamp(0.0), *b" Thank you." * 6, stamp(20.0)]
        return wrote(tokens, log_probability=-1.2, no_speech=0.8)

    model = TapeModel(habit=thanks)
    batches = run(SPEECH, LENGTH_S, model, TranscribeOptions(voice_activity=voice_activity))
    assert said(batches) == [word.text for word in SPEECH]


def test_windows_are_not_padded_to_thirty_seconds() -> None:
    model = TapeModel()
    run(talk(1, 10), 8.0, model)
    assert [encoded.duration_s for encoded in model.encodings] == [pytest.approx(6.5, abs=0.5)]


def test_temperature_fallback_does_not_encode_again() -> None:
    def mumbles(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        return right(tape, log_probability=-1.5) if request.temperature < 0.6 else None

    words = talk(1, 50)
    model = TapeModel(habit=mumbles)
    batches = run(words, 30.0, model)
    assert said(batches) == [word.text for word in words]
    temperatures = [request.temperature for request in model.requests if request.beams == 1]
    assert temperatures == [0.0, 0.0, 0.2, 0.4, 0.6]
    assert len(model.encodings) == 2, "as it is, then at the length the model was trained on"


@pytest.mark.parametrize("fault", ["loop", "guess"])
def test_failed_decode_is_repeated_at_a_higher_temperature(fault: str) -> None:
    def fails(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.temperature > 0.1 or tape.start > seconds(20):
            return None
        if fault == "loop":
            return wrote([stamp(0.0), *b" again" * 30, stamp(9.0)])
        return right(tape, log_probability=-1.6)

    batches = run(SPEECH, LENGTH_S, TapeModel(habit=fails))
    assert said(batches) == [word.text for word in SPEECH]
    first, *others = [row for batch in batches for row in batch.windows]
    assert first.retries > 0
    assert not any(row.retries for row in others)
    assert first.segments[0].temperature == pytest.approx(0.2)


def test_crash_loses_one_batch_and_no_word() -> None:
    words: list[Said] = [*SPEECH, *talk(140, 200), *talk(260, 200)]
    undisturbed = TapeModel()
    whole = run(words, 380.0, undisturbed)
    before = run(words, 380.0, batches=2)
    after = TapeModel()
    rest = run(words, 380.0, after, resume=before[-1].resume)
    assert said([*before, *rest]) == said(whole) == [word.text for word in words]
    heard_again = min(window.start for each in after.encodings for window in each.windows)
    assert heard_again >= before[-1].resume.sample
    assert len(after.requests) < len(undisturbed.requests)
