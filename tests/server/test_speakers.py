"""Speakers told apart on the server: in jobs, in OpenAI's form, and corrected over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from earwitness.errors import ModelError

from tests.support.api import Api
from tests.support.scripted_engine import WINDOW_S, ScriptedEngine, sentence
from tests.support.waiting import wait_for

PATH = "/v1/audio/transcriptions"
VOICE = b"a voice"
REFERENCE = f"data:audio/wav;base64,{base64.b64encode(VOICE).decode()}"


def post(api: Api, **fields: Any) -> Any:
    """Send a direct request with these fields."""
    form = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json", **fields}
    return api.http.post(PATH, data=form, files={"file": ("talk.wav", b"sound", "audio/wav")})


def speakers_of(api: Api, transcript_id: str) -> list[str | None]:
    body = api.get(f"/api/transcripts/{transcript_id}").json()
    return [segment["speaker"] for segment in body["segments"]]


# ---------------------------------------------------------------- jobs


@pytest.mark.parametrize(("wanted", "expected"), [(True, (1, None)), (2, (2, 2)), ([3, 5], (3, 5))])
def test_job_tells_speakers_apart(api: Api, wanted: Any, expected: tuple[int, int | None]) -> None:
    transcript_id = api.finished(options={"speakers": wanted})
    assert api.engine.speaker_ranges == [expected]
    body = api.get(f"/api/transcripts/{transcript_id}").json()
    assert [segment["speaker"] for segment in body["segments"]] == ["S1", "S2", "S1"]
    assert all(
        word["speaker"] == segment["speaker"]
        for segment in body["segments"]
        for word in segment["words"]
    )
    assert [each["id"] for each in body["speakers"]] == ["S1", "S2"]
    assert body["turns"][0] == {"speaker": "S1", "start_s": 0.0, "end_s": WINDOW_S}
    [row] = api.get("/api/transcripts").json()["transcripts"]
    assert row["speakers"] == body["speakers"]
    assert row["speaker_job"]["state"] == "done"
    assert row["speaker_job"]["speakers"] == wanted


def test_job_without_the_option_tells_nobody_apart(api: Api) -> None:
    transcript_id = api.finished()
    assert api.engine.speaker_ranges == []
    body = api.get(f"/api/transcripts/{transcript_id}").json()
    assert (body["speakers"], body["turns"]) == ([], [])


def test_failed_analysis_leaves_the_words_and_says_why(api: Api) -> None:
    api.engine.speaker_error = ModelError("The speaker models failed.", hint="Try again.")
    transcript_id = api.finished(options={"speakers": True})
    assert api.texts(transcript_id) == [sentence(n) for n in range(3)]
    [row] = api.get("/api/transcripts").json()["transcripts"]
    assert row["speaker_job"]["state"] == "failed"
    assert row["speaker_job"]["error"]["message"] == "The speaker models failed."


def test_job_is_refused_without_models_or_with_an_impossible_number(api: Api) -> None:
    upload = api.upload(b"sound")
    body = {"upload": upload, "options": {"speakers": [3, 2]}}
    answer = api.http.post("/api/jobs", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, "options.speakers")
    api.engine.speaker_models = False
    answer = api.http.post("/api/jobs", json=body | {"options": {"speakers": True}})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "speakers_unavailable")
    assert "models speakers" in error["message"]


# ---------------------------------------------------------------- corrections


def test_server_that_stops_does_not_wait_for_the_analysis_which_the_next_one_makes(
    make_api: Callable[..., Api], tmp_path: Path
) -> None:
    engine = ScriptedEngine(windows=3)
    engine.analysis_held = True
    api = make_api(engine, data=tmp_path / "kept")
    transcript_id = api.submit(options={"speakers": True})
    wait_for(lambda: engine.speaker_ranges, "an analysis that has begun")
    api.close()
    later = make_api(ScriptedEngine(windows=3), data=tmp_path / "kept")
    assert later.wait(transcript_id)["state"] == "done"
    assert later.engine.batches == []
    assert speakers_of(later, transcript_id) == ["S1", "S2", "S1"]


def test_speakers_are_renamed_merged_and_reassigned(api: Api) -> None:
    transcript_id = api.finished(options={"speakers": True})
    path = f"/api/transcripts/{transcript_id}"
    change = {"speakers": {"S2": "Ben"}, "segment_speakers": {"0": "S2", "2": ""}}
    answer = api.http.patch(path, json=change)
    assert [each["name"] for each in answer.json()["speakers"]] == ["S1", "Ben"]
    assert speakers_of(api, transcript_id) == ["S2", "S2", None]
    vtt = api.get(f"{path}/export", params={"format": "vtt"}).text
    assert "<v Ben>" in vtt
    answer = api.http.patch(path, json={"merged_speakers": {"S1": "S2"}})
    assert [each["name"] for each in answer.json()["speakers"]] == ["Ben"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"speakers": {"S9": "Ben"}}, 404),
        ({"speakers": {"S1": " "}}, 400),
        ({"speakers": {"S1": "S2"}}, 400),
        ({"segment_speakers": {"0": "S9"}}, 404),
        ({"segment_speakers": {"9": "S1"}}, 404),
        ({"merged_speakers": {"S1": "S1"}}, 400),
    ],
)
def test_impossible_corrections_change_nothing(
    api: Api, change: dict[str, Any], status: int
) -> None:
    transcript_id = api.finished(options={"speakers": True})
    before = api.get(f"/api/transcripts/{transcript_id}").json()
    assert api.http.patch(f"/api/transcripts/{transcript_id}", json=change).status_code == status
    assert api.get(f"/api/transcripts/{transcript_id}").json() == before


# ---------------------------------------------------------------- OpenAI's form


def test_diarized_json_has_segments_with_letters(api: Api) -> None:
    answer = post(api, chunking_strategy="auto")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"task", "duration", "text", "segments", "usage"}
    assert (body["task"], body["duration"]) == ("transcribe", 30.0)
    assert [each["speaker"] for each in body["segments"]] == ["A", "B", "A"]
    assert body["segments"][1] == {
        "type": "transcript.text.segment", "id": "seg_001", "start": 10.0, "end": 15.0,
        "text": sentence(1), "speaker": "B",
    }  # fmt: skip
    assert body["usage"] == {"type": "duration", "seconds": 30}


@pytest.mark.parametrize(
    "model", ["gpt-4o-transcribe-diarize", "gpt-4o-transcribe-diarize-2025-10-15", "base"]
)
def test_names_of_models_that_tell_speakers_apart(api: Api, model: str) -> None:
    assert post(api, model=model).status_code == 200
    assert post(api, model=model, response_format="json").json()["text"]


def test_stream_of_segments_ends_with_the_text(api: Api) -> None:
    answer = post(api, stream="true")
    lines = answer.text.splitlines()
    bodies = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data")]
    assert [each["type"] for each in bodies] == ["transcript.text.segment"] * 3 + [
        "transcript.text.done"
    ]
    assert [each["speaker"] for each in bodies[:-1]] == ["A", "B", "A"]


def test_known_speakers_are_named_and_not_stored(api: Api) -> None:
    fields = {"known_speaker_names[]": ["Zoe"], "known_speaker_references[]": [REFERENCE]}
    body = post(api, **fields).json()
    assert api.engine.known == [("Zoe", VOICE)]
    assert [each["speaker"] for each in body["segments"]] == ["Zoe", "A", "Zoe"]
    assert not [path for path in api.services.temporary.folder.rglob("*") if path.is_file()]


def test_references_of_ten_seconds_fit_into_their_field(api: Api) -> None:
    large = f"data:audio/wav;base64,{base64.b64encode(bytes(2_500_000)).decode()}"
    fields = {"known_speaker_names[]": ["Zoe"], "known_speaker_references[]": [large]}
    assert post(api, **fields).status_code == 200
    assert len(api.engine.known[0][1]) == 2_500_000
    assert post(api, prompt=large).status_code == 400


@pytest.mark.parametrize(
    ("names", "references", "param"),
    [
        (["Zoe"], [], "known_speaker_references"),
        (["Zoe"], ["https://example.org/voice.wav"], "known_speaker_references"),
        (["Zoe"], ["data:audio/wav;base64,!!!"], "known_speaker_references"),
        (["Zoe", "Zoe"], [REFERENCE, REFERENCE], "known_speaker_names"),
        (list("ABCDE"), [REFERENCE] * 5, "known_speaker_names[]"),
    ],
)
def test_invalid_known_speakers_are_refused(
    api: Api, names: list[str], references: list[str], param: str
) -> None:
    fields = {"known_speaker_names[]": names, "known_speaker_references[]": references}
    answer = post(api, **fields)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_known_speakers_need_diarized_json(api: Api) -> None:
    fields = {"known_speaker_names[]": ["Zoe"], "known_speaker_references[]": [REFERENCE]}
    answer = post(api, response_format="json", **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "known_speaker_names")


def test_direct_request_without_models_names_the_command(api: Api) -> None:
    api.engine.speaker_models = False
    for fields in ({}, {"stream": "true"}):
        answer = post(api, **fields)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (503, "speakers_unavailable")
        assert "python -m earwitness_server models speakers" in error["message"]
    assert post(api, response_format="json").status_code == 200


def test_search_finds_what_one_speaker_says(api: Api) -> None:
    transcript_id = api.finished(options={"speakers": True})
    api.finished(name="other")
    api.http.patch(f"/api/transcripts/{transcript_id}", json={"speakers": {"S2": "Ben"}})

    def found(**more: str) -> list[tuple[str, int]]:
        hits = api.get("/api/search", params={"query": "sentence", **more}).json()["hits"]
        return [(hit["transcript_id"], hit["segment"]) for hit in hits]

    assert found(speaker="ben") == [(transcript_id, 1)]
    assert found(speaker="Eve") == []
    assert len(found()) == 6
