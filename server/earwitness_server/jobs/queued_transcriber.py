"""Direct requests in a process without a model: hidden jobs, which any worker takes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from earwitness.domain.jobs import cancel
from earwitness.errors import BadRequestError, EarwitnessError, ErrorView, MediaError, ModelError
from earwitness.speakers.diarization import Diarization
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch

from earwitness_server.drain import Drain, StoppingError
from earwitness_server.inference.errors import SpeakersUnavailableError
from earwitness_server.inference.known_voices import KnownVoice
from earwitness_server.inference.transcriber import Recording
from earwitness_server.jobs.progress import Progress, ProgressFeed
from earwitness_server.jobs.workflow_client import WorkflowClient
from earwitness_server.observability.tracing import tracing
from earwitness_server.storage.database import now_s
from earwitness_server.storage.library import Library
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import JobSpec, Queue

KEPT_S = 3600.0
"""After this a hidden job is deleted whose own process could not delete it."""
OWNER = "-"
"""No key has this owner."""


@dataclass(frozen=True, slots=True)
class QueuedTranscriber:
    """A `Transcriber` over the queue. It does not pass a temperature on."""

    queue: Queue
    objects: Objects
    library: Library
    workflows: WorkflowClient
    progress: ProgressFeed
    drain: Drain

    async def transcribe(
        self, recording: Recording, settings: SpeechSettings | None = None
    ) -> AsyncGenerator[Batch]:
        """Yield batches as workers commit them. Closing the generator early cancels the job.

        Raises:
            SpeakersUnavailableError: speakers are asked for; nothing is queued.
            StoppingError: the server stops before the recording is done.
            EarwitnessError: why the job failed.
        """
        if recording.options.speakers:
            raise _only_in_jobs()
        if self.drain.begun.is_set():
            raise StoppingError
        transcript_id = secrets.token_hex(12)
        try:
            await asyncio.to_thread(self._accept, transcript_id, recording)
            follow = self.progress.follow(transcript_id, stop=self.drain.over.is_set)
            async with aclosing(follow) as events:
                async for progress in events:
                    if progress is not None and (error := _waits_for(progress)) is not None:
                        # Whoever waits for the answer cannot wait for the operator.
                        raise ModelError(error.message, hint="Use another model.")
                    if progress is not None and (progress.windows or progress.finished):
                        yield _batch(progress)
                        if progress.finished:
                            return
            raise StoppingError
        finally:
            await asyncio.to_thread(self._delete, transcript_id)

    async def find_speakers(
        self, recording: Recording, known: Sequence[KnownVoice] = ()
    ) -> Diarization:
        """Refuse: workers tell speakers apart in jobs only.

        Raises:
            SpeakersUnavailableError: always.
        """
        raise _only_in_jobs()

    def _accept(self, transcript_id: str, recording: Recording) -> None:
        audio = f"audio/{transcript_id}"
        self.objects.put(audio, recording.path)
        spec = JobSpec(
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
        self.workflows.enqueue(self.queue.accept(spec))
        tracing.link_job(transcript_id)

    def _delete(self, transcript_id: str) -> None:
        entry = self.queue.change(transcript_id, cancel)
        if entry.job.state == "cancelled":
            self.workflows.cancel(entry)
        self.objects.delete(f"audio/{transcript_id}")
        self.library.delete([transcript_id])


def _only_in_jobs() -> SpeakersUnavailableError:
    return SpeakersUnavailableError(
        "This server tells speakers apart in jobs only.",
        hint="Send it to /api/jobs with the option speakers.",
    )


def _waits_for(progress: Progress) -> ErrorView | None:
    job = progress.entry.job
    return job.error if job.state == "queued" else None


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
