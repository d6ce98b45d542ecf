"""Changes of a document: what one alters, what takes it back, and where the text differs then."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from earwitness.domain.documents import Document, Edit, OpenDocument, SpeakerMarks, run_of
from earwitness.domain.passages import Passage
from earwitness.domain.redaction import RedactedParts
from earwitness.serialization import ADDED
from earwitness.transcript import Highlight, Redaction, Speaker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """New values of a document's corrections by key; None removes one."""

    edits: dict[str, Edit | None] = field(default_factory=dict[str, "Edit | None"])
    passages: dict[str, Passage | None] = field(default_factory=dict[str, "Passage | None"])
    chosen: dict[str, str | None] = field(default_factory=dict[str, "str | None"], metadata=ADDED)
    """Of `SpeakerMarks`, as are the following."""
    merged: dict[str, str | None] = field(default_factory=dict[str, "str | None"], metadata=ADDED)
    people: tuple[Speaker, ...] | None = field(default=None, metadata=ADDED)
    """None: they stay."""
    highlights: dict[str, Highlight | None] = field(
        default_factory=dict[str, "Highlight | None"], metadata=ADDED
    )
    """By their ids."""
    redactions: dict[str, Redaction | None] = field(
        default_factory=dict[str, "Redaction | None"], metadata=ADDED
    )
    """By their ids."""

    def __bool__(self) -> bool:
        """Return whether it changes anything."""
        marks = self.highlights or self.redactions
        return bool(self.edits or self.passages or marks) or self.changes_speakers

    @property
    def changes_speakers(self) -> bool:
        """Whether it changes who says something, or what somebody is called."""
        return bool(self.chosen or self.merged) or self.people is not None

    def apply(self, opened: OpenDocument) -> tuple[OpenDocument, Change]:
        """Return the document after the change, and the change that takes it back."""
        after = opened.with_document(self.applied(opened.document))
        return after, between(after.document, opened.document)

    def applied(self, document: Document) -> Document:
        """Return the document after the change.

        Values for segments of runs that the document no longer has are left out.
        """
        runs = {layer.run for layer in document.layers}
        edits = {key: edit for key, edit in self.edits.items() if run_of(key) in runs}
        passages = {
            key: passage
            for key, passage in self.passages.items()
            if passage is None or all(run_of(each) in runs for each in passage.keys)
        }
        marks = document.speakers
        if self.changes_speakers:
            chosen = {key: who for key, who in self.chosen.items() if run_of(key) in runs}
            marks = dataclasses.replace(
                marks,
                chosen=_changed(marks.chosen, chosen),
                merged=_changed(marks.merged, self.merged),
                people=self._people(marks),
            )
        return dataclasses.replace(
            document,
            edits=_changed(document.edits, edits),
            passages=_changed(document.passages, passages),
            speakers=marks,
            highlights=_changed(document.highlights, self.highlights),
            redactions=self._redactions(document),
        )

    def _redactions(self, document: Document) -> tuple[Redaction, ...]:
        """Return the redactions after the change, in order of time; final ones stay."""
        if not self.redactions:
            return document.redactions
        known = {each.id: each for each in document.redactions}
        changes = {
            id_: new
            for id_, new in self.redactions.items()
            if id_ not in known or not known[id_].final
        }
        after = _changed(known, changes).values()
        return tuple(sorted(after, key=lambda each: (each.start_s, each.end_s)))

    def _people(self, marks: SpeakerMarks) -> tuple[Speaker, ...]:
        """Return the people after the change; those whom an analysis has found since stay."""
        if self.people is None:
            return marks.people
        known = {person.id for person in self.people}
        measured = {turn.speaker for turn in marks.turns} - known
        return (*self.people, *(person for person in marks.people if person.id in measured))

    def after(self, earlier: Change) -> Change:
        """Return one change in the place of an earlier one and this one."""
        return Change(
            earlier.edits | self.edits,
            earlier.passages | self.passages,
            earlier.chosen | self.chosen,
            earlier.merged | self.merged,
            earlier.people if self.people is None else self.people,
            earlier.highlights | self.highlights,
            earlier.redactions | self.redactions,
        )


