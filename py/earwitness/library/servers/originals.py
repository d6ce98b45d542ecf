"""Texts that a server has too: corrections go there, and those of others come here.

What both had when they were last the same is the base (`ServerJob.version`). A correction is what
differs from it, on either side. Both sides are written only where no sentence was changed on both,
or the user has said whose text stays.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from earwitness.domain import speaker_edits
from earwitness.domain.documents import OpenDocument
from earwitness.domain.jobs import Job
from earwitness.domain.merging import (
    MINE,
    Choice,
    Merged,
    Text,
    count_changes,
    merge,
    text_of,
    text_of_transcript,
)
from earwitness.domain.records import Record
from earwitness.domain.speaker_edits import SameNameError
from earwitness.domain.versions import EditConflictError, Version, described, document_before
from earwitness.errors import BadRequestError, NotFoundError, ServerAwayError, ServerError
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.server_requests import ServerRequests
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.texts.text_edits import Synchronised, TextEdits
from earwitness.messages import GetOriginal, OriginalView, Synchronise, TextVersions, Updated
from earwitness.remote.address import origin_of
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.http import FileClient

T = TypeVar("T")
_TRIES = 5
"""Somebody may change the text on the server, or here, while corrections are on their way."""


class _ChangedError(Exception):
    """Another run has changed the text here since it was compared."""


@dataclass(frozen=True)
class Originals:
    """Compares texts of this library with the server's, and synchronises them."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _text_edits: TextEdits
    _servers: ServerRequests
    _network: FileClient

    async def compare(self, request: GetOriginal) -> OriginalView:
        """Return what was corrected here and there since both texts were the same.

        Raises:
            BadRequestError: no server has this text.
            NotFoundError, StorageError.
        """
        job = self._job(request.transcript_id)
        base, ours = await self._texts(job)
        unsent = count_changes(base, ours)
        if not request.ask:
            return OriginalView(unsent)
        try:
            api = self._api(job)
            found = await self._versions(api, job)
        except (ServerError, NotFoundError, BadRequestError) as error:
            return OriginalView(unsent, error=error.view())
        has_audio = bool(self._repository.record(job.transcript_id).audio_path)
        newer = tuple(each for each in found.versions if each.revision > job.server.revision)
        return OriginalView(unsent, newer, found.may_change, 0 if has_audio else found.audio_bytes)

    async def versions(self, transcript_id: str) -> TextVersions:
        """Return the versions that the server has of a text, newest first.

        Raises:
            BadRequestError: no server has this text.
            NotFoundError, ServerError.
        """
        job = self._job(transcript_id)
        return await self._versions(self._api(job), job)

    async def audio(self, transcript_id: str) -> object:
        """Return the recording that the server keeps of a text, as a file for the audio store.

        Raises:
            BadRequestError: no server has this text.
            NotFoundError: the recording is not there.
            ServerError.
        """
        job = self._job(transcript_id)
        return await self._api(job).audio(job.server.id, self._network)

    async def synchronise(self, request: Synchronise) -> Updated:
        """Take in what others changed on the server, and send the user's corrections there.

        Raises:
            EditConflictError: the same sentence was changed here and there.
            BadRequestError: no server has this text.
            NotFoundError, ServerError, StorageError.
        """
        id_ = request.transcript_id
        for _ in range(_TRIES):
            job = self._job(id_)
            api = self._api(job)
            found = await self._answer(job, api.transcript(job.server.id))
            opened = await self._opened(id_)
            base = _base(opened, await self._text_edits.versions_of(id_), job)
            theirs, revision = text_of_transcript(found), found.revision
            choices = _choices(request) if request.revision in (None, revision) else {}
            merged = merge(text_of(base), text_of(opened), theirs, choices)
            if merged.conflicts:
                raise EditConflictError(revision, merged.conflicts)
            by = await self._changed_by(api, job) if merged.to_ours.segments else ""
            if request.send and (merged.to_theirs.segments or merged.their_names):
                names = _free(merged.their_names, theirs)
                wanted = merged.to_theirs
                changed = await api.correct(job.server.id, wanted, names, revision)
                if changed is None:
                    continue
                revision = changed
            plan = _Plan(opened, None if request.send else base, merged, theirs, by)
            try:
                return await self._text_edits.synchronise(id_, plan, revision)
            except _ChangedError:
                continue
        raise ServerAwayError("The text is being changed on the server.", hint="Try again.")

    def _job(self, transcript_id: str) -> Job:
        """Return the job of a text that a server has too."""
        self._repository.record(transcript_id)
        job = self._repository.job(transcript_id)
        if not job.server.id or job.state != "done":
            raise BadRequestError("No server has this text.", hint="Open a copy of one.")
        return job

    async def _opened(self, transcript_id: str) -> OpenDocument:
        """Return a text without redacted words: a comparison would send what stands for these."""
        opened = await self._documents.open(transcript_id)
        if opened.document.redactions:
            raise BadRequestError(
                "This copy has redacted words.", hint="Its corrections stay on this device."
            )
        return opened

    def _api(self, job: Job) -> EarwitnessClient:
        base, api = self._servers.library()
        if base != job.server.base:
            raise BadRequestError(
                f"This text is from {origin_of(job.server.base)}.",
                hint="Choose that server in the settings.",
            )
        return api

    async def _versions(self, api: EarwitnessClient, job: Job) -> TextVersions:
        return await self._answer(job, api.versions(job.server.id))

    async def _answer(self, job: Job, asked: Awaitable[T]) -> T:
        try:
            return await asked
        except NotFoundError as error:
            raise NotFoundError(
                f"{origin_of(job.server.base)} no longer has this text.",
                hint="Your copy stays as it is. A server of 0.1.0 takes no corrections.",
            ) from error

    async def _changed_by(self, api: EarwitnessClient, job: Job) -> str:
        found = await self._versions(api, job)
        newer = (each.by for each in found.versions if each.revision > job.server.revision)
        return ", ".join(dict.fromkeys(filter(None, newer)))

    async def _texts(self, job: Job) -> tuple[Text, Text]:
        """Return the text that both had last, and the one here."""
        opened = await self._opened(job.transcript_id)
        known = await self._text_edits.versions_of(job.transcript_id)
        return text_of(_base(opened, known, job)), text_of(opened)


