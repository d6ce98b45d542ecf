"""Highlights: parts of a recording that the user marks, with a colour, a label and a note.

They are anchored in time, so that they stay on their words when a text is corrected, split, joined
or recognised again.
"""

from __future__ import annotations

import dataclasses
import math
import re
import uuid
from collections.abc import Iterable, Mapping

from earwitness.domain.documents import OpenDocument
from earwitness.domain.records import clean_line
from earwitness.domain.time_ranges import TimeRanges
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import ChangedHighlight, HighlightChanges, NewHighlight
from earwitness.transcript import Highlight

LABEL_MAX = 60
"""Characters of a label."""
NOTE_MAX = 10_000
"""Characters of a note."""
HIGHLIGHTS_MAX = 5000
"""Of one transcript."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def in_order(highlights: Mapping[str, Highlight]) -> tuple[Highlight, ...]:
    """Return the highlights in the order of their starts."""
    return tuple(sorted(highlights.values(), key=lambda each: (each.start_s, each.end_s, each.id)))


def labels_of(highlights: Iterable[Highlight]) -> tuple[str, ...]:
    """Return the labels of highlights, sorted, each once."""
    return tuple(sorted({each.label for each in highlights if each.label}))


def has_label(labels: Iterable[str], label: str) -> bool:
    """Return whether a label is one of these, in any case."""
    return any(each.casefold() == label.casefold() for each in labels)


def is_labelled(segment: int | None, opened: OpenDocument, label: str) -> bool:
    """Return whether a segment of the document has words in a highlight with this label."""
    if segment is None or not 0 <= segment < len(opened.pieces):
        return False
    highlights = opened.document.highlights.values()
    ranges = TimeRanges(each for each in highlights if has_label([each.label], label))
    return bool(ranges.spans(opened.read(segment)))


def noted_text(highlight: Highlight | ChangedHighlight) -> str | None:
    """Return label and note in one text; None where neither is given."""
    if highlight.label is None and highlight.note is None:
        return None
    return "\n".join(each for each in (highlight.label, highlight.note) if each)


def change_highlights(
    known: Mapping[str, Highlight], changes: HighlightChanges, duration_s: float
) -> dict[str, Highlight]:
    """Return the highlights after changes. `duration_s`: of the recording; 0: it is unknown.

    Adding a highlight whose id is known changes nothing, so that a request can be sent again.

    Raises:
        NotFoundError: there is no such highlight.
        BadRequestError: a value is not valid, or there are more than `HIGHLIGHTS_MAX`.
    """
    after = dict(known)
    for id_ in changes.remove:
        _known(after, id_)
        del after[id_]
    for id_, new in changes.change.items():
        after[id_] = changed_highlight(_known(after, id_), new, duration_s)
    for new in changes.add:
        made = _made(new, duration_s)
        after.setdefault(made.id, made)
    if len(after) > max(HIGHLIGHTS_MAX, len(known)):
        raise BadRequestError(
            f"A transcript can have {HIGHLIGHTS_MAX} highlights.", hint="Remove some first."
        )
    return after


def changed_highlight(known: Highlight, new: ChangedHighlight, duration_s: float) -> Highlight:
    """Return a highlight with new values.

    Raises:
        BadRequestError: a value is not valid.
    """
    given = {
        name: value
        for name in ("start_s", "end_s", "colour", "label", "note")
        if (value := getattr(new, name)) is not None
    }
    if "start_s" not in given and "end_s" not in given:
        duration_s = 0.0  # A recording may have become shorter below it.
    return _checked(dataclasses.replace(known, **given), duration_s)


def taken_over(found: Iterable[Highlight], duration_s: float) -> dict[str, Highlight]:
    """Return the highlights of a transcript that was made elsewhere, by their ids.

    Raises:
        BadRequestError: a value is not valid, or there are too many.
    """
    new = tuple(
        NewHighlight(each.start_s, each.end_s, each.colour, each.label, each.note, each.id)
        for each in found
    )
    return change_highlights({}, HighlightChanges(new), duration_s)


def _known(highlights: Mapping[str, Highlight], id_: str) -> Highlight:
    if id_ not in highlights:
        raise NotFoundError(
            f"There is no highlight {id_!r:.80} in this transcript.",
            hint="It may have been removed; open the transcript again.",
        )
    return highlights[id_]


def _made(new: NewHighlight, duration_s: float) -> Highlight:
    id_ = new.id or uuid.uuid4().hex
    if not _ID.fullmatch(id_):
        raise BadRequestError(
            f"{id_!r:.80} is not the id of a highlight.",
            hint="Use 1 to 64 letters, digits, '-' or '_', or leave it out.",
        )
    made = Highlight(id_, new.start_s, new.end_s, new.colour, new.label, new.note)
    return _checked(made, duration_s)


def _checked(highlight: Highlight, duration_s: float) -> Highlight:
    """Return a highlight with a clean label and note, inside the recording."""
    start_s, end_s = highlight.start_s, highlight.end_s
    if not (math.isfinite(start_s) and math.isfinite(end_s)):
        raise BadRequestError("A time is a number of seconds.", hint="Correct it.")
    if end_s < start_s:
        raise BadRequestError("A highlight cannot end before it starts.", hint="Correct its times.")
    if end_s < 0 or (duration_s and start_s > duration_s):
        raise BadRequestError(
            f"The highlight from {start_s:g} s to {end_s:g} s is outside the recording.",
            hint="Choose words of the recording.",
        )
    label, note = clean_line(highlight.label), _clean_note(highlight.note)
    for name, text, most in (("label", label, LABEL_MAX), ("note", note, NOTE_MAX)):
        if len(text) > most:
            raise BadRequestError(
                f"A {name} can have {most:,} characters, not {len(text):,}.", hint="Shorten it."
            )
    most_s = duration_s or math.inf
    return dataclasses.replace(
        highlight,
        start_s=max(0.0, start_s),
        end_s=min(end_s, most_s),
        label=label,
        note=note,
    )


def _clean_note(note: str) -> str:
    return "\n".join(map(clean_line, note.splitlines())).strip()
