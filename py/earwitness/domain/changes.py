"""Changes of a document: what one alters, what takes it back, and where the text differs then."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeVar

from earwitness.domain.documents import Document, Edit, OpenDocument, run_of
from earwitness.domain.passages import Passage

T = TypeVar("T")


class Change(Protocol):
    """Something that the user changed, or what takes that back."""

    def apply(self, opened: OpenDocument) -> tuple[OpenDocument, Self]:
        """Return the document after the change, and the change that takes it back."""
        ...


@dataclass(frozen=True, slots=True)
class TextChange:
    """New values of a document's corrections by key; None removes one."""

    edits: dict[str, Edit | None] = field(default_factory=dict[str, "Edit | None"])
    passages: dict[str, Passage | None] = field(default_factory=dict[str, "Passage | None"])

    def __bool__(self) -> bool:
        """Return whether it changes anything."""
        return bool(self.edits or self.passages)

    def apply(self, opened: OpenDocument) -> tuple[OpenDocument, TextChange]:
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
        return dataclasses.replace(
            document,
            edits=_changed(document.edits, edits),
            passages=_changed(document.passages, passages),
        )

    def after(self, earlier: TextChange) -> TextChange:
        """Return one change in the place of an earlier one and this one."""
        return TextChange(earlier.edits | self.edits, earlier.passages | self.passages)


def between(before: Document, after: Document) -> TextChange:
    """Return the change that makes the corrections of one document those of another."""
    return TextChange(
        _differences(before.edits, after.edits), _differences(before.passages, after.passages)
    )


def heard(document: Document) -> Document:
    """Return the document without any correction."""
    return dataclasses.replace(document, edits={}, passages={})


@dataclass(frozen=True, slots=True)
class Splice:
    """A stretch of segments that differs."""

    first: int
    """Index of its first segment before the change."""
    removed: int
    """How many segments stood there before."""
    added: int
    """How many stand there now."""


def splices(before: OpenDocument, after: OpenDocument, *changes: TextChange) -> tuple[Splice, ...]:
    """Return where the text of two documents with the same runs differs, in order.

    `changes`: what makes the second of the first, and what takes that back.
    """
    stretches: list[list[int]] = []
    for first, stop in sorted(place for change in changes for place in _places(before, change)):
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


def _places(opened: OpenDocument, change: TextChange) -> Iterator[tuple[int, int]]:
    """Yield the stretches of heard segments that a change gives values for."""
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
