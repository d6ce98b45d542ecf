"""A new run over a transcript, and the way back to the text from before it.

A run lies over the older ones as a layer, so nothing that was heard or corrected before is lost:
going back takes the layer away. Corrections that a run would hide are asked for first.
"""

from __future__ import annotations

import dataclasses
import math

from earwitness.errors import BadRequestError
from earwitness.library import jobs as queue
from earwitness.library.commits import counted
from earwitness.library.documents import Before, Document, Layer
from earwitness.library.jobs import UNFINISHED, Job
from earwitness.library.ledger import Ledger, changed_words
from earwitness.library.platform import Emit
from earwitness.library.records import Record
from earwitness.library.store import DeletePrefix, run_prefix
from earwitness.library.texts import Texts, document_put
from earwitness.messages import GoBack, Retranscribe, SegmentsSaved, TranscribeOptions

_SAVE_FIRST = "Download the text first if you still need it."


class CorrectionsError(BadRequestError):
    """The user's corrections would give way: ask, then send the request again as agreed."""


class Again:
    """Each method commits, and tells pages and search what the text is now."""

    def __init__(self, ledger: Ledger, texts: Texts, emit: Emit) -> None:
        self._ledger = ledger
        self._texts = texts
        self._emit = emit

    async def check(self, request: Retranscribe) -> None:
        """Ask before corrections in the span disappear below the new run.

        Raises:
            CorrectionsError: there are some, and the user has not agreed.
            NotFoundError, BadRequestError, StorageError.
        """
        record = self._ledger.record(request.transcript_id)
        start_s, end_s = _span(request, record.duration_s)
        if request.replace_corrections:
            return
        opened = await self._texts.open(record.id)
        below = self._ledger.jobs[record.id]
        top = opened.document.layers[-1]
        if top.before is not None and _gives_way(top):
            opened, below = await self._texts.compose(_without_top(opened.document)), top.before.job
        count = sum(
            piece.key in opened.document.edits
            and start_s <= piece.middle_s < (math.inf if end_s is None else end_s)
            for piece in opened.pieces
        )
        if count:
            raise CorrectionsError(
                f"The new run replaces {_sentences(count)} that you corrected.",
                hint="“Earlier text” brings the corrections back afterwards."
                if below.state == "done"
                else _SAVE_FIRST,
            )

    async def run_again(self, request: Retranscribe, options: TranscribeOptions) -> None:
        """Queue a new run over the whole or a span; old words stay until there are new ones.

        `options` are resolved. A job still at work must have been stopped before.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            before = self._ledger.jobs[record.id]
            start_s, end_s = _span(request, record.duration_s)
            run = record.runs + 1
            opened = await self._texts.open(record.id)
            layer = Layer(run, start_s, end_s, until_s=start_s, before=_description(record, before))
            layers = (*opened.document.layers, layer)
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
            record = dataclasses.replace(record, runs=run, earlier=_earlier(document))
            if job.whole:
                record = dataclasses.replace(record, model=options.model, task=options.task)
            await self._ledger.commit([record], [job], [document_put(document)])
            self._texts.close(record.id)

    async def go_back(self, request: GoBack) -> None:
        """Take the latest run away: text, corrections, language and job are as before it.

        Raises:
            CorrectionsError: the latest run was corrected, and the user has not agreed.
            BadRequestError: there was no run before, or the latest is not over.
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            record = self._ledger.record(request.transcript_id)
            document = (await self._texts.open(record.id)).document
            if document.layers[-1].before is None:
                raise BadRequestError(
                    "There is no earlier text of this recording.", hint="Run it again instead."
                )
            if self._ledger.jobs[record.id].state in UNFINISHED:
                raise BadRequestError(
                    "The new run is not over.", hint="Cancel it, and the earlier text is back."
                )
            count = len(document.edits) - len(_without_top(document).edits)
            if count and not request.replace_corrections:
                raise CorrectionsError(
                    f"Going back removes {_sentences(count)} that you corrected since.",
                    hint=_SAVE_FIRST,
                )
            await self._take_away(record, document)

    async def drop_unfinished(self, transcript_id: str) -> None:
        """After a cancel: a run that did not get to its end leaves a whole text as it found it.

        Unless the user corrected its words: those stay, and so does what they stand in.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._ledger.lock:
            record = self._ledger.record(transcript_id)
            document = (await self._texts.open(transcript_id)).document
            cancelled = self._ledger.jobs[transcript_id].state == "cancelled"
            uncorrected = len(_without_top(document).edits) == len(document.edits)
            if cancelled and uncorrected and _gives_way(document.layers[-1]):
                await self._take_away(record, document)

    async def _take_away(self, record: Record, document: Document) -> None:
        top, below = document.layers[-1], _without_top(document)
        if top.before is None:
            return
        opened = await self._texts.compose(below)
        record = counted(
            changed_words(
                record,
                model=top.before.model,
                task=top.before.task,
                language=top.before.language,
                language_probability=top.before.language_probability,
                duration_s=top.before.duration_s or record.duration_s,
                earlier=_earlier(below),
            ),
            opened,
        )
        gone = DeletePrefix("windows", run_prefix(record.id, top.run))
        changes = [document_put(below), self._texts.shard(record, opened), gone]
        await self._ledger.commit([record], [top.before.job], changes)
        self._texts.committed(opened)
        self._texts.appended(record, opened, 0)
        self._emit(SegmentsSaved(record.id, 0, opened.segments))


def _description(record: Record, job: Job) -> Before:
    if job.state in UNFINISHED:
        job = dataclasses.replace(job, state="cancelled")
    return Before(
        job,
        record.model,
        record.task,
        record.language,
        record.language_probability,
        record.duration_s,
    )


def _without_top(document: Document) -> Document:
    """The document before its latest run, and before the corrections of that run's words."""
    *layers, top = document.layers
    own = f"{top.run}/"
    edits = {key: edit for key, edit in document.edits.items() if not key.startswith(own)}
    return dataclasses.replace(document, layers=tuple(layers), edits=edits)


def _gives_way(top: Layer) -> bool:
    """A run that is not at its end, over a text that is."""
    return not top.finished and top.before is not None and top.before.job.state == "done"


def _earlier(document: Document) -> bool:
    """Below its latest run lies a whole text."""
    before = document.layers[-1].before
    return before is not None and before.job.state == "done"


def _sentences(count: int) -> str:
    return "a sentence" if count == 1 else f"{count} sentences"


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
