"""A recording comes in: its audio is safe on the shelf before it counts as accepted."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable

from earwitness.domain import jobs as queue
from earwitness.domain.documents import Document
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record, check_id, clean_name, iso
from earwitness.errors import BadRequestError, EarwitnessError, MediaError
from earwitness.library.document_cache import document_put
from earwitness.library.ports import Attachment, AudioShelf, Clock, KeptAudio
from earwitness.library.queue.local_executor import Runner
from earwitness.library.repository import Ledger
from earwitness.library.wake_lock import Awake
from earwitness.messages import AddFile, TranscribeOptions


class Intake:
    """Takes files, and gives a job its audio back."""

    def __init__(
        self,
        ledger: Ledger,
        runner: Runner,
        awake: Awake,
        shelf: AudioShelf,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._runner = runner
        self._awake = awake
        self._shelf = shelf
        self._clock = clock
        self._new_id = new_id
        self._coming: dict[str, asyncio.Lock] = {}
        self._warming: set[asyncio.Future[None]] = set()

    def resolve(self, options: TranscribeOptions) -> TranscribeOptions:
        """The options with what was left open filled from the settings.

        Raises:
            BadRequestError: there is no such model.
        """
        settings = self._ledger.settings
        model = options.model or settings.model
        known = self._ledger.models
        if known and model not in known and options.where != "server":
            raise BadRequestError(
                f"There is no model {model!r} here.", hint=f"Choose one of {', '.join(known)}."
            )
        return dataclasses.replace(
            options,
            model=model,
            language=options.language or settings.language,
            prompt=options.prompt or settings.prompt,
        )

    async def add(self, request: AddFile, attachment: Attachment) -> str:
        """Keep the audio, then commit record and job; the same id again is the same recording.

        What cannot be a recording is kept without audio, as failed: its name and the reason stay.

        Returns:
            The transcript's id.

        Raises:
            BadRequestError: a bad id or model.
            NotFoundError: the file cannot be read any more.
            StorageError: it does not fit; nothing is left behind.
        """
        id_ = check_id(request.transcript_id or self._new_id())
        options = self.resolve(request.options)
        async with self._coming.setdefault(id_, asyncio.Lock()):
            if id_ not in self._ledger.records:
                if options.where != "server":
                    warming = asyncio.ensure_future(self._runner.warm_up(options.model))
                    self._warming.add(warming)
                    warming.add_done_callback(self._warming.discard)
                kept: KeptAudio | MediaError
                try:
                    kept = await self._keep(id_, attachment)
                except MediaError as error:
                    kept = error
                try:
                    await self._commit(id_, request.name, options, kept)
                except EarwitnessError:
                    await self._shelf.delete(id_)
                    raise
        self._coming.pop(id_, None)
        return id_

    async def provide(self, transcript_id: str, attachment: Attachment) -> None:
        """Give a job its audio again; another recording is refused.

        Raises:
            NotFoundError: no such transcript.
            BadRequestError: the file is not the one that was transcribed.
            MediaError: the file is empty.
            StorageError: as `add`.
        """
        record = self._ledger.record(transcript_id)
        if record.audio_path:
            return
        audio = await self._keep(transcript_id, attachment)
        if record.fingerprint and audio.fingerprint != record.fingerprint:
            await self._shelf.delete(transcript_id)
            raise BadRequestError(
                f"This is not the file that {record.name!r} was made from.",
                hint="Choose the same file, or add this one as a new recording.",
            )
        async with self._ledger.lock:
            record = _with_audio(self._ledger.record(transcript_id), audio)
            job = self._ledger.jobs[transcript_id]
            if job.state == "needs-file":
                job = queue.requeued(job)
            await self._ledger.commit([record], [job])

    async def _keep(self, id_: str, attachment: Attachment) -> KeptAudio:
        reason = f"keeping {id_}"
        self._awake.hold(reason, True)
        try:
            return await self._shelf.keep(id_, attachment)
        finally:
            self._awake.hold(reason, False)

    async def _commit(
        self, id_: str, name: str, options: TranscribeOptions, audio: KeptAudio | MediaError
    ) -> None:
        async with self._ledger.lock:
            record = Record(
                id=id_,
                name=clean_name(name),
                created_at=iso(self._clock.now()),
                model=options.model,
                task=options.task,
                language=None if options.language == "auto" else options.language,
                language_probability=None if options.language == "auto" else 1.0,
            )
            order = queue.last_order(self._ledger.jobs.values())
            job = Job(transcript_id=id_, options=options, order=order)
            document = document_put(Document(id_))
            if isinstance(audio, MediaError):
                job = dataclasses.replace(job, state="failed", error=audio.view())
            else:
                same_as = self._same(audio.fingerprint)
                record = dataclasses.replace(_with_audio(record, audio), same_as=same_as)
            await self._ledger.commit([record], [job], [document])

    def _same(self, fingerprint: str) -> str:
        """The newest recording with this audio, unless it came to nothing; empty: none."""
        jobs = self._ledger.jobs
        for record in self._ledger.newest():
            hopeless = jobs[record.id].state in ("failed", "cancelled")
            if record.fingerprint == fingerprint and not hopeless:
                return record.id
        return ""


def _with_audio(record: Record, audio: KeptAudio) -> Record:
    return dataclasses.replace(
        record,
        audio_path=audio.path,
        audio_bytes=audio.bytes,
        media_type=audio.media_type,
        fingerprint=audio.fingerprint,
    )
