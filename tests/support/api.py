"""The application in this process, and the requests that tests repeat."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from earwitness_server.services import Services
from fastapi.testclient import TestClient

from tests.support.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_for

FINISHED = ("done", "failed", "cancelled")
"""States of a job that nothing follows."""


@dataclass
class Api:
    """The API on a scripted engine, for one caller."""

    http: TestClient
    engine: ScriptedEngine
    headers: dict[str, str]

    @property
    def services(self) -> Services:
        """What its routes work with."""
        return self.http.app.state.services  # type: ignore[attr-defined]

    def as_key(self, key: str) -> Api:
        """The same API for another caller."""
        return Api(self.http, self.engine, {"authorization": f"Bearer {key}"})

    def upload(self, content: bytes, name: str = "talk.wav") -> str:
        """Upload a file whole; its id."""
        headers = {
            "upload-length": str(len(content)),
            "upload-metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "content-type": "application/offset+octet-stream",
            **self.headers,
        }
        answer = self.http.post("/api/uploads", headers=headers, content=content)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"].rsplit("/", 1)[1]

    def submit(self, content: bytes = b"sound", name: str = "talk.wav", **fields: Any) -> str:
        """Upload a file and make it a job; the transcript's id."""
        body = {"upload": self.upload(content, name), **fields}
        answer = self.http.post("/api/jobs", json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def get(self, path: str, **options: Any) -> Any:
        """GET, with this caller's key."""
        return self.http.get(path, headers=self.headers, **options)

    def wait(self, transcript_id: str, *states: str) -> dict[str, Any]:
        """Wait until a job is in one of the states, else until it is finished; its view."""
        wanted = states or FINISHED

        def view() -> dict[str, Any]:
            found = self.get(f"/api/jobs/{transcript_id}").json()
            return found if found["state"] in wanted else {}

        return wait_for(view, f"a job that is {' or '.join(wanted)}")

    def finished(self, content: bytes = b"sound", name: str = "talk.wav", **fields: Any) -> str:
        """A job that is done."""
        transcript_id = self.submit(content, name, **fields)
        assert self.wait(transcript_id)["state"] == "done"
        return transcript_id

    def texts(self, transcript_id: str) -> list[str]:
        """The segments' texts."""
        body = self.get(f"/api/transcripts/{transcript_id}").json()
        return [segment["text"] for segment in body["segments"]]

    def close(self) -> None:
        """Stop the application."""
        self.http.__exit__(None, None, None)
