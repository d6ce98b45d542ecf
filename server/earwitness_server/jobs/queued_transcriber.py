"""Direct requests where no model is: they become hidden jobs that any worker takes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from earwitness.errors import BadRequestError, EarwitnessError, MediaError, ModelError
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch

from earwitness_server.http.drain import stopping
from earwitness_server.inference.admission import busy
from earwitness_server.inference.engine import Recording
from earwitness_server.jobs.progress import Progress
from earwitness_server.observability.tracing import tracing
from earwitness_server.services import Services
from earwitness_server.storage.database import now_s
from earwitness_server.storage.job_spec import JobSpec

KEPT_S = 3600.0
"""A hidden job whose request is gone is deleted after this, if its process could not."""
OWNER = "-"
"""No key has this owner."""


class QueuedTranscriber:
    """The same as `LocalTranscriber`, over the queue. A temperature of its own is not passed on."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.inside = 0

    def check(self) -> None:
        """Refuse now rather than after a long upload.

        Raises:
            ApiError: 429, when too many wait already; 503, when the server is stopping.
        """
        if self._services.drain.begun():
            raise stopping()
        settings = self._services.settings
        if self.inside >= settings.slots + settings.waiting_limit:
            raise busy()

    async def hear(
        self, recording: Recording, settings: SpeechSettings | None = None
    ) -> AsyncGenerator[Batch]:
        """Batches as workers commit them. Leaving early cancels the job.

        Raises:
            ApiError: 429, when too many wait already.
            EarwitnessError: why the job failed.
        """
        self.check()
        self.inside += 1
        transcript_id = secrets.token_hex(12)
        try:
            await asyncio.to_thread(self._accept, transcript_id, recording)
            follow = self._services.progress.follow(transcript_id, stop=self._services.drain.over)
            finished = False
            async with aclosing(follow) as events:
                async for progress in events:
                    if progress is not None and (progress.windows or progress.finished):
                        finished = progress.finished
                        yield _batch(progress)
            if not finished:
                raise stopping()
        finally:
            self.inside -= 1
            await asyncio.to_thread(self._forget, transcript_id)

    def _accept(self, transcript_id: str, recording: Recording) -> None:
        services, audio = self._services, f"audio/{transcript_id}"
        services.objects.put_file(audio, recording.path)
        order = JobSpec(
            transcript_id=transcript_id,
            owner=OWNER,
            name="direct",
            options=recording.options,
            audio=audio,
            audio_bytes=recording.path.stat().st_size,
            media_type=recording.media_type,
            fingerprint=recording.fingerprint,
            hidden=True,
            expires_s=now_s() + KEPT_S,
        )
        services.workflows.enqueue(services.queue.accept(order))
        tracing.accepted(transcript_id)

    def _forget(self, transcript_id: str) -> None:
        services = self._services
        entry = services.queue.change(transcript_id, "cancelled")
        if entry.job.state == "cancelled":
            services.workflows.cancel(entry)
        services.objects.delete(f"audio/{transcript_id}")
        services.library.forget([transcript_id])


def _batch(progress: Progress) -> Batch:
    job = progress.entry.job
    if job.state == "failed" and job.error is not None:
        kinds: dict[str, type[EarwitnessError]] = {
            "MediaError": MediaError,
            "BadRequestError": BadRequestError,
        }
        kind = kinds.get(job.error.type, ModelError)
        raise kind(job.error.message, hint=job.error.hint)
    return Batch(progress.windows, job.resume, job.position_s, 0.0, progress.finished)
