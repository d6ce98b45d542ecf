"""Redactions on the server: no answer has the words, and what is final is in no file."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from earwitness import formats
from earwitness.domain.redaction import SIGN
from earwitness_server.storage.library import audio_names
from earwitness_server.storage.retention import Cleanup
from earwitness_server.storage.tables import uploads

from tests.support.api import Api
from tests.support.files import contents_below
from tests.support.waiting import wait_for

HIDDEN = "zwgobbledygooks"
RATE_HZ = 16_000
SAMPLES = 263_936
"""The scripted engine reads the beginning of the file as text, its length among it."""


def noise() -> bytes:
    """A recording in which no two moments sound alike."""
    samples = np.random.default_rng(1).integers(-9000, 9000, SAMPLES, np.int16)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()


SOUND = noise()
HEARD_AT_S = 10.3
"""A moment inside the redacted word."""


def sound_at(content: bytes, at_s: float, count: int = 32) -> bytes:
    """Some samples of a recording."""
    at = 44 + 2 * round(at_s * RATE_HZ)
    return content[at : at + 2 * count]


def redact(api: Api, id_: str, segment: int, words: str) -> dict[str, Any]:
    """Redact these words of a segment."""
    text = api.texts(id_)[segment].strip()
    part = {"segment": segment, "from_char": text.index(words)}
    part["to_char"] = part["from_char"] + len(words)
    answer = api.http.patch(f"/api/transcripts/{id_}", json={"redact": [part]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def worked_on(api: Api) -> str:
    """A transcript with the hidden word in corrections, versions, terms and prompt."""
    options = {"prompt": f"About {HIDDEN}.", "terms": [HIDDEN]}
    id_ = api.finished(SOUND, "talk.wav", options=options, keep_audio=True)
    path = f"/api/transcripts/{id_}"
    for text in (f"This {HIDDEN} was said", f"Here {HIDDEN} is said again"):
        answer = api.http.patch(path, json={"segments": {"1": text}})
        assert answer.status_code == 200, answer.text
    return id_


def holding(folder: Path, *signs: bytes) -> list[str]:
    """Files that hold one of these."""
    return [
        f"{path.name}: {sign!r}"
        for path, content in contents_below(folder)
        for sign in signs
        if sign.lower() in content.lower()
    ]


def test_no_answer_has_redacted_words(api: Api) -> None:
    id_ = worked_on(api)
    assert api.get("/api/search", params={"query": HIDDEN}).json()["hits"]
    summary = redact(api, id_, 1, HIDDEN)
    assert [part["id"] for part in summary["redactions"]] == ["r1"]
    assert api.texts(id_)[1] == f"Here {SIGN} is said again"
    assert api.get("/api/search", params={"query": HIDDEN}).json()["hits"] == []
    path = f"/api/transcripts/{id_}"
    answers = [path, f"{path}/versions", "/api/transcripts", f"/api/jobs/{id_}"]
    answers += [f"/api/jobs/{id_}/result", f"/api/jobs/{id_}/events"]
    answers += [f"{path}/export?format={name}" for name in formats.NAMES if name != "docx"]
    for each in answers:
        answer = api.get(each)
        assert answer.status_code == 200, each
        assert HIDDEN not in answer.text, each
    refused = api.get(f"{path}/audio")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_final")
    shown = api.http.patch(path, json={"unredact": ["r1"]})
    assert (shown.status_code, shown.json()["redactions"]) == (200, [])
    assert HIDDEN in api.texts(id_)[1]
    assert api.get(f"{path}/audio").content == SOUND


READ = {
    "/api/transcripts", "/api/transcripts/{transcript_id}",
    "/api/transcripts/{transcript_id}/versions", "/api/transcripts/{transcript_id}/export",
    "/api/transcripts/{transcript_id}/audio", "/api/jobs/{transcript_id}/result",
    "/api/jobs/{transcript_id}/events", "/api/jobs/{transcript_id}", "/api/search",
}  # fmt: skip
"""Tested above."""
WITHOUT_TEXT = {
    "/api/extensions", "/healthz", "/readyz", "/metrics",
    "/v1/models", "/v1/models/{model_id}",
}  # fmt: skip


def test_every_route_that_reads_is_known(api: Api) -> None:
    paths = api.http.get("/openapi.json").json()["paths"]
    reading = {path for path, methods in paths.items() if "get" in methods}
    assert reading <= READ | WITHOUT_TEXT


def test_final_redactions_are_in_no_file(make_api: Callable[..., Api], tmp_path: Path) -> None:
    api = make_api(worker_away_s=1)
    id_ = worked_on(api)
    path = f"/api/transcripts/{id_}"
    assert api.get("/api/search", params={"query": HIDDEN}).json()["hits"]
    summary = redact(api, id_, 1, HIDDEN)
    [part] = summary["redactions"]
    assert part["start_s"] < HEARD_AT_S < part["end_s"], part
    signs = (HIDDEN[2:].encode(), sound_at(SOUND, HEARD_AT_S))
    assert {each.rpartition(":")[0].split(".")[0] for each in holding(tmp_path / "data", *signs)}
    before = api.texts(id_)
    made = api.http.post(f"{path}/redactions/final", json={})
    assert made.status_code == 200, made.text
    assert [part["final"] for part in made.json()["redactions"]] == [True]
    assert api.texts(id_) == before
    wait_for(lambda: holding(tmp_path / "data", *signs) == [], "files without the words")
    audio = api.get(f"{path}/audio").content
    assert audio[:4] == b"RIFF"
    assert not any(sound_at(audio, HEARD_AT_S))
    assert any(sound_at(audio, HEARD_AT_S + 5))
    assert len(audio) == len(SOUND)
    assert [version["id"] for version in api.get(f"{path}/versions").json()["versions"]] == [0]
    assert api.http.patch(path, json={"unredact": ["r1"]}).status_code == 400
    again = api.http.post(f"{path}/redactions/final", json={})
    assert again.status_code == 400, again.text
    assert api.get("/api/search", params={"query": "again"}).json()["hits"]
    # Another time, by the parts that a page sends: the names of the objects change places.
    parts = {"parts": [{"start_s": 0.0, "end_s": 4.0}]}
    assert api.http.post(f"{path}/redactions/final", json=parts).status_code == 200
    assert api.texts(id_)[0].strip() == f"{SIGN} 0."
    sizes = [api.services.objects.size(name) for name in audio_names(id_)]
    assert sorted(size or 0 for size in sizes) == [0, len(SOUND)]
    assert api.http.delete(path).status_code == 204
    assert [api.services.objects.size(name) for name in audio_names(id_)] == [None, None]


def test_recording_that_cannot_be_decoded_changes_nothing(api: Api) -> None:
    id_ = api.finished(b"sound", keep_audio=True)
    path = f"/api/transcripts/{id_}"
    redact(api, id_, 0, "sentence")
    answer = api.http.post(f"{path}/redactions/final", json={})
    assert answer.status_code >= 400
    assert [r["final"] for r in api.get(path).json()["redactions"]] == [False]
    assert api.http.patch(path, json={"unredact": ["r1"]}).status_code == 200
    assert "sentence" in api.texts(id_)[0]
    assert api.get(f"{path}/audio").content == b"sound"


@pytest.mark.parametrize("is_committed", [False, True])
def test_worker_deletes_what_a_crash_has_left(api: Api, *, is_committed: bool) -> None:
    id_ = api.finished(b"sound", keep_audio=True)
    services = api.services
    old, new = audio_names(id_)
    services.objects.put(new, b"silence")
    services.uploads.expect_leftover("local", id_, new)
    if is_committed:
        from earwitness_server.storage.uploads import change_leftover

        with services.database.write() as connection:
            change_leftover(connection, id_, old)
    else:
        with services.database.write() as connection:
            connection.execute(sa.update(uploads).values(expires_s=time.time() - 1))
    cleanup = Cleanup(services.library, services.uploads, services.objects, services.database)
    cleanup.clean()
    left, gone = (new, old) if is_committed else (old, new)
    assert services.objects.size(gone) is None
    assert services.objects.size(left)


def test_bad_redactions_are_refused(api: Api) -> None:
    id_ = api.finished(b"sound")
    path = f"/api/transcripts/{id_}"
    assert api.http.post(f"{path}/redactions/final", json={}).status_code == 400
    assert api.http.post("/api/transcripts/none/redactions/final", json={}).status_code == 404
    for body in (
        {"redact": [{"segment": 0, "from_char": 3, "to_char": 3}]},
        {"redact": [{"segment": 0, "from_char": -1, "to_char": 3}]},
        {"redact": [{"segment": 99, "from_char": 0, "to_char": 3}]},
        {"redact": [{"segment": 0}]},
        {"unredact": ["r9"]},
    ):
        assert api.http.patch(path, json=body).status_code in (400, 404, 422), body
    for body in ({"parts": [{"start_s": -1, "end_s": 2}]}, {"parts": [{"start_s": "x"}]}):
        assert api.http.post(f"{path}/redactions/final", json=body).status_code == 422
