"""The user's corrections of who says what in one transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from earwitness import messages as m
from earwitness.domain import speaker_edits
from earwitness.domain.documents import OpenDocument
from earwitness.domain.views import transcript_of
from earwitness.engine_messages import SpeakerWindow
from earwitness.errors import BadRequestError
from earwitness.library.ports import Emit
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Store
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.texts.remembered_voices import stored_windows
from earwitness.library.texts.text_edits import TextEdits
from earwitness.speakers.likeness import alike
from earwitness.transcript import Transcript

Correction = (
    m.RenameSpeaker | m.MergeSpeakers | m.AddSpeaker | m.AssignSpeaker | m.SplitByVoice
)  # fmt: skip
_CALLED = {
    m.RenameSpeaker: "Speaker renamed",
    m.MergeSpeakers: "Speakers merged",
    m.AddSpeaker: "Speaker added",
    m.AssignSpeaker: "Speaker chosen",
    m.SplitByVoice: "Speaker split by voice",
}


@dataclass(frozen=True)
class SpeakerEdits:
    """Makes corrections as changes of the text, then tells pages."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _text_edits: TextEdits
    _emit: Emit

    async def correct(self, request: Correction) -> Transcript:
        """Apply a correction; return the transcript after it.

        Raises:
            NotFoundError: there is no such transcript, segment or speaker.
            BadRequestError: the name is empty or taken.
            StorageError: nothing was written.
        """
        id_ = request.transcript_id
        is_by_voice = isinstance(request, m.SplitByVoice)
        windows = await stored_windows(self._store, id_) if is_by_voice else ()
        updated = await self._text_edits.correct_speakers(
            id_,
            _CALLED[type(request)],
            lambda opened, at: _corrected(opened, request, at, windows),
        )
        opened = await self._documents.open(id_)
        if updated.changes:
            first = updated.changes[0].first
            self._emit(m.SegmentsSaved(id_, first, opened.read_from(first)))
        return transcript_of(self._repository.record(id_), opened)

    async def assign_words(self, request: m.AssignWords) -> m.Updated:
        """Let words be said by somebody, as one change.

        Raises:
            NotFoundError: there is no such transcript, segment or speaker.
            BadRequestError: there are no such words, or the name of a new speaker is empty.
            StorageError: nothing was written.
        """

        def assigned(opened: OpenDocument, at: str) -> OpenDocument:
            speaker = request.speaker
            if request.name:
                opened, speaker = speaker_edits.with_named(opened, request.name)
            start, stop = (request.first, request.start), (request.last, request.stop)
            return speaker_edits.assign_words(opened, start, stop, speaker, at)

        return await self._text_edits.correct_speakers(
            request.transcript_id, "Speaker chosen", assigned
        )


def _corrected(
    opened: OpenDocument, request: Correction, at: str, windows: Sequence[SpeakerWindow]
) -> OpenDocument:
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
        case m.SplitByVoice():
            return _split_by_voice(opened, request.segment, windows)
        case _:
            assert_never(request)


def _split_by_voice(
    opened: OpenDocument, segment: int, windows: Sequence[SpeakerWindow]
) -> OpenDocument:
    others = speaker_edits.unchosen_of_same_speaker(opened, segment)
    example, *rest = (
        (piece.start_s, piece.end_s) for piece in (opened.pieces[i] for i in (segment, *others))
    )
    moved = alike(windows, example, rest)
    if moved is None:
        raise BadRequestError(
            "This sentence is too short to know its voice.", hint="Choose a longer one."
        )
    also = [index for index, is_moved in zip(others, moved, strict=True) if is_moved]
    return speaker_edits.give_to_new_speaker(opened, [segment, *also])
