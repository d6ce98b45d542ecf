"""The official OpenAI client against a running server with real weights."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jiwer import wer
from whisper_normalizer.english import EnglishTextNormalizer

from tests.conftest import Clip
from tests.support.interview import SECOND_FROM_S, SECOND_UNTIL_S, reference, two_voices
from tests.support.server_process import ServerProcess
from tests.support.waiting import LIMIT_S

openai = pytest.importorskip("openai", reason="requirements/test.txt has it")


@pytest.fixture(scope="module")
def client(server_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server with the real engine."""
    folder = tmp_path_factory.mktemp("server")
    server = ServerProcess(folder, "--models", str(server_models)).start()
    with openai.OpenAI(
        base_url=f"{server.origin}/v1", api_key="none", max_retries=5, timeout=LIMIT_S
    ) as client:
        yield client
    server.close()


def error_rate(expected: str | None, heard: str) -> float:
    """Word error rate of normalised English."""
    assert expected
    normal = EnglishTextNormalizer()
    return wer(normal(expected), normal(heard))


def test_transcription_matches_the_spoken_words(client: Any, clips: dict[str, Clip]) -> None:
    clip = clips["en-connection"]
    with clip.path.open("rb") as file:
        heard = client.audio.transcriptions.create(model="whisper-1", file=file)
    assert error_rate(clip.text, heard.text) < 0.15


def test_verbose_json_has_ordered_words_within_the_recording(
    client: Any, clips: dict[str, Clip]
) -> None:
    clip = clips["en-connection"]
    with clip.path.open("rb") as file:
        heard = client.audio.transcriptions.create(
            model="tiny.en",
            file=file,
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )
    assert heard.language == "english"
    assert heard.words
    assert heard.segments
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert heard.words[-1].end <= heard.duration + 0.01
    assert heard.duration == pytest.approx(clip.duration_s, abs=0.1)
    assert heard.segments[0].avg_logprob < 0


def test_stream_yields_the_client_s_event_types(client: Any, clips: dict[str, Clip]) -> None:
    with clips["en-connection"].path.open("rb") as file:
        events = list(client.audio.transcriptions.create(model="whisper-1", file=file, stream=True))
    assert events[-1].type == "transcript.text.done"
    deltas = [event.delta for event in events if event.type == "transcript.text.delta"]
    assert "".join(deltas) == events[-1].text


@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
def test_text_formats_are_returned(
    client: Any, clips: dict[str, Clip], response_format: str
) -> None:
    with clips["en-connection"].path.open("rb") as file:
        text = client.audio.transcriptions.create(
            model="tiny.en",
            file=file,
            response_format=response_format,  # type: ignore[arg-type]
        )
    assert "demonstration server" in " ".join(str(text).lower().split())


def test_language_is_detected_and_translated(client: Any, clips: dict[str, Clip]) -> None:
    with clips["es-connection"].path.open("rb") as file:
        heard = client.audio.transcriptions.create(
            model="base", file=file, response_format="verbose_json"
        )
    assert heard.language == "spanish"
    with clips["es-connection"].path.open("rb") as file, warnings.catch_warnings():
        # The client warns of models that OpenAI ends, whatever server it talks to.
        warnings.simplefilter("ignore", DeprecationWarning)
        english = client.audio.translations.create(model="base", file=file)
    assert "connection" in english.text.lower()


def test_models_and_errors_have_the_client_s_types(client: Any) -> None:
    assert {model.id for model in client.models.list()} >= {"base", "tiny.en"}
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(model="base", file=("a.wav", b"this is not sound"))
    assert refused.value.code == "invalid_media"
    assert refused.value.request_id


def test_english_model_rejects_another_language(client: Any, clips: dict[str, Clip]) -> None:
    with (
        clips["en-congratulations"].path.open("rb") as file,
        pytest.raises(openai.BadRequestError) as refused,
    ):
        client.audio.transcriptions.create(model="tiny.en", file=file, language="fr")
    assert "English only" in str(refused.value)


def test_documented_curl_commands_work(client: Any, clips: dict[str, Clip]) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("needs curl")
    path = clips["en-connection"].path

    def ask(*fields: str) -> str:
        command = [curl, "-sS", "--fail-with-body", f"{client.base_url}audio/transcriptions"]
        command += ["-F", f"file=@{path}", "-F", "model=whisper-1"]
        for field in fields:
            command += ["-F", field]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=True)
        return done.stdout

    assert "demonstration server" in json.loads(ask())["text"].lower()
    words = json.loads(ask("response_format=verbose_json", "timestamp_granularities[]=word"))
    assert "segments" not in words
    assert words["words"][0]["word"]
    assert ask("stream=true").startswith("event: transcript.text.delta\n")
    assert ask("response_format=vtt").startswith("WEBVTT")


def test_speakers_are_told_apart_and_recognised(
    client: Any, clips: dict[str, Clip], tmp_path: Path
) -> None:
    voice = base64.b64encode(reference(tmp_path, clips).read_bytes()).decode()
    with two_voices(tmp_path, clips).open("rb") as file:
        heard = client.audio.transcriptions.create(
            model="gpt-4o-transcribe-diarize",
            file=file,
            response_format="diarized_json",
            chunking_strategy="auto",
            known_speaker_names=["Vera"],
            known_speaker_references=[f"data:audio/wav;base64,{voice}"],
        )
    assert type(heard).__name__ == "TranscriptionDiarized"
    assert heard.duration == pytest.approx(52.7, abs=0.5)
    assert heard.segments
    for segment in heard.segments:
        middle_s = (segment.start + segment.end) / 2
        second = SECOND_FROM_S < middle_s < SECOND_UNTIL_S
        assert segment.speaker == ("Vera" if second else "A"), segment.text
    assert heard.text.split() == " ".join(segment.text for segment in heard.segments).split()


def test_segments_of_speakers_are_streamed(
    client: Any, clips: dict[str, Clip], tmp_path: Path
) -> None:
    with two_voices(tmp_path, clips).open("rb") as file:
        events = list(
            client.audio.transcriptions.create(
                model="gpt-4o-transcribe-diarize",
                file=file,
                response_format="diarized_json",
                stream=True,
            )
        )
    kinds = [event.type for event in events]
    assert set(kinds[:-1]) == {"transcript.text.segment"}
    assert kinds[-1] == "transcript.text.done"
    assert {event.speaker for event in events[:-1]} == {"A", "B"}
