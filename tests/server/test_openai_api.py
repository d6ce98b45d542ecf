"""OpenAI's API: fields, formats, errors. The official client is in test_openai_client.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from earwitness.transcript import Segment, Transcript, Word
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.routes.openai import answer as answers

from tests.support.api import Api
from tests.support.scripted_engine import sentence
from tests.support.waiting import wait_for

PATH = "/v1/audio/transcriptions"
FILE = {"file": ("talk.wav", b"sound", "audio/wav")}
WHOLE = " ".join(sentence(i) for i in range(3))


def post(api: Api, path: str = PATH, file: Any = FILE, **fields: Any) -> Any:
    """One request; `model` is whisper-1 unless given."""
    data = {"model": "whisper-1", **fields}
    return api.http.post(path, data=data, files=file, headers=api.headers)


def streamed(answer: Any) -> list[Any]:
    """The data of every server-sent event."""
    return [json.loads(line[6:]) for line in answer.text.splitlines() if line[:6] == "data: "]


def queue_direct_requests(api: Api) -> None:
    """Let workers transcribe, as a process without a model does."""
    services = api.services
    services.transcriber = QueuedTranscriber(
        queue=services.queue,
        objects=services.objects,
        library=services.library,
        workflows=services.workflows,
        progress=services.progress,
        drain=services.drain,
    )


def test_process_without_a_model_refuses_speakers_before_it_queues_anything(api: Api) -> None:
    queue_direct_requests(api)
    for fields in ({}, {"stream": "true"}):
        answer = post(api, response_format="diarized_json", **fields)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (503, "speakers_unavailable")
        assert "/api/jobs" in error["message"]
    assert api.engine.batches == []


def test_json_is_the_default_format(api: Api) -> None:
    answer = post(api).json()
    assert answer == {"text": WHOLE, "usage": {"type": "duration", "seconds": 30}}


def test_every_response_format_is_returned(api: Api) -> None:
    assert post(api, response_format="text").text == WHOLE + "\n"
    srt = post(api, response_format="srt").text
    assert srt.startswith("1\n00:00:00,000 --> 00:00:05,000\n")
    assert post(api, response_format="vtt").text.startswith("WEBVTT")
    verbose = post(api, response_format="verbose_json").json()
    assert verbose["language"] == "english"
    assert [each["text"] for each in verbose["segments"]] == [sentence(i) for i in range(3)]
    assert "words" not in verbose


def test_translation_from_a_script_without_spaces_is_joined_with_spaces() -> None:
    heard = (Segment(0, 1, "The cat sat."), Segment(1, 2, "It slept."))
    translated = Transcript("1", "cat", "", 2.0, "base", "translate", "ja", segments=heard)
    assert answers.full_text(translated) == "The cat sat. It slept."
    spoken = (Segment(0, 1, "猫が座った。"), Segment(1, 2, "眠った。"))
    assert answers.full_text(replace(translated, segments=spoken)) == "猫が座った。眠った。"


def test_word_without_text_is_left_out() -> None:
    words = (Word(" ", 0, 0.1), Word("日", 0.1, 0.2))
    heard = Transcript("1", "a", "", 1.0, "base", segments=(Segment(0, 1, " 日", words),))
    body = answers.verbose(heard, frozenset(("word",)))
    assert body["words"] == [{"word": "日", "start": 0.1, "end": 0.2}]


@pytest.mark.parametrize("response_format", ["json", "verbose_json", "text"])
def test_long_prompt_is_noticed(api: Api, response_format: str) -> None:
    short = post(api, prompt="Helstone", response_format=response_format)
    assert "Earwitness-Notice" not in short.headers
    cut = post(api, prompt="a " * 600 + "Helstone", response_format=response_format)
    assert cut.headers["Earwitness-Notice"] == "The prompt is too long. Only its end was used."


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({"terms": ["Jane Eyre", "Cox"]}, ("Jane Eyre", "Cox")),
        ({"terms[]": ["Jane Eyre", "Cox"]}, ("Jane Eyre", "Cox")),
        ({"terms": "Jane Eyre, Cox"}, ("Jane Eyre", "Cox")),
        ({"terms": '["Jane Eyre", "Cox"]'}, ("Jane Eyre", "Cox")),
        ({}, ()),
    ],
)
def test_terms_reach_the_engine(api: Api, fields: dict[str, Any], terms: tuple[str, ...]) -> None:
    assert post(api, **fields).status_code == 200
    assert api.engine.terms == [terms]


def test_too_many_terms_are_refused(api: Api) -> None:
    assert post(api, terms=["x" * 101]).status_code == 400
    assert post(api, terms=[f"term {n}" for n in range(1001)]).status_code == 400


def test_timestamp_granularities_select_words_and_segments(api: Api) -> None:
    words: dict[str, Any] = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
    only_words = post(api, **words).json()
    assert only_words["words"][0] == {"word": "This", "start": 0.0, "end": 0.5}
    assert "segments" not in only_words
    words["timestamp_granularities[]"] = ["word", "segment"]
    both = post(api, **words).json()
    assert "words" in both
    assert "segments" in both
    for each in ("word", "segment"):
        refused = post(api, **{"timestamp_granularities[]": each})
        assert refused.status_code == 400
        assert refused.json()["error"]["param"] == "timestamp_granularities"


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp_granularities": "word"},
        {"timestamp_granularities[]": "word"},
        {"timestamp_granularities[0]": "word"},
        {"timestamp_granularities[0]": "segment", "timestamp_granularities[1]": "word"},
        {"timestamp_granularities": ["word", "segment"]},
        {"timestamp_granularities": "word,segment"},
        {"timestamp_granularities": "segment, word"},
        {"timestamp_granularities": '["word"]'},
        {"timestamp_granularities[]": '["segment", "word"]'},
        {"timestamp_granularities": "word", "timestamp_granularities[]": "word"},
    ],
)
def test_every_form_of_a_list_gives_words(api: Api, fields: dict[str, Any]) -> None:
    answer = post(api, response_format="verbose_json", **fields).json()
    assert answer["words"][0] == {"word": "This", "start": 0.0, "end": 0.5}
    assert ("segments" in answer) == ("segment" in str(fields))


@pytest.mark.parametrize("name", ["timestamp_granularities[0]", "timestamp_granularities"])
def test_unknown_granularity_is_refused_in_every_form(api: Api, name: str) -> None:
    refused = post(api, **{"response_format": "verbose_json", name: "phoneme"})
    assert refused.status_code == 400
    assert "timestamp_granularities" in refused.json()["error"]["param"]


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/v1/models", "/v1/models/base"]
)
def test_head_answers_as_get_without_a_body(api: Api, path: str) -> None:
    head, get = api.http.head(path), api.http.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize(
    ("fields", "language"),
    [({}, None), ({"language": "nb-NO"}, "norwegian"), ({"model": "tiny.en"}, "english")],
)
def test_recording_without_speech_names_a_language_or_none(
    api: Api, fields: dict[str, str], language: str | None
) -> None:
    silent = {"file": ("talk.wav", b"silent", "audio/wav")}
    direct = post(api, file=silent, response_format="verbose_json", **fields).json()
    queue_direct_requests(api)
    queued = post(api, file=silent, response_format="verbose_json", **fields).json()
    for answer in (direct, queued):
        assert (answer["text"], answer["language"]) == ("", language)


def test_stream_ends_with_the_whole_text(api: Api) -> None:
    answer = post(api, stream="true")
    assert answer.headers["content-type"].startswith("text/event-stream")
    bodies = streamed(answer)
    assert [each["type"] for each in bodies] == ["transcript.text.delta"] * 3 + [
        "transcript.text.done"
    ]
    assert "".join(each["delta"] for each in bodies[:-1]) == WHOLE == bodies[-1]["text"]


def test_translations_are_in_english(api: Api) -> None:
    answer = post(api, "/v1/audio/translations", response_format="verbose_json").json()
    assert (answer["task"], answer["language"]) == ("translate", "english")


def test_english_model_cannot_translate(api: Api) -> None:
    answer = post(api, "/v1/audio/translations", model="tiny.en")
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "model")
    assert "base" in error["message"]
    assert api.engine.batches == []
    assert post(api, model="tiny.en").status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"include[]": "logprobs"}, 400, "include"),
        ({"temperature": "7"}, 400, "temperature"),
        ({"response_format": "docx"}, 400, "response_format"),
        ({"model": "no-such"}, 404, "model"),
        ({"model": ""}, 400, "model"),
        ({"language": "klingon"}, 400, "language"),
        ({"language": "de", "model": "tiny.en"}, 400, "language"),
        ({"language": "yue", "model": "base"}, 400, "language"),
        ({"language": "haw"}, 400, "language"),
    ],
)
def test_rejected_request_names_its_field(
    api: Api, fields: dict[str, str], status: int, param: str
) -> None:
    answer = post(api, **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (status, param)
    assert set(error) == {"message", "type", "param", "code"}


def test_openai_s_dated_model_names_select_the_default_model(api: Api) -> None:
    assert post(api, model="gpt-4o-mini-transcribe-2025-12-15").status_code == 200


def test_empty_model_name_returns_404(api: Api) -> None:
    answer = api.get("/v1/models/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_unknown_format_error_lists_the_formats(api: Api) -> None:
    message = post(api, response_format="docx").json()["error"]["message"]
    assert "'verbose_json'" in message
    assert "'diarized_json'" in message


def test_language_rejected_by_a_worker_names_its_field(api: Api) -> None:
    queue_direct_requests(api)
    answer = post(api, language="haw")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "language")


def test_invalid_media_returns_400_streamed_or_not(api: Api) -> None:
    bad = {"file": ("talk.wav", b"bad", "audio/wav")}
    for fields in ({}, {"stream": "true"}):
        answer = post(api, file=bad, **fields)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_media")


def test_missing_file_returns_400(api: Api) -> None:
    answer = api.http.post(PATH, data={"model": "base"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")


def test_invalid_file_and_invalid_json_are_described(api: Api) -> None:
    text = api.http.post(PATH, files={"model": (None, "base"), "file": (None, "sound")}).json()
    assert text["error"]["param"] == "file"
    assert "UploadFile" not in text["error"]["message"]
    answer = api.http.post(
        "/api/jobs", content=b"{bad", headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, None)
    assert answer.json()["error"]["message"].startswith("The body is not JSON.")


def test_models_are_listed(api: Api) -> None:
    listed = api.get("/v1/models").json()
    assert [each["id"] for each in listed["data"]] == ["base", "tiny.en", "whisper-1"]
    assert api.get("/v1/models/whisper-1").json()["object"] == "model"
    assert api.get("/v1/models/gpt-9").status_code == 404


def test_every_answer_has_a_request_id(api: Api) -> None:
    assert len(api.get("/v1/models").headers["x-request-id"]) == 16


def test_body_over_the_limit_returns_413_without_a_content_length(
    make_api: Callable[..., Api],
) -> None:
    api = make_api(max_upload_bytes=1000)
    big = {"file": ("talk.wav", b"x" * (3 << 20), "audio/wav")}
    assert post(api, file=big).status_code == 413

    def body() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(30):
            yield b"x" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = api.http.post(PATH, content=body(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "file_too_large")


def test_busy_server_returns_429_with_retry_after(make_api: Callable[..., Api]) -> None:
    api = make_api(slots=1, waiting_limit=0)
    api.engine.hold()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, api)
        wait_for(lambda: api.engine.media_types, "a request that is transcribed")
        answer = post(api)
        api.engine.release()
        first.result()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert answer.json()["error"]["type"] == "rate_limit_error"


def test_direct_request_leaves_nothing_behind(api: Api) -> None:
    assert post(api).status_code == 200
    services = api.services
    assert list(services.temporary.folder.iterdir()) == []
    assert api.get("/api/transcripts").json()["transcripts"] == []


def test_decoder_gets_the_media_type_from_the_file_name(api: Api) -> None:
    named = {"file": ("../Anruf von Zoë.G722", b"sound", "application/octet-stream")}
    assert post(api, file=named).status_code == 200
    queue_direct_requests(api)
    assert post(api, file=named).status_code == 200
    assert api.engine.media_types == ["audio/G722", "audio/G722"]


def test_web_process_without_a_model_uses_the_workers(
    make_api: Callable[..., Api], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    worker = make_api(data=data)
    web = Api(worker.http, worker.engine, {})
    services = worker.services
    queue_direct_requests(worker)
    assert post(web).json()["text"] == WHOLE
    assert [each["type"] for each in streamed(post(web, stream="true"))][-1] == (
        "transcript.text.done"
    )
    bad = post(web, file={"file": ("talk.wav", b"bad", "audio/wav")})
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, "invalid_media")
    assert services.queue.unfinished() == []
    assert [each for each in (data / "objects").rglob("*") if each.is_file()] == []
