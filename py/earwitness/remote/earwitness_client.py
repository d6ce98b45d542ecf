"""A server of our own kind: resumable upload (tus 1.0), durable jobs, their events, search."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from earwitness.errors import BadRequestError, NotFoundError, ServerAwayError, ServerError
from earwitness.messages import JobView, SearchResult, SegmentsSaved, TranscribeOptions
from earwitness.remote.address import origin_of
from earwitness.remote.events import EventReader
from earwitness.remote.http import Answer, AudioPart, Question, Wire, bearer, checked
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Transcript

T = TypeVar("T")
PIECE_BYTES = 8 * 1024 * 1024
"""Of an upload: so much is sent again at most when the connection breaks in the middle."""
SILENCE_S = 60.0
"""A stream that says nothing for this long is dead: the server speaks every 15 s."""
_TUS = {"tus-resumable": "1.0.0"}


@dataclass(frozen=True, slots=True)
class Progress:
    """An event of a job: words, or where it stands and the mark to go on from."""

    said: SegmentsSaved | JobView
    mark: str


class EarwitnessApi:
    """One server, one key."""

    def __init__(self, wire: Wire, base: str, key: str) -> None:
        self._wire = wire
        self._base = base
        self._headers = bearer(key)

    # ------------------------------------------------------------ uploads

    async def begin_upload(self, name: str, media_type: str, length: int) -> str:
        """Announce a file of so many bytes; the upload's id.

        Raises:
            ServerError: too large, over a limit, or no such server.
        """
        told = {"filename": name, "filetype": media_type}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items()
        )
        headers = {**_TUS, "upload-length": str(length), "upload-metadata": metadata}
        answer = await self._ask("POST", "/api/uploads", headers)
        location = answer.headers.get("location", "")
        if not location:
            raise ServerError(
                f"{origin_of(self._base)} took the upload and did not say where.",
                hint="If a proxy is between, let it pass the Location header on.",
            )
        return location.rstrip("/").rsplit("/", 1)[1]

    async def received(self, upload: str) -> int | None:
        """Bytes that have arrived; None where the server does not know the upload any more."""
        answer = await self._ask("HEAD", f"/api/uploads/{quote(upload)}", _TUS, fine=(404, 410))
        return None if answer.status in (404, 410) else _offset(answer, self._base)

    async def send_piece(self, upload: str, path: str, start: int, end: int) -> int | None:
        """Send the bytes from `start` to `end`; how many have arrived then (None: look again)."""
        headers = {
            **_TUS,
            "upload-offset": str(start),
            "content-type": "application/offset+octet-stream",
        }
        answer = await self._ask(
            "PATCH", f"/api/uploads/{quote(upload)}", headers,
            audio=AudioPart(path, start, end), fine=(404, 409, 410),
        )  # fmt: skip
        return _offset(answer, self._base) if answer.status < 300 else None

    async def end_upload(self, upload: str) -> None:
        """Give an upload up."""
        await self._ask("DELETE", f"/api/uploads/{quote(upload)}", _TUS, fine=(404, 410))

    # ------------------------------------------------------------ jobs

    async def accept(self, upload: str, name: str, options: TranscribeOptions, once: str) -> str:
        """Make a finished upload a job; with the same `once` it is the same job. Its id.

        The server's copy of the audio goes when the words are there.

        Raises:
            NotFoundError: the upload has expired.
            ServerError: the server has no such model, or the queue is full (`ServerAwayError`).
        """
        body = {
            "upload": upload,
            "name": name,
            "options": to_plain(options),
            "keep_audio": False,
        }
        headers = {"content-type": "application/json", "idempotency-key": once}
        text = json.dumps(body, ensure_ascii=False)
        answer = await self._ask("POST", "/api/jobs", headers, text=text, missing=True)
        return str(self._plain(answer).get("id", ""))

    async def view(self, job: str) -> JobView:
        """Where a job stands.

        Raises:
            NotFoundError: the server does not know it any more.
        """
        return self._as(JobView, await self._ask("GET", _job(job), missing=True))

    async def result(self, job: str) -> Transcript:
        """The transcript of a job that is done. Raises as `view`."""
        return self._as(Transcript, await self._ask("GET", f"{_job(job)}/result", missing=True))

    async def steer(self, job: str, how: Literal["cancel", "resume"]) -> bool:
        """Stop after the batch in flight, or go on; False where its state does not allow it.

        Raises:
            NotFoundError: the server does not know it any more.
        """
        answer = await self._ask("POST", f"{_job(job)}/{how}", fine=(409,), missing=True)
        return answer.status != 409

    async def follow(self, job: str, mark: str) -> AsyncGenerator[Progress]:
        """What happens to a job from `mark` on (empty: from its start), until it is finished.

        Raises:
            NotFoundError: the server does not know it any more.
            ServerAwayError: the connection broke: follow it again from the last mark.
        """
        headers = {**self._headers, "accept": "text/event-stream"}
        if mark:
            headers["last-event-id"] = mark
        url = f"{self._base}{_job(job)}/events"
        stream = await self._wire.listen(Question("GET", url, headers))
        try:
            self._known(stream.answer)
            checked(stream.answer, url)
            reader = EventReader()
            over = stream.answer.status == 204
            while not over and (text := await _soon(stream.next(), url)) is not None:
                for event in reader.read(text):
                    if event.name == "gone":
                        raise _gone(self._base)
                    kind = {"segments": SegmentsSaved, "job": JobView}.get(event.name)
                    if kind is not None:
                        yield Progress(self._read(kind, json.loads(event.data)), event.id)
        finally:
            stream.close()

    async def delete(self, transcript: str) -> None:
        """Delete words and audio there, now and for good."""
        await self._ask("DELETE", f"/api/transcripts/{quote(transcript)}", fine=(404,))

    # ------------------------------------------------------------ its library

    async def transcript(self, transcript: str) -> Transcript:
        """A transcript with its words.

        Raises:
            NotFoundError: it was deleted.
        """
        path = f"/api/transcripts/{quote(transcript)}"
        return self._as(Transcript, await self._ask("GET", path, missing=True))

    async def search(self, query: str, limit: int, language: str, tag: str) -> SearchResult:
        """Hits in the server's own library."""
        asked = {"query": query, "limit": limit, "language": language, "tag": tag}
        return self._as(SearchResult, await self._ask("GET", f"/api/search?{urlencode(asked)}"))

    async def models(self) -> tuple[str, ...]:
        """What it offers; its library must be open to the key as well.

        Raises:
            ServerError: it is no Earwitness server, or refuses the key.
        """
        await self._ask("GET", "/api/transcripts?limit=1")
        listed = self._plain(await self._ask("GET", "/v1/models")).get("data", [])
        return tuple(str(each["id"]) for each in listed)

    # ------------------------------------------------------------ asking

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, *,
        text: str = "", audio: AudioPart | None = None, fine: tuple[int, ...] = (),
        missing: bool = False,
    ) -> Answer:  # fmt: skip
        """`missing`: 404 means that what the path names is gone."""
        url = self._base + path
        whole = {**self._headers, **(headers or {})}
        answer = await self._wire.ask(Question(method, url, whole, text, audio))
        if missing:
            self._known(answer)
        return checked(answer, url, *fine)

    def _known(self, answer: Answer) -> None:
        if answer.status == 404:
            raise _gone(self._base)

    def _plain(self, answer: Answer) -> dict[str, Any]:
        body = answer.json(self._base)
        return body if isinstance(body, dict) else {}  # pyright: ignore[reportUnknownVariableType]

    def _as(self, kind: type[T], answer: Answer) -> T:
        return self._read(kind, answer.json(self._base))

    def _read(self, kind: type[T], plain: Any) -> T:
        try:
            return from_plain(kind, plain)
        except BadRequestError as error:
            raise ServerError(
                f"{origin_of(self._base)} is an Earwitness of another version.",
                hint="Update the older of the two.",
                detail=error.message,
            ) from error


def _job(job: str) -> str:
    return f"/api/jobs/{quote(job)}"


def _gone(base: str) -> NotFoundError:
    return NotFoundError(f"{origin_of(base)} does not have this any more.", hint="Send it again.")


def _offset(answer: Answer, base: str) -> int:
    try:
        return int(answer.headers["upload-offset"])
    except (LookupError, ValueError):
        raise ServerError(
            f"{origin_of(base)} does not say how much of the upload arrived.",
            hint="If a proxy is between, let it pass the Upload-Offset header on.",
        ) from None


async def _soon(piece: Any, url: str) -> str | None:
    try:
        return await asyncio.wait_for(piece, SILENCE_S)
    except TimeoutError:
        raise ServerAwayError(f"{origin_of(url)} has fallen silent.") from None
