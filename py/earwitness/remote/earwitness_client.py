"""The client of an Earwitness server: resumable upload (tus 1.0), jobs, their events, search."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote, urlencode

import earwitness
from earwitness.domain.edits import Wanted
from earwitness.errors import BadRequestError, NotFoundError, ServerAwayError, ServerError
from earwitness.messages import (
    JobView,
    Search,
    SearchResult,
    SegmentsSaved,
    TextVersions,
    TranscribeOptions,
    TranscriptList,
    TranscriptSummary,
)
from earwitness.remote import http
from earwitness.remote.address import origin_of
from earwitness.remote.events import EventReader
from earwitness.serialization import from_newer_plain, to_plain
from earwitness.transcript import Redaction, Transcript

T = TypeVar("T")
CHUNK_BYTES = 8 * 1024 * 1024
"""Of an upload: at most this much is sent again after the connection broke."""
SILENCE_MAX_S = 60.0
"""A stream without data for this long is dead: the server sends something every 15 s."""
_TUS = {"tus-resumable": "1.0.0"}
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class JobEvent:
    """An event of a job: new segments, or its state."""

    update: SegmentsSaved | JobView
    mark: str
    """Where the stream goes on after this event."""


class EarwitnessClient(http.ServerClient):
    """One server and one key."""

    headers: ClassVar = {http.VERSION_HEADER: earwitness.__version__}

    # ------------------------------------------------------------ uploads

    async def create_upload(self, name: str, media_type: str, length: int) -> str:
        """Begin the upload of a file of `length` bytes; return the upload's id.

        Raises:
            ServerError: the file is too large, a limit is reached, or there is no such server.
        """
        fields = {"filename": name, "filetype": media_type}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in fields.items()
        )
        headers = {**_TUS, "upload-length": str(length), "upload-metadata": metadata}
        response = await self._send("POST", "/api/uploads", headers)
        location = response.headers.get("location", "")
        if not location:
            raise ServerError(
                f"{origin_of(self._base)} accepted the upload without an address for it.",
                hint="A proxy in between must pass the Location header on.",
            )
        return location.rstrip("/").rsplit("/", 1)[1]

    async def upload_offset(self, upload: str) -> int | None:
        """Return the bytes that have arrived; None where the server does not have the upload."""
        path = f"/api/uploads/{quote(upload)}"
        response = await self._send("HEAD", path, _TUS, accepted=(404, 410))
        return None if response.status in (404, 410) else _offset(response, self._base)

    async def send_chunk(self, upload: str, path: str, start: int, end: int) -> int | None:
        """Send bytes [start, end); return how many have arrived (None: ask `upload_offset`)."""
        headers = {
            **_TUS,
            "upload-offset": str(start),
            "content-type": "application/offset+octet-stream",
        }
        response = await self._send(
            "PATCH", f"/api/uploads/{quote(upload)}", headers,
            audio=http.AudioPart(path, start, end), accepted=(404, 409, 410),
        )  # fmt: skip
        return _offset(response, self._base) if response.status < 300 else None

    async def delete_upload(self, upload: str) -> None:
        """Delete an upload that is not needed; a missing one is no error."""
        await self._send("DELETE", f"/api/uploads/{quote(upload)}", _TUS, accepted=(404, 410))

    # ------------------------------------------------------------ jobs

    async def create_job(
        self,
        upload: str,
        name: str,
        options: TranscribeOptions,
        idempotency_key: str,
        *,
        words_suffice: bool = True,
    ) -> str:
        """Make a job of a complete upload; return its id. The same key gives the same job.

        The server deletes its copy of the audio when the job is done. A server that cannot tell
        speakers apart is asked for the words alone, if they suffice.

        Raises:
            NotFoundError: the upload has expired.
            ServerError: the server does not have the model, cannot tell speakers apart, or
                (`ServerAwayError`) its queue is full.
        """
        body = {
            "upload": upload,
            "name": name,
            "options": to_plain(options, "set"),
            "keep_audio": False,
        }
        headers = {**_JSON, "idempotency-key": idempotency_key}
        text = json.dumps(body, ensure_ascii=False)
        response = await self._send("POST", "/api/jobs", headers, text=text, accepted=(404, 503))
        error = self._error(response)
        if error.get("code") == _UNKNOWN_MODEL:
            raise ServerError(f"{origin_of(self._base)}: {error.get('message')}")
        self._require_known(response)
        if options.speakers and error.get("code") == _NO_SPEAKERS:
            if not words_suffice:
                raise ServerError(
                    f"{origin_of(self._base)} has no models that tell speakers apart.",
                    hint="Its operator can fetch them: earwitness models speakers.",
                )
            words = replace(options, speakers=False)
            return await self.create_job(upload, name, words, f"{idempotency_key}-words")
        http.require_success(response, f"{self._base}/api/jobs")
        return str(self._object(response).get("id", ""))

    def _error(self, response: http.Response) -> dict[str, Any]:
        """Return the error in a response; empty: it has none."""
        try:
            error = self._object(response).get("error")
        except ServerError:
            return {}
        return cast("dict[str, Any]", error) if isinstance(error, dict) else {}

    async def job(self, job_id: str) -> JobView:
        """Return the state of a job.

        Raises:
            NotFoundError: the server does not have it any more.
        """
        return self._parse(JobView, await self._send("GET", _job_path(job_id), may_be_gone=True))

    async def job_result(self, job_id: str) -> Transcript:
        """Return the transcript of a job that is done. Raises as `job`."""
        path = f"{_job_path(job_id)}/result"
        return self._parse(Transcript, await self._send("GET", path, may_be_gone=True))

    async def cancel_job(self, job_id: str) -> None:
        """Stop a job after the batch in flight. Raises as `job`."""
        await self._send("POST", f"{_job_path(job_id)}/cancel", accepted=(409,), may_be_gone=True)

    async def resume_job(self, job_id: str) -> None:
        """Let a failed or cancelled job go on. Raises as `job`."""
        await self._send("POST", f"{_job_path(job_id)}/resume", accepted=(409,), may_be_gone=True)

    async def job_events(self, job_id: str, mark: str) -> AsyncGenerator[JobEvent]:
        """Yield a job's events after `mark` (empty: from its start) until it is finished.

        Raises:
            NotFoundError: the server does not have it any more.
            ServerAwayError: the connection broke; call again with the last mark.
        """
        headers = {**self._headers, "accept": "text/event-stream"}
        if mark:
            headers["last-event-id"] = mark
        url = f"{self._base}{_job_path(job_id)}/events"
        stream = await self._http.stream(http.Request("GET", url, headers))
        try:
            self._require_known(stream.response)
            http.require_success(stream.response, url)
            reader = EventReader()
            finished = stream.response.status == 204
            while not finished and (text := await _within_limit(stream.next(), url)) is not None:
                for event in reader.read(text):
                    if event.name == "gone":
                        raise _gone(self._base)
                    kind = {"segments": SegmentsSaved, "job": JobView}.get(event.name)
                    if kind is not None:
                        yield JobEvent(self._from_plain(kind, json.loads(event.data)), event.id)
        finally:
            stream.close()

    # ------------------------------------------------------------ its library

    async def transcripts(self, before: str, limit: int) -> TranscriptList:
        """Return a page of the server's library, newest first."""
        fields = {"before": before, "limit": limit}
        path = f"/api/transcripts?{urlencode(fields)}"
        return self._parse(TranscriptList, await self._send("GET", path))

    async def transcript(self, transcript_id: str) -> Transcript:
        """Return a transcript with its words.

        Raises:
            NotFoundError: it was deleted.
        """
        path = f"/api/transcripts/{quote(transcript_id)}"
        return self._parse(Transcript, await self._send("GET", path, may_be_gone=True))

    async def versions(self, transcript_id: str) -> TextVersions:
        """Return the versions of a text, with who changed what, and whether the key may change it.

        Raises:
            NotFoundError: it was deleted, or the server is of 0.1.0.
        """
        path = f"/api/transcripts/{quote(transcript_id)}/versions"
        return self._parse(TextVersions, await self._send("GET", path, may_be_gone=True))

    async def correct(
        self, transcript_id: str, wanted: Wanted, names: Mapping[str, str], revision: int
    ) -> int | None:
        """Change the text that a transcript had at a revision; return the new revision.

        None: somebody has changed the same since, and nothing was changed. `names`: new ones of
        speakers, by id.

        Raises:
            NotFoundError: it was deleted, or belongs to somebody else.
            ServerError: the key may not write.
        """
        body = {
            "revision": revision,
            "segments": wanted.texts,
            "segment_speaker_names": {i: name or "" for i, name in wanted.speakers.items()},
            "replace": [
                {
                    "segment": each.first,
                    "count": each.count,
                    "sentences": [asdict(sentence) for sentence in each.sentences],
                }
                for each in wanted.replacements
            ],
            "speakers": names,
        }
        response = await self._send(
            "PATCH", f"/api/transcripts/{quote(transcript_id)}", _JSON,
            text=json.dumps(body, ensure_ascii=False), accepted=(409,), may_be_gone=True,
        )  # fmt: skip
        if response.status == 409:
            return None
        return self._parse(TranscriptSummary, response).revision

    async def audio(self, transcript_id: str, network: http.FileClient) -> object:
        """Return the recording of a transcript as a file, as `network` gives it.

        Raises:
            NotFoundError: the server did not keep it.
        """
        url = f"{self._base}/api/transcripts/{quote(transcript_id)}/audio"
        response, file = await network.download(http.Request("GET", url, self._headers))
        self._require_known(response)
        http.require_success(response, url)
        return file

    async def delete_transcript(self, transcript_id: str) -> None:
        """Delete a transcript and its audio on the server; a missing one is no error."""
        await self._send("DELETE", f"/api/transcripts/{quote(transcript_id)}", accepted=(404,))

    async def make_redactions_final(
        self, transcript_id: str, redactions: Sequence[Redaction]
    ) -> None:
        """Redact parts of a recording on the server, and make this final.

        Raises:
            NotFoundError: it was deleted.
        """
        parts = [{"start_s": each.start_s, "end_s": each.end_s} for each in redactions]
        path = f"/api/transcripts/{quote(transcript_id)}/redactions/final"
        text = json.dumps({"parts": parts})
        await self._send("POST", path, _JSON, text=text, may_be_gone=True)

    async def search(self, request: Search) -> SearchResult:
        """Return hits in the server's library."""
        names = ("query", "limit", "language", "tag")
        added = ("speaker", "label", "since", "until")
        fields = {name: getattr(request, name) for name in names}
        fields |= {name: value for name in added if (value := getattr(request, name))}
        return self._parse(
            SearchResult, await self._send("GET", f"/api/search?{urlencode(fields)}")
        )

    async def models(self) -> tuple[str, ...]:
        """Return the names of its models.

        Raises:
            ServerError: it is not an Earwitness server, or the key may not read its library.
        """
        await self._send("GET", "/api/transcripts?limit=1")
        listed = self._object(await self._send("GET", "/v1/models")).get("data", [])
        return tuple(str(each["id"]) for each in listed)

    # ------------------------------------------------------------ requests

    async def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, *,
        text: str = "", audio: http.AudioPart | None = None, accepted: tuple[int, ...] = (),
        may_be_gone: bool = False,
    ) -> http.Response:  # fmt: skip
        """`may_be_gone`: a 404 is about what the path names, not about the server."""
        url = self._base + path
        request = http.Request(method, url, {**self._headers, **(headers or {})}, text, audio)
        response = await self._http.send(request)
        if may_be_gone:
            self._require_known(response)
        return http.require_success(response, url, *accepted)

    def _require_known(self, response: http.Response) -> None:
        if response.status == 404:
            raise _gone(self._base)

    def _object(self, response: http.Response) -> dict[str, Any]:
        body = response.json(self._base)
        return body if isinstance(body, dict) else {}  # pyright: ignore[reportUnknownVariableType]

    def _parse(self, kind: type[T], response: http.Response) -> T:
        return self._from_plain(kind, response.json(self._base))

    def _from_plain(self, kind: type[T], plain: Any) -> T:
        try:
            return from_newer_plain(kind, plain)
        except BadRequestError as error:
            raise ServerError(
                f"{origin_of(self._base)} runs another version of Earwitness.",
                hint="Update the older of the two.",
                detail=error.message,
            ) from error


_NO_SPEAKERS = "speakers_unavailable"
_UNKNOWN_MODEL = "model_not_found"


def _job_path(job_id: str) -> str:
    return f"/api/jobs/{quote(job_id)}"


def _gone(base: str) -> NotFoundError:
    return NotFoundError(f"{origin_of(base)} no longer has this.", hint="Send it again.")


def _offset(response: http.Response, base: str) -> int:
    try:
        return int(response.headers["upload-offset"])
    except (LookupError, ValueError):
        raise ServerError(
            f"{origin_of(base)} does not say how much of the upload arrived.",
            hint="A proxy in between must pass the Upload-Offset header on.",
        ) from None


async def _within_limit(text: Coroutine[Any, Any, str | None], url: str) -> str | None:
    try:
        return await asyncio.wait_for(text, SILENCE_MAX_S)
    except TimeoutError:
        raise ServerAwayError(f"{origin_of(url)} has stopped sending.") from None
