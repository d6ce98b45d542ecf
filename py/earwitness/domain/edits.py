"""The user's corrections of a text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from earwitness.domain.documents import Edit, OpenDocument
from earwitness.domain.records import Record
from earwitness.domain.transcription import revised, with_counts
from earwitness.errors import NotFoundError

TEXT_MAX = 20_000
"""Characters of one corrected segment."""


def apply_edits(
    record: Record, opened: OpenDocument, texts: Mapping[int, str], edited_at: str
) -> tuple[Record, OpenDocument]:
    """Return the record and the document with new texts of segments, by their index.

    The text that was heard stays below; giving it again removes the correction.

    Raises:
        NotFoundError: there is no such segment.
    """
    edits = dict(opened.document.edits)
    for index, text in texts.items():
        if not 0 <= index < len(opened.pieces):
            raise NotFoundError(
                f"There is no sentence number {index + 1}.", hint="Open the transcript again."
            )
        piece = opened.pieces[index]
        edits.pop(piece.key, None)
        cleaned = " ".join(text.split())
        if cleaned != " ".join(piece.heard.text.split()):
            edits[piece.key] = Edit(cleaned, edited_at)
    edited = opened.with_document(dataclasses.replace(opened.document, edits=edits))
    return with_counts(revised(record), edited.segments), edited


def check_word(opened: OpenDocument, segment: int, word: int) -> OpenDocument:
    """Return the document with a word marked as right, by its index in the visible segment.

    A word that the user typed was never doubtful; for such a word the document stays as it is.

    Raises:
        NotFoundError: there is no such word.
    """
    if not 0 <= segment < len(opened.pieces) or not 0 <= word < len(opened.read(segment).words):
        raise NotFoundError("There is no such word.", hint="Open the transcript again.")
    shown = opened.read(segment).words[word]
    piece = opened.pieces[segment]
    times = [(heard.start_s, heard.end_s) for heard in piece.heard.words]
    if shown.probability is None or (shown.start_s, shown.end_s) not in times:
        return opened
    index = times.index((shown.start_s, shown.end_s))
    known = opened.document.checked
    checked = known | {piece.key: tuple(sorted({*known.get(piece.key, ()), index}))}
    return opened.with_document(dataclasses.replace(opened.document, checked=checked))
