"""Clients of servers: addresses, event streams, refusals, OpenAI's API."""

from __future__ import annotations

import asyncio
import json

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, ServerAwayError, ServerError
from earwitness.remote.address import read_address
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.events import EventReader, ServerEvent
from earwitness.remote.http import AudioPart, Request, Response, ResponseStream, require_success
from earwitness.remote.openai_client import OpenAiClient
from earwitness.transcript import Transcript

HERE = "https://page.example"


@pytest.mark.parametrize(
    ("text", "base", "kind"),
    [
        ("", HERE, "earwitness"),
        (" https://ASR.example/ ", "https://asr.example", "earwitness"),
        ("asr.example:8443/team", "https://asr.example:8443/team", "earwitness"),
        ("localhost:8400", "http://localhost:8400", "earwitness"),
        ("https://api.example/v1/", "https://api.example/v1", "openai"),
    ],
)
def test_address_is_normalised(text: str, base: str, kind: str) -> None:
    address = read_address(text, HERE)
    assert (address.base, address.kind) == (base, kind)
    assert base.startswith(address.origin)


@pytest.mark.parametrize(
    "text",
    ["ftp://x.example", "https://", "http://asr.example", "https://me:pw@x.example", "https://x:y",
     "javascript:alert(1)", "https://x.example/?to=y", "https://[::1", "not a url",
     "https://a<b>.example"],
)  # fmt: skip
def test_invalid_address_is_rejected(text: str) -> None:
    with pytest.raises(BadRequestError):
        read_address(text, HERE)


def test_events_are_parsed_from_parts_of_any_size() -> None:
    text = ": hello\n\nevent: job\nid: 1.2.queued\ndata: {}\n\nevent: segments\r\ndata: a\r\n"
    text += "data: b\r\n\r\nid: 9\n\ndata: cut off"
    wanted = [ServerEvent("job", "{}", "1.2.queued"), ServerEvent("segments", "a\nb")]
    for size in (1, 3, 7, 1000):
        reader = EventReader()
        found = [
            event for at in range(0, len(text), size) for event in reader.read(text[at : at + size])
        ]
        assert found == wanted


def test_refusal_names_the_server_and_the_next_step() -> None:
    url = "https://asr.example/api/jobs"
    body = json.dumps({"error": {"message": "This key is not valid."}})
    with pytest.raises(ServerError, match=r"asr\.example: This key is not valid.*Settings"):
        require_success(Response(401, {}, body), url)
    with pytest.raises(ServerError, match=r"no transcription server at https://asr\.example"):
        require_success(Response(404, {}, "<html>"), url)
    with pytest.raises(ServerAwayError) as busy:
        require_success(Response(503, {"retry-after": "7"}, ""), url)
    assert busy.value.retry_after_s == 7
    assert require_success(Response(404, {}, ""), url, 404).status == 404


class FixedHttpClient:
    """A network where every request has the same response."""

    origin = HERE

    def __init__(self, status: int, body: object) -> None:
        self.response = Response(status, {}, json.dumps(body))
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.response

    async def stream(self, request: Request) -> ResponseStream:
        raise NotImplementedError(request.url)


def transcribe(
    body: object, terms: tuple[str, ...] = (), **options: str
) -> tuple[Transcript, FixedHttpClient]:
    http = FixedHttpClient(200, body)
    client = OpenAiClient(http, "https://api.example/v1", "sk-1")
    asked = m.TranscribeOptions(terms=terms, **options)  # type: ignore[arg-type]
    return asyncio.run(client.transcribe(AudioPart("audio/a", name="a.mp3"), asked, "")), http


def test_words_are_assigned_to_segments_with_spaces_and_marks() -> None:
    segments = [
        {"start": 0.0, "end": 2.0, "text": " Well, hello there.", "avg_logprob": -0.2},
        {"start": 2.0, "end": 4.0, "text": " “Hello” again!"},
    ]
    names = ["Well", "hello", "there", "Hello", "again"]
    words = [{"word": name, "start": 0.5 * i, "end": 0.5 * i + 0.4} for i, name in enumerate(names)]
    words[3]["start"] = words[4]["start"] = 2.5
    body = {"language": "english", "duration": 4.0, "segments": segments, "words": words}
    found, http = transcribe(body)
    assert [[w.text for w in s.words] for s in found.segments] == [
        [" Well,", " hello", " there."],
        [" “Hello”", " again!"],
    ]
    assert (found.language, found.duration_s, found.model) == ("en", 4.0, "whisper-1")
    (request,) = http.requests
    assert request.url == "https://api.example/v1/audio/transcriptions"
    assert request.headers == {"authorization": "Bearer sk-1"}
    assert ("timestamp_granularities[]", "word") in request.fields
    assert "language" not in dict(request.fields)


def test_translation_has_its_own_route_and_text_alone_becomes_one_segment() -> None:
    found, http = transcribe({"text": "Hello.", "duration": 3.0}, task="translate", prompt="Ada")
    assert [(s.start_s, s.end_s, s.text) for s in found.segments] == [(0.0, 3.0, "Hello.")]
    assert http.requests[0].url.endswith("/audio/translations")
    assert dict(http.requests[0].fields)["prompt"] == "Ada"
    _, http = transcribe({"text": "Hello."}, prompt="A talk", terms=("Ada", "Babbage"))
    assert dict(http.requests[0].fields)["prompt"] == "A talk, Ada, Babbage"


def test_model_without_times_is_asked_for_plain_text() -> None:
    class WithoutTimes(FixedHttpClient):
        async def send(self, request: Request) -> Response:
            self.requests.append(request)
            if dict(request.fields)["response_format"] == "verbose_json":
                refusal = {"error": {"message": "not here", "param": "response_format"}}
                return Response(400, {}, json.dumps(refusal))
            return self.response

    http = WithoutTimes(200, {"text": "Hello.", "usage": {"type": "duration", "seconds": 7}})
    client = OpenAiClient(http, "https://api.example/v1", "")
    found = asyncio.run(client.transcribe(AudioPart("audio/a"), m.TranscribeOptions(), "text-only"))
    assert [(s.end_s, s.text) for s in found.segments] == [(7.0, "Hello.")]
    assert dict(http.requests[1].fields) == {"model": "text-only", "response_format": "json"}


@pytest.mark.parametrize("body", [{"segments": [{"text": "x"}]}, {"words": 3}, {"duration": "x"}])
def test_unknown_answer_format_is_an_error(body: object) -> None:
    with pytest.raises(ServerError, match="answered in an unknown format"):
        transcribe(body)


class WordsOnlyServer(FixedHttpClient):
    """A server that cannot tell speakers apart."""

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        if json.loads(request.text)["options"].get("speakers"):
            error = {"message": "No speaker models.", "code": "speakers_unavailable"}
            return Response(503, {}, json.dumps({"error": error}))
        return self.response


def test_server_without_speaker_models_is_asked_for_the_words() -> None:
    network = WordsOnlyServer(201, {"id": "j1"})
    api = EarwitnessClient(network, HERE, "")
    options = m.TranscribeOptions(model="base", speakers=2)
    assert asyncio.run(api.create_job("u1", "talk", options, "key")) == "j1"
    keys = [request.headers["idempotency-key"] for request in network.requests]
    assert keys == ["key", "key-words"]
    network.response = Response(503, {}, json.dumps({"error": {"code": "queue_full"}}))
    with pytest.raises(ServerAwayError):
        asyncio.run(api.create_job("u1", "talk", options, "key"))
