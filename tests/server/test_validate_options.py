"""Options of a job are validated before the job is accepted."""

from __future__ import annotations

from typing import Any

import pytest
from earwitness_server.inference.errors import UnsupportedValueError
from earwitness_server.inference.model_registry import ModelRegistry

from tests.support.api import Api


@pytest.mark.parametrize(
    ("options", "field", "instead"),
    [
        ({"language": "qq"}, "language", "ISO-639-1"),
        ({"language": "yues"}, "language", "auto"),
        ({"audio_track": -3}, "audio_track", "0"),
        ({"where": "server"}, "where", "device"),
        ({"where": "auto"}, "where", "device"),
        ({"where": "moon"}, "where", "device"),
        ({"model": "tiny.en", "task": "translate"}, "model", "base"),
        ({"model": "tiny.en", "language": "de"}, "language", "base"),
        ({"model": "base", "language": "yue"}, "language", "zh"),
        ({"task": "sing"}, "task", "translate"),
        ({"terms": ["x" * 200]}, "terms", "100"),
        ({"terms": [str(n) for n in range(1001)]}, "terms", "1000"),
    ],
)
def test_invalid_option_is_rejected_before_the_job_is_accepted(
    api: Api, options: dict[str, Any], field: str, instead: str
) -> None:
    body = {"upload": api.upload(b"sound"), "options": options}
    answer = api.http.post("/api/jobs", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (422, f"options.{field}")
    assert instead in error["message"]
    # The upload is still there for a better request.
    assert api.http.post("/api/jobs", json={**body, "options": {}}).status_code == 201


def test_unknown_model_returns_404_and_names_the_field(api: Api) -> None:
    body = {"upload": api.upload(b"sound"), "options": {"model": "no-such"}}
    answer = api.http.post("/api/jobs", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "options.model")
    assert "tiny.en" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("language", "code"),
    [("", "auto"), ("auto", "auto"), ("en", "en"), ("de-AT", "de"), ("German", "de"),
     ("en-US", "en"), ("EN", "en"), ("english", "en"), ("Deutsch", "de")],
)  # fmt: skip
def test_language_is_accepted_as_code_locale_or_name(api: Api, language: str, code: str) -> None:
    transcript_id = api.finished(options={"language": language})
    assert api.get(f"/api/jobs/{transcript_id}").json()["options"]["language"] == code


@pytest.mark.parametrize(
    ("language", "code"),
    [("nb", "no"), ("nb-NO", "no"), ("iw", "he"), ("fil", "tl"), ("中文", "zh")],
)
def test_language_of_another_standard_is_accepted(api: Api, language: str, code: str) -> None:
    assert ModelRegistry(lambda: ["base"], "base").language(language, "base") == code
    upload = api.upload(b"sound")
    body = {"upload": upload, "options": {"language": language, "model": "base"}}
    answer = api.http.post("/api/jobs", json=body)
    assert answer.status_code == 201
    assert api.get(f"/api/jobs/{answer.json()['id']}").json()["options"]["language"] == code


def test_translation_without_multilingual_model_names_the_operator() -> None:
    registry = ModelRegistry(lambda: ["tiny.en"], "tiny.en")
    with pytest.raises(UnsupportedValueError, match="its operator can install base"):
        registry.resolve("", to_translate=True)
