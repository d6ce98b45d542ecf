"""Changes of a transcript's description that the user asks for: name, tags."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness.domain.heard_words import check_word
from earwitness.domain.jobs import expect_terms
from earwitness.domain.records import clean_name, clean_tags
from earwitness.domain.terms import terms_for
from earwitness.errors import BadRequestError
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import CheckWord, Rename, SetTags


@dataclass(frozen=True)
class Edits:
    """Each method writes the change, then updates the search index."""

    _repository: LibraryRepository
    _documents: DocumentCache

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
