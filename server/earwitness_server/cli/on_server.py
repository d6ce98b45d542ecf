"""Transcribe files on a server: upload, follow the job, fetch the transcript."""

from __future__ import annotations

import asyncio
import mimetypes
import uuid
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, TypeVar

from earwitness.errors import EarwitnessError, ServerAwayError, ServerError
from earwitness.messages import JobView, TranscribeOptions
from earwitness.remote.earwitness_client import CHUNK_BYTES, EarwitnessClient
from earwitness.transcript import Transcript

from earwitness_server.cli.network import asked
from earwitness_server.cli.terminal import Progress
from earwitness_server.cli.transcriber import Transcribed

T = TypeVar("T")
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between attempts to reach a server that is away; then the file fails."""
GOODBYE_S = 5.0
"""For the server to hear that a job is not wanted any more."""
FINISHED = ("done", "failed", "cancelled")
RECENT = 50
"""Transcripts among which a finished job is looked up."""


class ServerTranscriber:
    """Transcribes on a server that has answered."""

    def __init__(self, client: EarwitnessClient, options: TranscribeOptions) -> None:
        self._client = client
        self._options = options

    async def transcribe(self, path: Path, progress: Progress) -> Transcribed:
        """Return the transcript of a file; it stays in the server's library.

        If this is cancelled, the server's copy and transcript are deleted.

        Raises:
            ServerAwayError: the server is away for a minute.
            EarwitnessError: the server cannot transcribe it.
            OSError: the file cannot be read.
        """
        upload = await self._sent(path, _length_bytes(path), progress)
        once = uuid.uuid4().hex
        job_id = await _patient(
            lambda: self._client.create_job(
                upload, path.name, self._options, once, words_suffice=False
            )
        )
        try:
            view = await self._finished(job_id, progress)
        except asyncio.CancelledError:
            with suppress(EarwitnessError, TimeoutError):
                await asyncio.wait_for(self._client.delete_transcript(job_id), GOODBYE_S)
            raise
        if view.state != "done":
            raise _failed(view)
        transcript = await _patient(lambda: self._client.job_result(job_id))
        return Transcribed(transcript, await self._why_no_speakers(transcript))

    async def _sent(self, path: Path, length: int, progress: Progress) -> str:
        """Upload the file, from where it broke off; return the upload's id."""
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        upload = await _patient(lambda: self._client.create_upload(path.name, kind, length))
        at = 0
        while at < length:
            progress.show("uploading", at, length)
            start, end = at, min(at + CHUNK_BYTES, length)
            try:
                arrived = await self._client.send_chunk(upload, str(path), start, end)
            except ServerAwayError:
                arrived = None
            if arrived is None:
                arrived = await _patient(lambda: self._client.upload_offset(upload))
            if arrived is None:
                raise ServerError("The server has dropped the upload.", hint="Try again.")
            at = arrived
        return upload

    async def _finished(self, job_id: str, progress: Progress) -> JobView:
        mark = ""

        async def follow() -> JobView:
            nonlocal mark
            async with aclosing(self._client.job_events(job_id, mark)) as events:
                async for event in events:
                    mark = event.mark or mark
                    if isinstance(event.update, JobView):
                        _show(event.update, progress)
            view = await self._client.job(job_id)
            if view.state not in FINISHED:
                raise ServerAwayError("The server has closed the connection.")
            return view

        return await _patient(follow)

    async def _why_no_speakers(self, transcript: Transcript) -> str:
        """Return why speakers that were asked for are unknown; empty: they are not."""
        if not self._options.speakers or transcript.turns:
            return ""
        recent = await _patient(lambda: self._client.transcripts("", RECENT))
        for summary in recent.transcripts:
            if summary.id == transcript.id and summary.speaker_job and summary.speaker_job.error:
                return f"{summary.speaker_job.error.message} {summary.speaker_job.error.hint}"
        return ""


def _length_bytes(path: Path) -> int:
    return path.stat().st_size


def _show(view: JobView, progress: Progress) -> None:
    if view.state == "queued":
        waits_for = f": {view.error.message}" if view.error else ""
        progress.show(f"waiting on the server{waits_for}")
    elif view.position_s < view.duration_s or view.duration_s <= 0:
        progress.show("transcribing", view.position_s, view.duration_s)
    else:
        progress.show("finishing")


def _failed(view: JobView) -> ServerError:
    if view.state == "cancelled":
        return ServerError("The job was stopped on the server.", hint="Try again.")
    error = view.error
    if error is None:
        return ServerError("The server could not transcribe it.", hint="Try again.")
    return ServerError(error.message, hint=error.hint, detail=error.detail)


async def _patient(request: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what the server answers; while it is away, ask again after each of `PAUSES_S`.

    Raises:
        ServerAwayError: it is still away.
    """
    for pause_s in PAUSES_S:
        try:
            return await asked(request)
        except ServerAwayError as error:
            await asyncio.sleep(max(pause_s, min(error.retry_after_s, PAUSES_S[-1])))
    return await asked(request)
