"""Changes to one transcript that the user asks for: name, tags, words."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness.domain.edits import TEXT_MAX, apply_edits, check_word
from earwitness.domain.jobs import expect_terms
from earwitness.domain.records import clean_name, clean_tags, iso
from earwitness.domain.terms import terms_for
from earwitness.domain.views import transcript_of
from earwitness.errors import BadRequestError
from earwitness.library.document_cache import DocumentCache
from earwitness.library.ports import Clock
from earwitness.library.repository import LibraryRepository
from earwitness.messages import CheckWord, EditSegment, Rename, SetTags
from earwitness.transcript import Transcript


@dataclass(frozen=True)
class Edits:
    """Each method writes the change, then updates the search index."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _clock: Clock

    async def rename(self, request: Rename) -> None:
        """Give it another name; an empty one is refused.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        if not request.name.strip():
            raise BadRequestError("A transcript needs a name.", hint="Type one.")
        name = clean_name(request.name)
        record = await self._repository.change_record(request.transcript_id, name=name)
        self._documents.index_record(record)

    async def set_tags(self, request: SetTags) -> None:
        """Replace its tags. A job that has not begun gets the terms that belong to them.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        tags = clean_tags(request.tags)
        async with self._repository.transaction() as t:
            record = self._repository.record(request.transcript_id)
            record = dataclasses.replace(record, tags=tags)
            job = self._repository.job(record.id)
            terms = terms_for(self._repository.settings, job.options.terms, tags)
            t.put(record, expect_terms(job, terms))
        self._documents.index_record(record)

    async def edit(self, request: EditSegment) -> Transcript:
        """Replace a sentence; the heard one stays below, and comes back when it is typed again.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        if len(request.text) > TEXT_MAX:
            raise BadRequestError(
                f"A sentence can have {TEXT_MAX} characters, not {len(request.text)}.",
                hint="Split it.",
            )
        async with self._repository.transaction() as t:
            record = self._repository.record(request.transcript_id)
            opened = await self._documents.open(record.id)
            texts = {request.segment: request.text}
            record, opened = apply_edits(record, opened, texts, iso(self._clock.now()))
            t.put(record, opened.document)
            t.write(self._documents.shard(record, opened))
        self._documents.replace(opened)
        self._documents.index_segment(record, opened, request.segment)
        return transcript_of(record, opened.segments)

    async def check(self, request: CheckWord) -> None:
        """Mark a word as right; it stays so when its sentence is corrected.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._repository.transaction() as t:
            record = self._repository.record(request.transcript_id)
            opened = await self._documents.open(record.id)
            opened = check_word(opened, request.segment, request.word)
            t.put(record, opened.document)
        self._documents.replace(opened)
