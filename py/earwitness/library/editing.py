"""Changes to one transcript that the user asks for: name, tags, words."""

from __future__ import annotations

import dataclasses

from earwitness.domain.edits import TEXT_MAX, apply_edits
from earwitness.domain.records import clean_name, clean_tags, iso
from earwitness.domain.views import transcript_of
from earwitness.errors import BadRequestError
from earwitness.library.document_cache import Texts, document_put
from earwitness.library.ports import Clock
from earwitness.library.repository import Ledger
from earwitness.messages import EditSegment, Rename, SetTags
from earwitness.transcript import Transcript


class Edits:
    """Each method commits, and tells the search."""

    def __init__(self, ledger: Ledger, texts: Texts, clock: Clock) -> None:
        self._ledger = ledger
        self._texts = texts
        self._clock = clock

    async def rename(self, request: Rename) -> None:
        """Give it another name; an empty one is refused.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        if not request.name.strip():
            raise BadRequestError("A transcript needs a name.", hint="Type one.")
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            record = dataclasses.replace(record, name=clean_name(request.name))
            await self._ledger.commit([record])
        self._texts.described(record)

    async def set_tags(self, request: SetTags) -> None:
        """Replace its tags.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            record = dataclasses.replace(record, tags=clean_tags(request.tags))
            await self._ledger.commit([record])
        self._texts.described(record)

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
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            opened = await self._texts.open(record.id)
            texts = {request.segment: request.text}
            record, opened = apply_edits(record, opened, texts, iso(self._clock.now()))
            shard = self._texts.shard(record, opened)
            await self._ledger.commit([record], more=[document_put(opened.document), shard])
            self._texts.committed(opened)
            self._texts.edited(record, opened, request.segment)
            return transcript_of(record, opened.segments)
