"""Adding recordings: the audio is stored before a recording counts as accepted."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from earwitness.domain.documents import Document
from earwitness.domain.jobs import Job, fail, pause, provide_audio
from earwitness.domain.media_types import media_type_of
from earwitness.domain.queue_order import last_order
from earwitness.domain.records import Record, check_id, clean_name, iso
from earwitness.domain.speakers import speaker_range
from earwitness.domain.terms import clean_terms, terms_for
from earwitness.errors import BadRequestError, EarwitnessError, MediaError
from earwitness.languages import known_code
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import Attachment, AudioStore, Clock, StoredAudio
from earwitness.library.repository import LibraryRepository
from earwitness.library.wake_lock import WakeLock
from earwitness.messages import AddFile, SpeakerCount, TranscribeOptions


@dataclass
class Importer:
    """Adds recordings, and gives a job its audio back."""

    _repository: LibraryRepository
    _models: ModelCatalogue
    _wake_lock: WakeLock
    _audio_store: AudioStore
    _clock: Clock
    _new_id: Callable[[], str]

    def __post_init__(self) -> None:
        self._coming: dict[str, asyncio.Lock] = {}

    def resolve(self, options: TranscribeOptions, tags: tuple[str, ...] = ()) -> TranscribeOptions:
        """Return the options, empty ones filled from the settings.

        The terms are the recording's own, those of its tags, and those for everything.

        Raises:
            BadRequestError: there is no such model or language, no such number of speakers, or too
                many terms.
        """
        settings = self._repository.settings
        model = options.model or settings.model
        known = [each.id for each in self._models.all()]
        if known and model not in known and options.where != "server":
            raise BadRequestError(
                f"There is no model {model!r} here.", hint=f"Choose one of {', '.join(known)}."
            )
        return dataclasses.replace(
            options,
            model=model,
            language=known_code(options.language) or settings.language,
            prompt=options.prompt or settings.prompt,
            follow_languages=options.follow_languages and settings.follow_languages,
            speakers=_checked(options.speakers or settings.speakers),
            terms=terms_for(settings, clean_terms(options.terms), tags),
        )

    def check(self, request: AddFile) -> AddFile:
        """Return the request with an id and resolved options.

        Raises:
            BadRequestError: a bad id, model or language.
        """
        id_ = check_id(request.transcript_id or self._new_id())
        options = self.resolve(request.options)
        return dataclasses.replace(request, options=options, transcript_id=id_)

    async def add(self, request: AddFile, attachment: Attachment, *, only_new: bool = False) -> str:
        """Store the audio, then write record and job. A repeated id is the same recording.

        A file that is no recording is listed without audio, as failed, with the reason.
        The request is a checked one. Returns the recording's id; with `only_new` that of an older
        recording with the same audio, if there is one, and nothing is added.

        Raises:
            NotFoundError: the file cannot be read any more.
            StorageError: it does not fit; nothing is left behind.
        """
        id_, same_as = request.transcript_id, ""
        async with self._coming.setdefault(id_, asyncio.Lock()):
            if id_ not in self._repository:
                audio: StoredAudio | MediaError
                try:
                    audio = await self._save(id_, attachment)
                except MediaError as error:
                    audio = error
                if only_new and isinstance(audio, StoredAudio):
                    same_as = self._same(audio.fingerprint)
                try:
                    if same_as:
                        await self._audio_store.delete(id_)
                    else:
                        await self._commit(request, audio)
                except EarwitnessError:
                    await self._audio_store.delete(id_)
                    raise
        self._coming.pop(id_, None)
        return same_as or id_

    async def provide(self, transcript_id: str, attachment: Attachment) -> None:
        """Give a job its audio again; another recording is refused.

        Raises:
            NotFoundError: no such transcript.
            BadRequestError: the file is not the one that was transcribed.
            MediaError: the file is empty.
            StorageError: as `add`.
        """
        record = self._repository.record(transcript_id)
        if record.audio_path:
            return
        audio = await self._save(transcript_id, attachment)
        if record.fingerprint and audio.fingerprint != record.fingerprint:
            await self._audio_store.delete(transcript_id)
            raise BadRequestError(
                f"This is not the file that {record.name!r} was made from.",
                hint="Choose the same file, or add this one as a new recording.",
            )
        async with self._repository.transaction() as t:
            record = _with_audio(self._repository.record(transcript_id), audio)
            t.put(record, provide_audio(self._repository.job(transcript_id)))

    async def _save(self, id_: str, attachment: Attachment) -> StoredAudio:
        with self._wake_lock.hold(f"keeping {id_}"):
            return await self._audio_store.save(id_, attachment)

    async def _commit(self, request: AddFile, audio: StoredAudio | MediaError) -> None:
        id_, options = request.transcript_id, request.options
        async with self._repository.transaction() as t:
            record = Record(
                id=id_,
                name=clean_name(request.name),
                created_at=iso(self._clock.now()),
                model=options.model,
                task=options.task,
                language=None if options.language == "auto" else options.language,
                language_probability=None if options.language == "auto" else 1.0,
            )
            job = Job(id_, options, last_order(self._repository.jobs_and_bin()))
            if isinstance(audio, MediaError):
                job = fail(job, error=audio.view())
            else:
                same_as = self._same(audio.fingerprint)
                record = dataclasses.replace(_with_audio(record, audio), same_as=same_as)
                if same_as and request.hold_double:
                    job = pause(job)
            t.put(record, job, Document(id_))

    def _same(self, fingerprint: str) -> str:
        """Return the newest recording with this audio, unless it came to nothing; empty: none."""
        for record in self._repository.records():
            hopeless = self._repository.job(record.id).state in ("failed", "cancelled")
            if record.fingerprint == fingerprint and not hopeless:
                return record.id
        return ""


def _checked(speakers: SpeakerCount) -> SpeakerCount:
    speaker_range(speakers)
    return speakers


def _with_audio(record: Record, audio: StoredAudio) -> Record:
    return dataclasses.replace(
        record,
        audio_path=audio.path,
        audio_bytes=audio.bytes,
        media_type=media_type_of(record.name, audio.media_type),
        fingerprint=audio.fingerprint,
    )
