"""Channels that are heard one by one: every word of both people once, in the order of time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from earwitness.engine_messages import ResumePoint
from earwitness.messages import PartialText, TranscribeOptions
from earwitness.speech.channels import Channels, levels_of_run
from earwitness.speech.protocols import DecodeRequest, Hypothesis
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from earwitness.speech.transcribe import Batch, transcribe
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import Segment

from tests.unit.speech.scripted import (
    Said,
    Tape,
    TapeAudio,
    TapeEncoded,
    TapeModel,
    TapeVad,
    right,
    seconds,
    talk,
)

DURATION_S = 130.0
ANN = [*talk(1, 16), *talk(20, 22), *talk(42.3, 2), *talk(60, 70)]
BOB = [
    *talk(6.1, 22), *talk(27.15, 18), *talk(40, 4), *talk(43.6, 4), *talk(70.05, 9),
    *talk(101.1, 30),
]  # fmt: skip
"""Both speak at once at 6 to 9 s, at 27 to 31 s, and from 70 s on; Ann answers in Bob's pause."""
SPEECH_DBFS = (-25.0, -30.0)
NOISE_DBFS = -70.0


class Meter:
    """Hears each channel's own words, and what leaks from the other one more quietly."""

    def __init__(self, leak_db: float) -> None:
        self.leak_db = leak_db

    async def levels_dbfs(self, samples: Any) -> list[float]:
        channel = 0 if samples.words[0] is ANN[0] else 1
        starts = range(samples.start, samples.stop, VAD_FRAME_SAMPLES)
        return [self._level(channel, start) for start in starts]

    def _level(self, channel: int, start: int) -> float:
        for words, lost_db in (((ANN, BOB)[channel], 0.0), ((BOB, ANN)[channel], self.leak_db)):
            stop = start + VAD_FRAME_SAMPLES
            if any(seconds(w.start_s) < stop and start < seconds(w.end_s) for w in words):
                return SPEECH_DBFS[channel] - lost_db
        return NOISE_DBFS


def channels(leak_db: float | None) -> Channels:
    """Two channels; with a leak, the other person's words are in each where its own is silent."""
    tapes = [
        TapeAudio([*own, *([] if leak_db is None else heard_beside(own, other))], DURATION_S)
        for own, other in ((ANN, BOB), (BOB, ANN))
    ]
    return Channels(tapes, SPEECH_DBFS, Meter(leak_db if leak_db is not None else 100.0))


def heard_beside(own: Sequence[Said], other: Sequence[Said]) -> list[Said]:
    """The other person's words that no word of the channel's own person covers."""
    return [
        word
        for word in other
        if not any(each.start_s < word.end_s and word.start_s < each.end_s for each in own)
    ]


def run(
    leak_db: float | None = None,
    *,
    resume: ResumePoint | None = None,
    batches: int | None = None,
    options: TranscribeOptions | None = None,
    model: TapeModel | None = None,
    partial: list[tuple[PartialText, ...]] | None = None,
) -> list[Batch]:
    """All batches, or the first few, as a killed engine would have given."""

    async def collect() -> list[Batch]:
        got: list[Batch] = []
        async for batch in transcribe(
            channels(leak_db),
            TapeVad(),
            model or TapeModel(),
            options or TranscribeOptions(speakers=True),
            resume,
            fingerprint="tape",
            stop=lambda: batches is not None and len(got) >= batches,
            tell=None if partial is None else partial.append,
        ):
            got.append(batch)
        return got

    return asyncio.run(collect())


def segments_of(batches: Sequence[Batch]) -> list[Segment]:
    return [segment for batch in batches for row in batch.windows for segment in row.segments]


def words_in(batches: Sequence[Batch], channel: int) -> list[str]:
    return [
        word.text
        for segment in segments_of(batches)
        if segment.channel == channel
        for word in segment.words
    ]


def texts(words: Sequence[Said]) -> list[str]:
    return [word.text for word in words]


@pytest.mark.parametrize("voice_activity", [True, False])
@pytest.mark.parametrize("leak_db", [None, 12.0, 25.0])
def test_each_word_is_written_once_for_the_channel_it_is_said_in(
    leak_db: float | None, voice_activity: bool
) -> None:
    options = TranscribeOptions(speakers=True, voice_activity=voice_activity)
    batches = run(leak_db, options=options)
    assert words_in(batches, 0) == texts(ANN)
    assert words_in(batches, 1) == texts(BOB)
    assert batches[-1].position_s == DURATION_S


