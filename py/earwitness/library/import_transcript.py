"""What a search found on the server: hits of this library's own, or transcripts to copy in."""

from __future__ import annotations

import dataclasses

from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.jobs import Job, ServerJob
from earwitness.domain.records import Record, check_id, clean_name, clean_tags
from earwitness.domain.transcription import with_counts
from earwitness.engine_messages import WindowRow
from earwitness.library.document_cache import Texts, document_put
from earwitness.library.repository import Ledger
from earwitness.library.store import Put, window_key
from earwitness.messages import Hit, TranscribeOptions
from earwitness.remote.address import origin_of
from earwitness.serialization import to_plain
from earwitness.transcript import Transcript


class Copying:
    """Knows which transcripts of a server are here already."""

    def __init__(self, ledger: Ledger, texts: Texts) -> None:
        self._ledger = ledger
        self._texts = texts

    def known(self, base: str, server_id: str) -> str | None:
        """The id here of a transcript of that server's; None while it is only there."""
        return self._known(base).get(server_id)

    def _known(self, base: str) -> dict[str, str]:
        """Ids here by ids there."""
        jobs = self._ledger.active_jobs()
        return {job.server.id: job.transcript_id for job in jobs if job.server.base == base}

    def own(self, base: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Hits with the ids they have here, or with the server that alone has them."""
        here = self._known(base)
        origin = origin_of(base)
        return tuple(
            dataclasses.replace(hit, transcript_id=id_)
            if (id_ := here.get(hit.transcript_id))
            else dataclasses.replace(hit, server=origin)
            for hit in hits
        )

    async def add(self, base: str, found: Transcript) -> str:
        """Keep a transcript as if it had been made here; its id in this library.

        Raises:
            BadRequestError: its id or tags are none.
            StorageError: nothing was written.
        """
        id_ = check_id(found.id)
        kept = self._ledger.records.get(id_)
        if kept is not None and not kept.removed_at:
            return id_
        record = Record(
            id=id_,
            name=clean_name(found.name),
            created_at=found.created_at,
            model=found.model,
            task=found.task,
            duration_s=found.duration_s,
            language=found.language,
            language_probability=found.language_probability,
            tags=clean_tags(found.tags),
        )
        row = WindowRow(0, 0, 0.0, found.duration_s, found.segments)
        document = Document(id_, (Layer(1, until_s=found.duration_s, finished=True),))
        opened = OpenDocument(document, {1: (row,)})
        record = with_counts(record, opened.segments)
        job = Job(
            transcript_id=id_,
            options=TranscribeOptions(model=found.model, task=found.task, where="server"),
            order=0.0,
            state="done",
            position_s=found.duration_s,
            server=ServerJob(base, id=id_),
        )
        changes = [
            Put("windows", window_key(id_, 1, 0), to_plain(row)),
            document_put(document),
            self._texts.shard(record, opened),
        ]
        async with self._ledger.lock:
            await self._ledger.commit([record], [job], changes)
        await self._texts.index_one(id_)
        return id_
