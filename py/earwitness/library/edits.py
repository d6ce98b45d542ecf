"""Changes to one transcript that the user asks for: name, tags, words; and a new run over it."""

from __future__ import annotations

import dataclasses

from earwitness.errors import BadRequestError
from earwitness.library import jobs as queue
from earwitness.library.commits import counted
from earwitness.library.documents import Layer
from earwitness.library.jobs import Job
from earwitness.library.ledger import Ledger, changed_words
from earwitness.library.platform import Clock
from earwitness.library.records import clean_name, clean_tags, iso, transcript
from earwitness.library.texts import Texts, document_put
from earwitness.messages import EditSegment, Rename, Retranscribe, SetTags, TranscribeOptions
from earwitness.transcript import Transcript

TEXT_MAX = 20_000
"""Characters of one edited sentence."""


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
            now = iso(self._clock.now())
            before = opened.document
            opened.document = opened.edited(request.segment, request.text, now)
            try:
                record = counted(changed_words(record), opened)
                shard = self._texts.shard(record, opened)
                await self._ledger.commit([record], more=[document_put(opened.document), shard])
            except BaseException:
                opened.document = before
                raise
            self._texts.committed(opened)
            self._texts.edited(record, opened, request.segment)
            return transcript(record, opened.segments)

    async def run_again(self, request: Retranscribe, options: TranscribeOptions) -> None:
        """Queue a new run over the whole or a span; old words stay until there are new ones.

        `options` are resolved. A job still at work must have been stopped before.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            start_s, end_s = _span(request, record.duration_s)
            run = record.runs + 1
            opened = await self._texts.open(record.id)
            layers = (*opened.document.layers, Layer(run, start_s, end_s, until_s=start_s))
            document = dataclasses.replace(opened.document, layers=layers)
            job = Job(
                transcript_id=record.id,
                options=options,
                order=queue.last_order(self._ledger.jobs.values()),
                run=run,
                state="queued" if record.audio_path else "needs-file",
                position_s=start_s,
                start_s=start_s,
                end_s=end_s,
            )
            record = dataclasses.replace(record, runs=run)
            if job.whole:
                record = dataclasses.replace(record, model=options.model, task=options.task)
            await self._ledger.commit([record], [job], [document_put(document)])
            self._texts.close(record.id)


def _span(request: Retranscribe, duration_s: float) -> tuple[float, float | None]:
    start_s = max(0.0, request.start_s)
    end_s = request.end_s
    if end_s is not None and duration_s > 0 and end_s >= duration_s:
        end_s = None
    last_s = end_s if end_s is not None else duration_s
    if (end_s is not None or duration_s > 0) and last_s <= start_s:
        raise BadRequestError(
            f"The span from {start_s:.1f} s to {last_s:.1f} s is empty.",
            hint="Choose an end after the start, inside the recording.",
        )
    return start_s, end_s
