"""Recordings with a voice a channel: which they are, and who speaks when in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from earwitness.speakers.diarization import Diarization, diarize
from earwitness.speakers.protocols import SAMPLE_RATE_HZ, Samples
from earwitness.speakers.windows import SpeakerWindow, analyse
from earwitness.speech.channels import Channels, speech_levels
from earwitness.speech.silero import VAD_FRAME_SAMPLES

from tests.unit.speakers.scripted import Piece, Script, ScriptedModels, Tape

ANN: Script = [(0.5, 6.0, "ann"), (13.0, 22.0, "ann"), (30.5, 35.0, "ann")]
BOB: Script = [(6.4, 12.5, "bob"), (20.0, 30.0, "bob"), (35.4, 39.0, "bob")]
"""Two seconds of them are said at once."""
DURATION_S = 40.0
SPEECH_DBFS, NOISE_DBFS = -25.0, -65.0


@dataclass(frozen=True)
class ScriptedMeter:
    """Hears each channel's own people, and the other channel's more quietly."""

    scripts: Sequence[Script]
    leak_db: float = 20.0
    gains_db: Sequence[float] = (0.0, 0.0)

    async def levels_dbfs(self, samples: Samples) -> list[float]:
        assert isinstance(samples, Piece)
        starts = range(samples.spans[0][0], samples.spans[-1][1], VAD_FRAME_SAMPLES)
        return [self._level(samples.channel, start / SAMPLE_RATE_HZ) for start in starts]

    def _level(self, channel: int, at_s: float) -> float:
        own, other = (
            any(start <= at_s < end for start, end, _ in self.scripts[number])
            for number in (channel, 1 - channel)
        )
        level = SPEECH_DBFS if own else SPEECH_DBFS - self.leak_db if other else NOISE_DBFS
        return level + self.gains_db[channel]


def levels_of(meter: ScriptedMeter) -> tuple[float, ...] | None:
    return asyncio.run(speech_levels([Tape(DURATION_S, 0), Tape(DURATION_S, 1)], meter))


def windows_of(meter: ScriptedMeter, *, done: int = 0) -> list[SpeakerWindow]:
    async def run() -> list[SpeakerWindow]:
        levels = await speech_levels([Tape(DURATION_S, 0), Tape(DURATION_S, 1)], meter)
        assert levels is not None
        models = ScriptedModels([*meter.scripts[0], *meter.scripts[1]])  # Hears what leaks, too.
        channels = Channels([Tape(DURATION_S, 0), Tape(DURATION_S, 1)], levels, meter)
        return [each async for batch in analyse(channels, models, done=done) for each in batch]

    return asyncio.run(run())


def test_measuring_stops_when_it_is_told_to() -> None:
    tapes = [Tape(DURATION_S, 0), Tape(DURATION_S, 1)]
    meter = ScriptedMeter([ANN, BOB])
    levels = asyncio.run(speech_levels(tapes, meter, stop=lambda: len(tapes[1].reads) == 2))
    assert levels is None
    assert [len(tape.reads) for tape in tapes] == [2, 2]


@pytest.mark.parametrize("leak_db", [12.0, 30.0])
@pytest.mark.parametrize("gains_db", [(0.0, 0.0), (6.0, -14.0)])
def test_channels_with_a_voice_each_are_told(leak_db: float, gains_db: tuple[float, float]) -> None:
    levels = levels_of(ScriptedMeter([ANN, BOB], leak_db, gains_db))
    assert levels == tuple(SPEECH_DBFS + gain for gain in gains_db)


@pytest.mark.parametrize(
    "meter",
    [
        ScriptedMeter([[*ANN, *BOB], [*ANN, *BOB]]),
        ScriptedMeter([[*ANN, *BOB], [*ANN, *BOB]], gains_db=(0.0, -12.0)),
        ScriptedMeter([ANN, BOB], leak_db=5.0),
        ScriptedMeter([[*ANN, *BOB], []], leak_db=70.0),
        ScriptedMeter([[(0.5, 39.0, "ann")], [(0.5, 39.0, "music")]]),
    ],
    ids=["both alike", "one quieter", "a room in stereo", "one silent", "at once"],
)
def test_other_recordings_are_not_told_apart_by_channel(meter: ScriptedMeter) -> None:
    assert levels_of(meter) is None


def test_steady_noise_in_a_channel_is_nobody() -> None:
    class Humming(ScriptedMeter):
        async def levels_dbfs(self, samples: Samples) -> list[float]:
            levels = await super().levels_dbfs(samples)
            assert isinstance(samples, Piece)
            return [-40.0] * len(levels) if samples.channel else levels

    assert levels_of(Humming([[*ANN, *BOB], []])) is None


def test_each_channel_is_a_person_and_what_leaks_is_dropped() -> None:
    windows = windows_of(ScriptedMeter([ANN, BOB]))
    assert {window.channels for window in windows} == {2}
    found = diarize(windows)
    assert len(found.speakers) == 2
    check_turns(found, [*ANN, *BOB])


def check_turns(found: Diarization, script: Script) -> None:
    """Each scripted turn is found, to a few frames of the levels."""
    assert len(found.turns) == len(script)
    names: dict[str, str] = {}
    for turn, (start_s, end_s, who) in zip(found.turns, sorted(script), strict=True):
        assert names.setdefault(who, turn.speaker) == turn.speaker
        assert turn.start_s == pytest.approx(start_s, abs=0.15)
        assert turn.end_s == pytest.approx(end_s, abs=0.15)
    assert len(set(names.values())) == len(names)


def test_voices_decide_if_the_user_knows_of_more_people() -> None:
    eve: Script = [(6.4, 12.5, "eve"), *BOB[1:]]
    windows = windows_of(ScriptedMeter([ANN, eve]))
    assert len(diarize(windows).speakers) == 2
    assert len(diarize(windows, 3, 3).speakers) == 3
    assert len(diarize(windows, 1, 1).speakers) == 1


def test_one_voice_in_both_channels_is_one_person() -> None:
    twice: Script = [(start_s, end_s, "ann") for start_s, end_s, _ in BOB]
    script = [(0.5, 6.0, "ann"), (13.0, 19.5, "ann")]
    assert len(diarize(windows_of(ScriptedMeter([script, twice]))).speakers) == 1


@pytest.mark.parametrize("done", [1, 4])
def test_resumed_run_of_channels_gives_the_same_windows(done: int) -> None:
    meter = ScriptedMeter([ANN, BOB])
    assert windows_of(meter, done=done) == windows_of(meter)[done:]
