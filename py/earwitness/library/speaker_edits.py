"""The user's corrections of who says what in one transcript, each of which can be taken back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import assert_never

from earwitness import messages as m
from earwitness.domain import speaker_edits
from earwitness.domain.documents import OpenDocument
from earwitness.domain.records import iso
from earwitness.domain.speakers import with_new_indices, with_speakers
from earwitness.domain.transcription import revised, with_counts
from earwitness.domain.views import transcript_of
from earwitness.errors import BadRequestError
from earwitness.library.document_cache import DocumentCache
from earwitness.library.ports import Clock, Emit
from earwitness.library.repository import LibraryRepository
from earwitness.transcript import Transcript

UNDO_MOST = 100
"""Corrections of one transcript that can be taken back."""

Correction = (
    m.RenameSpeaker
    | m.MergeSpeakers
    | m.AddSpeaker
    | m.AssignSpeaker
    | m.SplitBySpeaker
    | m.UndoSpeakers
)


@dataclass
class SpeakerEdits:
    """Writes corrections, then tells search and pages. What takes them back is in memory only."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _clock: Clock
    _emit: Emit

    def __post_init__(self) -> None:
        self._undo = defaultdict[str, list[speaker_edits.SpeakersPatch]](list)

    async def correct(self, request: Correction) -> Transcript:
        """Apply a correction, or take the latest one back; return the transcript after it.

        Raises:
            NotFoundError: there is no such transcript, segment or speaker.
            BadRequestError: the name is empty or taken, or there is nothing to take back.
            StorageError: nothing was written.
        """
        id_ = request.transcript_id
        undo = self._undo[id_]
        async with self._repository.transaction() as t:
            record = self._repository.record(id_)
            before = await self._documents.open(id_)
            if isinstance(request, m.UndoSpeakers):
                if not undo:
                    raise BadRequestError(
                        "There is no correction to take back.", hint="Correct the speakers instead."
                    )
                opened, _ = speaker_edits.apply_patch(before, undo[-1])
                rest = undo[:-1]
            else:
                opened, patch = _corrected(before, request, iso(self._clock.now()))
                rest = [*undo, patch][-UNDO_MOST:]
            record = with_counts(revised(record), opened.segments)
            record = with_speakers(record, opened)
            if len(opened.pieces) != len(before.pieces):
                opened = with_new_indices(record, opened)
            t.put(record, opened.document)
            t.write(self._documents.shard(record, opened))
        self._undo[id_] = rest
        self._documents.replace(opened)
        first = _first_change(before, opened)
        if first is not None:
            self._documents.index_from(record, opened, first)
            self._emit(m.SegmentsSaved(id_, first, opened.read_from(first)))
        return transcript_of(record, opened)

    def forget(self, transcript_id: str) -> None:
        """Forget what would take corrections back: the text has changed in another way."""
        self._undo.pop(transcript_id, None)


def _corrected(opened: OpenDocument, request: Correction, at: str) -> speaker_edits.Corrected:
    match request:
        case m.RenameSpeaker():
            return speaker_edits.rename(opened, request.speaker, request.name)
        case m.MergeSpeakers():
            return speaker_edits.merge(opened, request.speaker, request.into)
        case m.AddSpeaker():
            return speaker_edits.add_speaker(opened, request.name)
        case m.AssignSpeaker():
            segment, who = request.segment, request.speaker
            return speaker_edits.assign(opened, segment, who, following=request.following)
        case m.SplitBySpeaker():
            segment, who = request.segment, request.speaker
            return speaker_edits.split_segment(opened, segment, request.word, who, at)
        case m.UndoSpeakers():
            raise AssertionError("Taking back is no correction of its own.")
        case _:
            assert_never(request)


def _first_change(before: OpenDocument, after: OpenDocument) -> int | None:
    """Return the index of the first segment that differs; None: none does."""
    pairs = zip(before.pieces, after.pieces, strict=False)
    for index, (old, new) in enumerate(pairs):
        if old.key != new.key or before.speaker(old) != after.speaker(new):
            return index
    shorter = min(len(before.pieces), len(after.pieces))
    return None if len(before.pieces) == len(after.pieces) else shorter
