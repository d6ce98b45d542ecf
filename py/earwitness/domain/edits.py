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
