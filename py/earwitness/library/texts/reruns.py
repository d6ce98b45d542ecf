"""A new run over a transcript, and the way back to the text from before it.

A run lies over the older ones as a layer, so nothing that was heard or corrected before is lost:
going back takes the layer away. Corrections that a run would hide are asked for first. A layer that
broke off gives way to the next run, so that it never comes between that and a whole text.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from earwitness.domain.documents import Before, Document, Layer, OpenDocument
from earwitness.domain.jobs import UNFINISHED, Job, cancel, require_audio
from earwitness.domain.queue_order import last_order
from earwitness.domain.records import Record, shared_fields
from earwitness.domain.speakers import apply_attribution, with_speakers
from earwitness.domain.transcription import (
    Transcription,
    revised,
    with_counts,
    with_options_of,
)
from earwitness.errors import BadRequestError
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import Emit
from earwitness.library.repository import LibraryRepository, Transaction
from earwitness.library.store import DeletePrefix, speaker_prefix
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.validation import check_model, span_of
from earwitness.messages import GoBack, JobState, Retranscribe, SegmentsSaved, TranscribeOptions
from earwitness.transcript import Transcript

_BROKEN_OFF: frozenset[JobState] = frozenset({"cancelled", "failed"})
_SAVE_FIRST = "Download the text first if you still need it."


class CorrectionsError(BadRequestError):
    """A change would hide the user's corrections; with consent, the request is sent again."""


@dataclass(frozen=True)
class Reruns:
    """Each method writes the change, then tells pages and search what the text is now."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _models: ModelCatalogue
    _emit: Emit

    async def check(self, request: Retranscribe, options: TranscribeOptions) -> None:
        """Refuse what cannot work; ask before corrections disappear below the new run.

        `options` are resolved.

        Raises:
            CorrectionsError: there are some, and the user has not agreed.
            NotFoundError, BadRequestError, StorageError.
        """
        record = self._repository.record(request.transcript_id)
        start_s, end_s = span_of(request, record.duration_s)
        here = options.where != "server" or start_s > 0 or end_s is not None
        if here:
            check_model(options, self._models.all())
        if request.replace_corrections:
            return
        opened = await self._documents.open(record.id)
        document, job = opened.document, self._repository.job(record.id)
        below = _settled(document)
        if below is not document:
            job, opened = _before(document, below).job, await self._documents.compose(below)
        count = opened.corrected_between(start_s, math.inf if end_s is None else end_s)
        if count:
            raise CorrectionsError(
                f"The new run replaces {_sentences(count)} that you corrected.",
                hint="“Previous version” brings the corrections back afterwards."
                if job.state == "done" or _earlier(below)
                else _SAVE_FIRST,
            )

    async def enqueue(self, request: Retranscribe, options: TranscribeOptions) -> None:
        """Queue a new run over the whole or a span; old words stay until there are new ones.

        `options` are resolved. A job still at work must have been stopped before. An analysis of
        speakers in another audio track is dropped.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        async with self._repository.transaction() as t:
            record = self._repository.record(request.transcript_id)
            before = self._repository.job(record.id)
            start_s, end_s = span_of(request, record.duration_s)
            run = record.runs + 1
            opened = await self._documents.open(record.id)
            described = Before(job=cancel(before), **shared_fields(record, Before))
            layer = Layer(run, start_s, end_s, until_s=start_s, before=described)
            layers = (*opened.document.layers, layer)
            document = dataclasses.replace(opened.document, layers=layers)
            order = last_order(self._repository.jobs_and_bin())
            job = Job(
                record.id, options, order, run, position_s=start_s, start_s=start_s, end_s=end_s
            )
            if not record.audio_path:
                job = require_audio(job)
            record = dataclasses.replace(record, runs=run, earlier=_earlier(document))
            if not opened.pieces:
                record = with_options_of(record, job)
            if job.whole and _tracks(opened.document, before) != {options.audio_track}:
                record = _without_analysis(t, record)
            t.put(record, job, document)
        self._documents.close(record.id)

    async def use_text(
        self, transcript_id: str, found: Transcript, *, replace_corrections: bool
    ) -> None:
        """Make a text from a file the newest layer; going back removes it again.

        A text without times gets those of the words that were heard.

        Raises:
            CorrectionsError: there are corrections that it would hide, and the user has not agreed.
            BadRequestError: a run is not over, or the text does not fit the recording.
            NotFoundError, StorageError.
        """
        from earwitness.domain.text_replacement import with_text  # Not needed to start.

        async with self._repository.transaction() as t:
            record = self._repository.record(transcript_id)
            before = self._repository.job(transcript_id)
            if before.state in UNFINISHED:
                raise BadRequestError(
                    "This recording is still being transcribed.",
                    hint="Wait until it is done, or cancel it.",
                )
            opened = await self._documents.open(transcript_id)
            count = opened.corrected_between(0.0, math.inf)
            if count and not replace_corrections:
                raise CorrectionsError(
                    f"The text of the file replaces {_sentences(count)} that you corrected.",
                    hint="“Previous version” brings the corrections back afterwards.",
                )
            after = with_text(Transcription(record, before, opened.document), opened, found)
            new = after.transcription
            record = dataclasses.replace(new.record, earlier=_earlier(new.document))
            t.put(record, new.job, after.opened.document)
            t.put_windows(transcript_id, new.job.run, [after.row])
            t.write(self._documents.shard(record, after.opened))
        self._show(record, after.opened)

    async def go_back(self, request: GoBack) -> None:
        """Remove the latest run: text, corrections, language and job are as before it.

        Unfinished runs below it that have no corrections are deleted as well.

        Raises:
            CorrectionsError: the latest run was corrected, and the user has not agreed.
            BadRequestError: there was no run before, or the latest is not over.
            NotFoundError, StorageError.
        """
        async with self._repository.transaction() as t:
            record = self._repository.record(request.transcript_id)
            document = (await self._documents.open(record.id)).document
            if document.layers[-1].before is None:
                raise BadRequestError(
                    "There is no previous version of this recording.", hint="Run it again instead."
                )
            if self._repository.job(record.id).state in UNFINISHED:
                raise BadRequestError(
                    "The new run is not over.", hint="Cancel it, and the previous version is back."
                )
            below = _settled(_without_top(document))
            count = document.corrections - below.corrections
            if count and not request.replace_corrections:
                raise CorrectionsError(
                    f"Going back removes {_sentences(count)} that you corrected since.",
                    hint=_SAVE_FIRST,
                )
            record, opened = await self._remove_layers(t, record, document, below)
        self._show(record, opened)

    async def drop_unfinished(self, transcript_id: str) -> None:
        """Remove cancelled or failed runs that lie over a whole text.

        Runs with corrections are kept, and so are the runs below them.

        Raises:
            NotFoundError, StorageError.
        """
        async with self._repository.transaction() as t:
            record = self._repository.record(transcript_id)
            document = (await self._documents.open(transcript_id)).document
            below = _settled(document)
            if self._repository.job(transcript_id).state not in _BROKEN_OFF or below is document:
                return
            record, opened = await self._remove_layers(t, record, document, below)
        self._show(record, opened)

    async def _remove_layers(
        self, t: Transaction, record: Record, document: Document, below: Document
    ) -> tuple[Record, OpenDocument]:
        """Remove the layers above `below`; return record and document as they were before."""
        before = _before(document, below)
        opened = apply_attribution(await self._documents.compose(below))
        job = self._repository.job(record.id)
        if job.whole and job.options.audio_track != before.job.options.audio_track:
            record = _without_analysis(t, record)
        described = shared_fields(before, Record)
        described["duration_s"] = before.duration_s or record.duration_s
        record = revised(record, **described, earlier=_earlier(below))
        below = dataclasses.replace(opened.document, stable_since=record.revision)
        opened = opened.with_document(below)
        record = with_speakers(with_counts(record, opened.segments), opened)
        t.put(record, before.job, below)
        t.write(self._documents.shard(record, opened))
        for layer in document.layers[len(below.layers) :]:
            t.delete_run(record.id, layer.run)
        return record, opened

    def _show(self, record: Record, opened: OpenDocument) -> None:
        self._documents.replace(opened)
        self._documents.index_from(record, opened, 0)
        self._emit(SegmentsSaved(record.id, 0, opened.segments))


