"""People and turns of recordings in which it is written who speaks when."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import pytest
from earwitness.serialization import from_plain, to_plain
from earwitness.speakers.diarization import Diarization, diarize
from earwitness.speakers.protocols import SAMPLE_RATE_HZ
from earwitness.speakers.windows import SpeakerWindow, analyse

from tests.unit.speakers.scripted import Script, ScriptedModels, Tape, diarized, windows_of

DIALOGUE: Script = [
    (0.5, 4.0, "ann"),
    (4.4, 9.0, "bob"),
    (9.2, 15.0, "ann"),
    (14.0, 20.0, "bob"),
    (20.5, 31.0, "ann"),
    (31.5, 39.0, "bob"),
]
TOLERANCE_S = 0.02


def check_turns(found: Diarization, script: Script) -> None:
    """Each scripted turn is found, with one name for each person."""
    names = {who: "" for _, _, who in script}
    assert len(found.turns) == len(script)
    for turn, (start_s, end_s, who) in zip(found.turns, sorted(script), strict=True):
        names[who] = names[who] or turn.speaker
        assert turn.speaker == names[who]
        assert turn.start_s == pytest.approx(start_s, abs=TOLERANCE_S)
        assert turn.end_s == pytest.approx(end_s, abs=TOLERANCE_S)
    assert len(set(names.values())) == len(names)


def test_dialogue_with_overlap_is_found() -> None:
    found = diarized(DIALOGUE, 40)
    check_turns(found, DIALOGUE)
    assert [speaker.id for speaker in found.speakers] == ["S1", "S2"]
    assert found.speakers[0].spoken_s == pytest.approx(3.5 + 5.8 + 10.5, abs=0.1)


def test_person_who_returns_after_an_hour_is_recognised() -> None:
    script = [(1, 20, "ann"), (21, 40, "bob")]
    script += [(60 * m, 60 * m + 50, ("bob", "eve")[m % 2]) for m in range(1, 65)]
    script += [(65 * 60, 65 * 60 + 20, "ann")]
    found = diarized(script, 66 * 60)
    assert [speaker.id for speaker in found.speakers] == ["S1", "S2", "S3"]
    assert found.turns[0].speaker == found.turns[-1].speaker == "S1"


def test_one_person_is_one_person() -> None:
    script = [(10 * n + 0.5, 10 * n + 9.5, "ann") for n in range(60)]
    assert len(diarized(script, 600).speakers) == 1


def test_eight_people_are_told_apart() -> None:
    people = [f"person {n}" for n in range(8)]
    script = [(8 * n + 0.5, 8 * n + 7.5, people[n % 8]) for n in range(64)]
    found = diarized(script, 512)
    assert len(found.speakers) == 8
    check_turns(found, script)


@pytest.mark.parametrize(("script", "duration_s"), [([], 25.0), ([], 0.0)])
def test_silence_and_no_audio_have_no_speakers(script: Script, duration_s: float) -> None:
    assert diarized(script, duration_s) == Diarization()


def test_one_word_has_one_speaker() -> None:
    found = diarized([(0.3, 0.8, "ann")], 1.0)
    assert [speaker.id for speaker in found.speakers] == ["S1"]
    assert found.turns[0].start_s == pytest.approx(0.3, abs=TOLERANCE_S)


def test_short_interjections_belong_to_the_person_who_says_them() -> None:
    script = [(0.5, 9, "ann"), (11, 19, "bob"), (19.6, 20.0, "ann"), (21, 29, "bob")]
    check_turns(diarized(script, 30), script)


def test_rare_sounds_are_no_person() -> None:
    script = [(0.5, 19, "ann"), (20, 39, "bob"), (41, 42.6, "cough"), (43, 59, "ann")]
    assert len(diarized(script, 60).speakers) == 2


def test_number_of_people_is_the_users() -> None:
    people = ["ann", "bob", "eve", "dan"]
    script = [(8 * n + 0.5, 8 * n + 7.5, people[n % 4]) for n in range(32)]
    windows = windows_of(script, 256)
    assert len(diarize(windows).speakers) == 4
    assert len(diarize(windows, 2, 2).speakers) == 2
    assert len(diarize(windows, 3, 5).speakers) == 4
    assert len(diarize(windows, 1, 3).speakers) == 3


def test_more_people_than_voices_gives_the_voices_there_are() -> None:
    found = diarized([(0.5, 3.0, "ann")], 4, 3, 3)
    assert len(found.speakers) == 1


@pytest.mark.parametrize(("least", "most"), [(0, None), (3, 2)])
def test_impossible_number_of_people_is_refused(least: int, most: int | None) -> None:
    with pytest.raises(ValueError, match="no number of speakers"):
        diarize([], least, most)


@pytest.mark.parametrize("duration_s", [39.0, 40.0, 41.7, 7.0, 10.0, 10.001, 15.0])
def test_windows_answer_for_the_whole_recording_once(duration_s: float) -> None:
    windows = windows_of(DIALOGUE, duration_s)
    owned = [window.own for window in windows]
    assert owned[0][0] == 0
    assert owned[-1][1] == round(duration_s * SAMPLE_RATE_HZ)
    assert all(before[1] == after[0] for before, after in pairwise(owned))
    assert [window.last for window in windows] == [False] * (len(windows) - 1) + [True]


@pytest.mark.parametrize("done", [1, 3, 4, 6])
def test_resumed_run_gives_the_same_windows(done: int) -> None:
    windows = windows_of(DIALOGUE, 39.0)
    assert windows_of(DIALOGUE, 39.0, done=done) == windows[done:]


def test_windows_are_small_plain_data() -> None:
    windows = windows_of(DIALOGUE, 40)
    text = json.dumps(to_plain(windows[2]))
    assert len(text) < 1_500
    assert from_plain(SpeakerWindow, json.loads(text)) == windows[2]


def test_stopped_run_begins_no_further_batch() -> None:
    models = ScriptedModels(DIALOGUE)

    async def run() -> int:
        batches = analyse(Tape(39), models, stop=lambda: bool(models.batches))
        return sum([len(batch) async for batch in batches])

    assert asyncio.run(run()) == models.batches[0]


def test_at_most_half_of_a_monologue_is_embedded() -> None:
    script = [(0.0, 600.0, "ann")]
    models = ScriptedModels(script)
    windows_of(script, 600, models=models)
    assert sum(models.embedded) / SAMPLE_RATE_HZ == pytest.approx(300, rel=0.05)
