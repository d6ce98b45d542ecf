"""Servers' addresses, streams and answers; and what is decided about them without a network."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, ServerAwayError, ServerError
from earwitness.remote.address import read_address
from earwitness.remote.events import EventReader, ServerEvent
from earwitness.remote.http import Answer, AudioPart, Listening, Question, checked
from earwitness.remote.openai_client import OpenAiApi

from tests.unit.library.house import House, failed, lived, opened, ready

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
def test_addresses(text: str, base: str, kind: str) -> None:
    address = read_address(text, HERE)
    assert (address.base, address.kind) == (base, kind)
    assert base.startswith(address.origin)


@pytest.mark.parametrize(
    "text",
    ["ftp://x.example", "https://", "http://asr.example", "https://me:pw@x.example", "https://x:y",
     "javascript:alert(1)", "https://x.example/?to=y", "https://[::1", "not a url",
     "https://a<b>.example"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadRequestError):
        read_address(text, HERE)


def test_events_in_pieces_of_any_size() -> None:
    text = ": hello\n\nevent: job\nid: 1.2.queued\ndata: {}\n\nevent: segments\r\ndata: a\r\n"
    text += "data: b\r\n\r\nid: 9\n\ndata: cut off"
    wanted = [ServerEvent("job", "{}", "1.2.queued"), ServerEvent("segments", "a\nb")]
    for size in (1, 3, 7, 1000):
        reader = EventReader()
        found = [
            event for at in range(0, len(text), size) for event in reader.read(text[at : at + size])
        ]
        assert found == wanted


def test_refusals_say_who_refused_and_what_to_do() -> None:
    url = "https://asr.example/api/jobs"
    body = json.dumps({"error": {"message": "This key is not valid."}})
    with pytest.raises(ServerError, match=r"asr\.example: This key is not valid.*settings"):
        checked(Answer(401, {}, body), url)
    with pytest.raises(ServerError, match=r"no transcription server at https://asr\.example"):
        checked(Answer(404, {}, "<html>"), url)
    with pytest.raises(ServerAwayError) as busy:
        checked(Answer(503, {"retry-after": "7"}, ""), url)
    assert busy.value.retry_after_s == 7
    assert checked(Answer(404, {}, ""), url, 404).status == 404


class OneAnswer:
    """A network on which everybody says the same."""

    origin = HERE

    def __init__(self, status: int, body: object) -> None:
        self.answer = Answer(status, {}, json.dumps(body))
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.answer

    async def listen(self, question: Question) -> Listening:
        raise NotImplementedError(question.url)


def whole(body: object, **options: str) -> tuple[m.Transcript, OneAnswer]:
    wire = OneAnswer(200, body)
    api = OpenAiApi(wire, "https://api.example/v1", "sk-1")
    asked = m.TranscribeOptions(**options)  # type: ignore[arg-type]
    return asyncio.run(api.transcribe(AudioPart("audio/a", name="a.mp3"), asked, "")), wire


def test_words_find_their_segments_and_their_spaces() -> None:
    segments = [
        {"start": 0.0, "end": 2.0, "text": " Well, hello there.", "avg_logprob": -0.2},
        {"start": 2.0, "end": 4.0, "text": " “Hello” again!"},
    ]
    names = ["Well", "hello", "there", "Hello", "again"]
    words = [{"word": name, "start": 0.5 * i, "end": 0.5 * i + 0.4} for i, name in enumerate(names)]
    words[3]["start"] = words[4]["start"] = 2.5
    body = {"language": "english", "duration": 4.0, "segments": segments, "words": words}
    found, wire = whole(body)
    assert [[w.text for w in s.words] for s in found.segments] == [
        [" Well,", " hello", " there."],
        [" “Hello”", " again!"],
    ]
    assert (found.language, found.duration_s, found.model) == ("en", 4.0, "whisper-1")
    (question,) = wire.asked
    assert question.url == "https://api.example/v1/audio/transcriptions"
    assert question.headers == {"authorization": "Bearer sk-1"}
    assert ("timestamp_granularities[]", "word") in question.fields
    assert "language" not in dict(question.fields)


def test_text_without_segments_is_one_and_translations_have_their_own_address() -> None:
    found, wire = whole({"text": "Hello.", "duration": 3.0}, task="translate", prompt="Ada")
    assert [(s.start_s, s.end_s, s.text) for s in found.segments] == [(0.0, 3.0, "Hello.")]
    assert wire.asked[0].url.endswith("/audio/translations")
    assert dict(wire.asked[0].fields)["prompt"] == "Ada"


def test_a_model_without_times_is_asked_for_its_text() -> None:
    class Timeless(OneAnswer):
        async def ask(self, question: Question) -> Answer:
            self.asked.append(question)
            if dict(question.fields)["response_format"] == "verbose_json":
                refusal = {"error": {"message": "not here", "param": "response_format"}}
                return Answer(400, {}, json.dumps(refusal))
            return self.answer

    wire = Timeless(200, {"text": "Hello.", "usage": {"type": "duration", "seconds": 7}})
    api = OpenAiApi(wire, "https://api.example/v1", "")
    found = asyncio.run(api.transcribe(AudioPart("audio/a"), m.TranscribeOptions(), "text-only"))
    assert [(s.end_s, s.text) for s in found.segments] == [(7.0, "Hello.")]
    assert dict(wire.asked[1].fields) == {"model": "text-only", "response_format": "json"}


@pytest.mark.parametrize("body", [{"segments": [{"text": "x"}]}, {"words": 3}, {"duration": "x"}])
def test_an_answer_of_another_form_is_said_to_be_one(body: object) -> None:
    with pytest.raises(ServerError, match="form that this page does not know"):
        whole(body)


@lived
async def test_what_has_not_been_sent_comes_home_with_the_settings(house: House) -> None:
    await house.service.handle(
        m.ChangeSettings(m.Settings(where="server", server_url="https://a.example"))
    )
    made = await house.service.handle(
        m.AddFile("a.wav", m.TranscribeOptions(where="server")), [b"a"]
    )
    assert isinstance(made, m.TranscriptSummary)
    assert made.job.server == "https://a.example"
    assert house.engines.started == []
    await house.ask(m.ChangeSettings(m.Settings(where="device")))
    assert [request.transcript_id for request in house.engines.started] == [made.id]
    assert await house.state(made.id) == "loading"


@lived
async def test_automatic_stays_here_within_the_limit_and_for_files_that_are_no_audio(
    house: House,
) -> None:
    await house.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=600.0)))
    id_ = await house.add(where="auto")
    await house.hear(ready())
    await house.hear(opened(id_, 600.0))
    assert await house.state(id_) == "transcribing"
    await house.hear(failed(id_, "MediaError"))
    assert await house.state(id_) == "failed"
    assert house.of(m.ServerNeeded) == []


@lived
async def test_a_refusal_is_remembered(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(where="auto", server_after_s=60.0)))
    await house.ask(m.AllowServer(HERE, allowed=False))
    id_ = await house.add(where="auto")
    await house.hear(ready())
    await house.hear(opened(id_, 36000.0))
    assert house.of(m.ServerNeeded) == []
    status = await house.ask(m.GetStatus())
    assert (status.server.origin, status.server.allowed) == (HERE, False)
    await house.restart()
    assert house.service.repository.settings.server_consent == {HERE: False}
    assert (await house.ask(m.GetStatus())).settings == replace(
        m.Settings(), where="auto", server_after_s=60.0, server_consent={HERE: False}
    )


@lived
async def test_what_was_to_be_sent_is_tried_here_when_the_answer_is_taken_back(
    house: House,
) -> None:
    chosen = m.Settings(where="auto", server_after_s=60.0, server_consent={HERE: True})
    await house.ask(m.ChangeSettings(chosen))
    ids: list[str] = []
    for name in ("a", "b", "c"):
        made = await house.service.handle(
            m.AddFile(name, m.TranscribeOptions(where="auto")), [name.encode()]
        )
        assert isinstance(made, m.TranscriptSummary)
        ids.append(made.id)
    for number, id_ in enumerate(ids, 1):
        while len(house.engines.started) < number:
            await asyncio.sleep(0)
        await house.service.on_engine_event(opened(id_, 36000.0))
    assert house.service.repository.job(ids[2]).away
    assert not house.service.repository.job(ids[2]).server.base
    await house.service.handle(m.AllowServer(HERE, allowed=False))
    while len(house.engines.started) < 4:
        await asyncio.sleep(0)
    assert house.engines.started[3].transcript_id == ids[2]
    assert house.of(m.ServerNeeded) == []
    for id_ in ids[:2]:
        await house.service.handle(m.Cancel(id_))


@lived
async def test_a_part_of_a_recording_is_always_done_here(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(opened(id_, 60.0))
    options = m.TranscribeOptions(model="base", where="server")
    summary = await house.service.handle(m.Retranscribe(id_, options, start_s=10.0, end_s=20.0))
    assert isinstance(summary, m.TranscriptSummary)
    await house.service.settle()
    assert summary.job.server == ""
    assert house.engines.started[-1].end_s == 20.0