def _without_top(document: Document) -> Document:
    """Return the document without its latest run and the corrections of that run's words."""
    *layers, top = document.layers
    own = f"{top.run}/"
    edits = {key: edit for key, edit in document.edits.items() if not key.startswith(own)}
    checked = {key: words for key, words in document.checked.items() if not key.startswith(own)}
    passages = {
        key: passage
        for key, passage in document.passages.items()
        if not any(each.startswith(own) for each in passage.keys)
    }
    return dataclasses.replace(
        document,
        layers=tuple(layers),
        edits=edits,
        passages=passages,
        speakers=document.speakers.without_run(top.run),
        checked=checked,
    )


def _settled(document: Document) -> Document:
    """Return the document without the unfinished runs on top; without any, the same document.

    Those the user corrected stay, and so do all where no whole text lies below.
    """
    while not document.layers[-1].finished and _earlier(document):
        below = _without_top(document)
        if document.layers[-1].before is None or below.corrections < document.corrections:
            break
        document = below
    return document


def _tracks(document: Document, latest: Job) -> set[int]:
    """Return the audio tracks that were heard since the latest run over the whole began."""
    tracks: set[int] = set()
    below = (layer.before.job for layer in reversed(document.layers) if layer.before)
    for job in (latest, *below):
        tracks.add(job.options.audio_track)
        if job.whole:
            break
    return tracks


def _without_analysis(t: Transaction, record: Record) -> Record:
    """Return the record without an analysis of its speakers, whose windows are deleted."""
    t.write(DeletePrefix("windows", speaker_prefix(record.id)))
    return dataclasses.replace(record, speaker_job=None)


def _before(document: Document, below: Document) -> Before:
    """Return how the document was described when it was no more than `below`."""
    before = document.layers[len(below.layers)].before
    if before is None:
        raise AssertionError("Only the first run was before nothing, and it is never taken away.")
    return before


def _earlier(document: Document) -> bool:
    """Return whether a whole text lies below the latest run."""
    return any(layer.before and layer.before.job.state == "done" for layer in document.layers)


def _sentences(count: int) -> str:
    return "a sentence" if count == 1 else f"{count} sentences"
