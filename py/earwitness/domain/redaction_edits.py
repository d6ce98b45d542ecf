"""Marks of what is redacted: set by the user, and taken away again until they are made final."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from earwitness.domain.changes import between, splices
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import letters_before
from earwitness.domain.passages import clean
from earwitness.domain.redaction import RedactedParts, parts_of, timed_words
from earwitness.domain.scripts import words_in
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import RedactedPart, RedactText
from earwitness.transcript import Redaction, Word

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


def keep_hidden(
    before: OpenDocument, after: OpenDocument, typed: Iterable[str] = ()
) -> OpenDocument:
    """Return a changed text in which no word is shown that was hidden before the change.

    A change may move the estimated times of a word out of the redacted part; then the word gets a
    redaction of its own. `typed`: texts of the user, whose words may be shown.
    """
    if not before.document.redactions or before.document is after.document:
        return after
    parts = parts_of(before.document.redactions)
    change = between(before.document, after.document)
    undo = between(after.document, before.document)
    spans: list[tuple[float, float]] = []
    moved = 0
    for splice in splices(before, after, change, undo):
        old = before.pieces[splice.first : splice.first + splice.removed]
        first = splice.first + moved
        new = after.pieces[first : first + splice.added]
        moved += splice.added - splice.removed
        hidden, known = Counter[str](), Counter[str]()
        for piece in old:
            for word in timed_words(before.unredacted(piece)):
                is_hidden = parts.touch(word.start_s, word.end_s)
                (hidden if is_hidden else known).update(words_in(word.text))
        if not hidden:
            continue
        for text in typed:
            known.update(words_in(text))
        for piece in new:
            for word in timed_words(after.unredacted(piece)):
                if parts.touch(word.start_s, word.end_s):
                    continue
                tokens = words_in(word.text)
                if any(token in hidden and not known[token] for token in tokens):
                    spans.append((word.start_s, word.end_s))
                known.subtract(token for token in tokens if known[token])
    return redact(after, spans)


def listed(opened: OpenDocument) -> tuple[RedactedPart, ...]:
    """Return each redaction with its place and, unless it is final, its words."""
    found: list[RedactedPart] = []
    for redaction in opened.document.redactions:
        parts = RedactedParts([redaction])
        place: int | None = None
        words: list[str] = []
        for index in opened.touched(parts):
            segment = opened.unredacted(opened.pieces[index])
            own = [w.text for w in timed_words(segment) if parts.touch(w.start_s, w.end_s)]
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
    """Return the words of a segment as they are shown."""
    if not 0 <= segment < len(opened.pieces):
        raise NotFoundError(
            f"There is no sentence number {segment + 1}.", hint="Open the transcript again."
        )
    return timed_words(opened.read(segment))


def _within(opened: OpenDocument, text: RedactText, words: Sequence[Word]) -> list[int]:
    """Return the indices of the words of which a letter lies in a stretch of text."""
    cleaned = clean(opened.text(opened.pieces[text.segment]))
    first = letters_before(cleaned, text.from_char)
    stop = letters_before(cleaned, text.to_char)
    found: list[int] = []
    at = 0
    for index, word in enumerate(words):
        end = at + letters_before(word.text, len(word.text))
        if max(at, first) < min(end, stop):
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
        for word in timed_words(opened.read(index)):
            if word.end_s <= start_s:
                least_s = max(least_s, word.end_s)
            elif word.start_s >= end_s:
                most_s = min(most_s, word.start_s)
    return round(min(least_s, start_s), 3), round(max(most_s, end_s), 3)
