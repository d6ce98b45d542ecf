"""Marks of what is redacted: set by the user, and taken away again until they are made final."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import letters_before
from earwitness.domain.passages import clean
from earwitness.domain.redaction import RedactedParts
from earwitness.domain.retime import words_of
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import RedactedPart, RedactText
from earwitness.transcript import Redaction, Segment, Word

REDACTIONS_MAX = 2000
"""Redactions of one transcript."""
MARGIN_S = 0.15
"""How far a redaction reaches into the pause before and after its words."""


def spans_of(opened: OpenDocument, texts: Sequence[RedactText]) -> list[tuple[float, float]]:
    """Return the start and end of the words in stretches of text.

    Stretches with no word between them are one, across segments too.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: there are no words in a stretch.
    """
    spans: list[tuple[float, float]] = []
    last: tuple[int, int] | None = None
    for each in sorted(texts, key=lambda text: (text.segment, text.from_char)):
        words = _words_of(opened, each.segment)
        own = _within(opened, each, words)
        if not own:
            raise BadRequestError("There are no words to redact.", hint="Select some words.")
        start_s = min(words[i].start_s for i in own)
        end_s = max(words[i].end_s for i in own)
        if last is not None and _follows(opened, last, (each.segment, own[0])):
            spans[-1] = spans[-1][0], max(spans[-1][1], end_s)
        else:
            spans.append((start_s, end_s))
        last = each.segment, own[-1]
    return [_with_margins(opened, span) for span in spans]


def redact(opened: OpenDocument, spans: Iterable[tuple[float, float]]) -> OpenDocument:
    """Return the document with these parts of the recording redacted.

    Raises:
        BadRequestError: there would be more than `REDACTIONS_MAX`.
    """
    known = opened.document.redactions
    number = max((int(each.id[1:]) for each in known if each.id[1:].isdigit()), default=0)
    new = [Redaction(f"r{number + i}", *span) for i, span in enumerate(spans, 1)]
    if len(known) + len(new) > REDACTIONS_MAX:
        raise BadRequestError(
            f"A transcript can have {REDACTIONS_MAX} redactions.",
            hint="Make fewer, longer ones.",
        )
    return _with(opened, (*known, *new)) if new else opened


def unredact(opened: OpenDocument, ids: Iterable[str]) -> OpenDocument:
    """Return the document without these redactions.

    Raises:
        NotFoundError: there is no such redaction.
        BadRequestError: one of them is final.
    """
    gone = {*ids}
    known = {each.id: each for each in opened.document.redactions}
    for id_ in gone:
        if id_ not in known:
            raise NotFoundError(
                f"There is no redaction {id_!r:.80}.", hint="Open the transcript again."
            )
        if known[id_].final:
            raise BadRequestError(
                "This redaction is final.", hint="Its words are deleted and cannot be shown."
            )
    kept = tuple(each for each in opened.document.redactions if each.id not in gone)
    return _with(opened, kept) if gone else opened


def listed(opened: OpenDocument) -> tuple[RedactedPart, ...]:
    """Return each redaction with its place and, unless it is final, its words."""
    found: list[RedactedPart] = []
    for redaction in opened.document.redactions:
        parts = RedactedParts([redaction])
        place: int | None = None
        words: list[str] = []
        for index in opened.touched(parts):
            segment = opened.unredacted(opened.pieces[index])
            own = [w.text for w in _all_words(segment) if parts.touch(w.start_s, w.end_s)]
            if own and place is None:
                place = index
            words += own
        text = "" if redaction.final else clean("".join(words))
        found.append(
            RedactedPart(
                redaction.id, redaction.start_s, redaction.end_s, redaction.final, place, text
            )
        )
    return tuple(found)


def _with(opened: OpenDocument, redactions: Iterable[Redaction]) -> OpenDocument:
    ordered = tuple(sorted(redactions, key=lambda each: (each.start_s, each.end_s)))
    document = dataclasses.replace(opened.document, redactions=ordered)
    return opened.with_document(document)


def _words_of(opened: OpenDocument, segment: int) -> Sequence[Word]:
    """Return the words of a segment as they are shown; those without times are timed evenly."""
    if not 0 <= segment < len(opened.pieces):
        raise NotFoundError(
            f"There is no sentence number {segment + 1}.", hint="Open the transcript again."
        )
    return _all_words(opened.read(segment))


def _all_words(segment: Segment) -> Sequence[Word]:
    return segment.words or words_of(segment.text, segment.start_s, segment.end_s)


def _within(opened: OpenDocument, text: RedactText, words: Sequence[Word]) -> list[int]:
    """Return the indices of the words of which a letter lies in a stretch of text."""
    cleaned = clean(opened.text(opened.pieces[text.segment]))
    first = letters_before(cleaned, text.from_char)
    stop = letters_before(cleaned, text.to_char)
    found: list[int] = []
    at = 0
    for index, word in enumerate(words):
        end = at + letters_before(word.text, len(word.text))
        if at < stop and end > first and end > at:
            found.append(index)
        at = end
    return found


def _follows(opened: OpenDocument, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether one word (segment, index) is the next word after another, or is before it."""
    if one[0] == other[0]:
        return other[1] <= one[1] + 1
    ends = one[1] + 1 == len(_words_of(opened, one[0]))
    return ends and other == (one[0] + 1, 0)


def _with_margins(opened: OpenDocument, span: tuple[float, float]) -> tuple[float, float]:
    """Return a part that reaches into the pauses around it, and not into other words."""
    start_s, end_s = span
    least_s, most_s = max(0.0, start_s - MARGIN_S), end_s + MARGIN_S
    for index in opened.touched(RedactedParts([Redaction("", least_s, most_s)])):
        for word in _all_words(opened.read(index)):
            if word.end_s <= start_s:
                least_s = max(least_s, word.end_s)
            elif word.start_s >= end_s:
                most_s = min(most_s, word.start_s)
    return round(min(least_s, start_s), 3), round(max(most_s, end_s), 3)