def between(before: Document, after: Document) -> Change:
    """Return the change that makes the corrections of one document those of another."""
    one, other = before.speakers, after.speakers
    return Change(
        _differences(before.edits, after.edits),
        _differences(before.passages, after.passages),
        _differences(one.chosen, other.chosen),
        _differences(one.merged, other.merged),
        None if one.people == other.people else other.people,
        _differences(before.highlights, after.highlights),
        _differences(
            {each.id: each for each in before.redactions},
            {each.id: each for each in after.redactions},
        ),
    )


def heard(document: Document) -> Document:
    """Return the document without corrections and highlights; people are called by their ids.

    What is redacted stays so.
    """
    marks = document.speakers
    if marks.chosen or marks.merged or any(person.name != person.id for person in marks.people):
        measured = {turn.speaker for turn in marks.turns}
        people = tuple(
            dataclasses.replace(person, name=person.id)
            for person in marks.people
            if person.id in measured
        )
        marks = dataclasses.replace(marks, chosen={}, merged={}, people=people)
    return dataclasses.replace(document, edits={}, passages={}, speakers=marks, highlights={})


@dataclass(frozen=True, slots=True)
class Splice:
    """A stretch of segments that differs."""

    first: int
    """Index of its first segment before the change."""
    removed: int
    """How many segments stood there before."""
    added: int
    """How many stand there now."""


def splices(before: OpenDocument, after: OpenDocument, *changes: Change) -> tuple[Splice, ...]:
    """Return where the text of two documents with the same runs differs, in order.

    `changes`: what makes the second of the first, and what takes that back.
    """
    stretches: list[list[int]] = []
    places = {place for change in changes for place in _places(before, change)}
    if any(change.merged for change in changes):
        places |= {
            _place_of(before, before.spoken_key(piece))
            for piece in before.pieces
            if before.speaker(piece) != after.speaker(piece)
        }
    for first, stop in sorted(places):
        if first == stop:
            continue
        if stretches and first < stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], stop)
        else:
            stretches.append([first, stop])
    found: list[Splice] = []
    for first, stop in stretches:
        old, new = before.shown_index(first), after.shown_index(first)
        removed, added = before.shown_index(stop) - old, after.shown_index(stop) - new
        found.append(Splice(old, removed, added))
    return tuple(found)


def _places(opened: OpenDocument, change: Change) -> Iterator[tuple[int, int]]:
    """Yield the stretches of heard segments that a change gives values for."""
    for key in change.chosen:
        yield _place_of(opened, key.partition("~")[0])
    redactions = [each for each in change.redactions.values() if each is not None]
    if redactions:
        parts = RedactedParts(redactions)
        for index in opened.touched(parts):
            yield _place_of(opened, opened.pieces[index].key.partition("~")[0])
    stretches = [(key,) for key in change.edits]
    stretches += [passage.keys for passage in change.passages.values() if passage is not None]
    for keys in stretches:
        visible = [index for key in keys if (index := opened.heard_index(key)) is not None]
        first = visible[0] if visible else 0
        for at, index in enumerate(visible):
            if at and index != visible[at - 1] + 1:
                first = index
            if at + 1 == len(visible) or visible[at + 1] != index + 1:
                yield first, index + 1


def _place_of(opened: OpenDocument, key: str) -> tuple[int, int]:
    """Return the stretch of a heard segment, or of the passage that it is in; empty: of nothing."""
    index = opened.heard_index(key)
    if index is None:
        return 0, 0
    at = bisect_right(opened.spots, index, key=lambda spot: spot.first) - 1
    if at >= 0 and index < opened.spots[at].stop:
        return opened.spots[at].first, opened.spots[at].stop
    return index, index + 1


def _changed(values: dict[str, T], changes: Mapping[str, T | None]) -> dict[str, T]:
    if not changes:
        return values
    after = values | {key: value for key, value in changes.items() if value is not None}
    for key, value in changes.items():
        if value is None:
            after.pop(key, None)
    return after


def _differences(before: Mapping[str, T], after: Mapping[str, T]) -> dict[str, T | None]:
    if before is after:
        return {}
    gone: dict[str, T | None] = {key: None for key in before if key not in after}
    new = {key: value for key, value in after.items() if before.get(key) is not value}
    return gone | {key: value for key, value in new.items() if before.get(key) != value}