def _base(opened: OpenDocument, known: tuple[Version, ...], job: Job) -> OpenDocument:
    return opened.with_document(document_before(opened.document, known, job.server.version))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of a text that was compared with the server's."""

    compared: OpenDocument
    """The text here at that moment."""
    base: OpenDocument | None
    """What both had last; None: the server has all corrections now."""
    merged: Merged
    theirs: Text
    by: str

    def __call__(self, record: Record, opened: OpenDocument, at: str) -> Synchronised:
        """Return the text now; `opened` may have changed while the server was asked."""
        if opened.document.layers != self.compared.document.layers:
            raise _ChangedError
        shared = after = _changed(self.compared, self.merged, at, record.duration_s)
        if self.base is not None:
            text = text_of(self.base)
            theirs = merge(text, text, self.theirs, {})
            shared = _changed(self.base, theirs, at, record.duration_s)
        if opened.document != self.compared.document:
            mine = text_of(opened)
            choices: dict[int, Choice] = dict.fromkeys(range(len(mine.sentences)), MINE)
            later = merge(text_of(self.compared), mine, text_of(after), choices)
            after = _changed(opened, later, at, record.duration_s)
        changed = self.merged.to_ours
        what = described(changed) if changed.segments else _NAMES
        return Synchronised(shared, after, what, self.by)


_NAMES = "Speakers corrected"


def _changed(opened: OpenDocument, merged: Merged, at: str, duration_s: float) -> OpenDocument:
    """Return a document with what was changed on the server."""
    opened = speaker_edits.apply(opened, merged.to_ours, at, duration_s)
    for speaker, name in merged.our_names.items():
        try:
            opened = speaker_edits.rename(opened, speaker, name)
        except SameNameError:
            continue  # Somebody else has that name here; both names stay.
    return opened


def _free(names: Mapping[str, str], text: Text) -> dict[str, str]:
    """Return the names that nobody else in the text has."""
    taken = {name.casefold(): id_ for id_, name in text.names.items()}
    return {id_: name for id_, name in names.items() if taken.get(name.casefold(), id_) == id_}


def _choices(request: Synchronise) -> dict[int, Choice]:
    return {int(key): choice for key, choice in request.keep.items() if key.isdigit()}