def test_sentences_are_in_order_and_tell_their_speaker() -> None:
    batches = run(20.0)
    found = segments_of(batches)
    assert [segment.start_s for segment in found] == sorted(segment.start_s for segment in found)
    assert {(segment.channel, segment.speaker) for segment in found} == {(0, "S1"), (1, "S2")}
    assert all(w.speaker == segment.speaker for segment in found for w in segment.words)
    changes = sum(a.channel != b.channel for a, b in pairwise(found))
    assert changes > 6, "the two take turns"
    rows = [row for batch in batches for row in batch.windows]
    assert [row.window for row in rows] == list(range(len(rows)))
    for before, after in pairwise(rows):
        assert before.end_s <= after.start_s + 1e-6


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_resumed_run_gives_the_rows_of_a_whole_run(killed_after: int) -> None:
    whole = run(20.0)
    assert len(whole) > 2
    before = run(20.0, batches=killed_after)
    point = before[-1].resume if before else None
    assert point is None or point.channel_dbfs == SPEECH_DBFS
    after = run(20.0, resume=point)
    rows = [row for batch in [*before, *after] for row in batch.windows]
    assert rows == [row for batch in whole for row in batch.windows]
    assert after[-1].resume == whole[-1].resume


def test_batches_hold_no_more_audio_than_those_of_a_mix() -> None:
    model = TapeModel()
    run(None, model=model)
    assert max(sum(map(len, each.windows)) for each in model.encodings) <= 4 * seconds(30)
    heard_s = sum(len(w) for each in model.encodings for w in each.windows) / SAMPLE_RATE_HZ
    spoken_s = sum(word.end_s - word.start_s + 0.2 for word in (*ANN, *BOB))
    assert heard_s < spoken_s + 30, "the silence of a channel is not decoded"


def test_text_in_work_is_told_for_both_channels() -> None:
    def habit(tape: Tape, request: DecodeRequest, encoded: TapeEncoded) -> Hypothesis | None:
        if request.on_partial:
            rows = request.rows or range(encoded.rows)
            request.on_partial([right(encoded.windows[row]).tokens for row in rows])
        return None

    told: list[tuple[PartialText, ...]] = []
    run(None, model=TapeModel(habit=habit), partial=told)
    together = max(told, key=len)
    assert len(together) > 1
    assert [each.start_s for each in together] == sorted(each.start_s for each in together)
    first = next(each for each in told if len(each) > 1)
    assert ANN[0].text.strip() in first[0].text
    assert BOB[0].text.strip() in first[1].text


@pytest.mark.parametrize(
    ("resume", "tells_speakers", "count", "measured", "expected"),
    [
        (ResumePoint(), True, 2, SPEECH_DBFS, SPEECH_DBFS),
        (ResumePoint(), True, 2, None, ()),
        (ResumePoint(), True, 1, SPEECH_DBFS, ()),
        (ResumePoint(), True, 6, SPEECH_DBFS, ()),
        (ResumePoint(), False, 2, SPEECH_DBFS, ()),
        (ResumePoint(batch=1), True, 2, SPEECH_DBFS, ()),
        (ResumePoint(batch=1, channel_dbfs=(-20.0, -21.0)), True, 2, None, (-20.0, -21.0)),
    ],
    ids=["two voices", "one room", "mono", "surround", "not asked", "began mixed", "began apart"],
)
def test_run_hears_channels_one_by_one_only_if_it_may(
    resume: ResumePoint,
    tells_speakers: bool,
    count: int,
    measured: tuple[float, ...] | None,
    expected: tuple[float, ...],
) -> None:
    async def measure() -> tuple[float, ...] | None:
        return measured

    found = asyncio.run(
        levels_of_run(resume, tells_speakers=tells_speakers, channels=count, measure=measure)
    )
    assert found == expected


def test_recording_without_a_sample_has_no_window() -> None:
    async def listen() -> list[Batch]:
        empty = Channels([TapeAudio([], 0), TapeAudio([], 0)], SPEECH_DBFS, Meter(math.inf))
        options = TranscribeOptions(speakers=True)
        return [b async for b in transcribe(empty, TapeVad(), TapeModel(), options)]

    [batch] = asyncio.run(listen())
    assert batch.finished
    assert batch.windows == ()
