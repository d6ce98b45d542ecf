"""Documents: the layers of a recording's runs, with the user's corrections on top.

A run never changes the windows of another run: it is a layer over them, from its start as far as it
has come. A correction belongs to a segment of one run, so it stays when another part is run again.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from earwitness.domain.jobs import Job
from earwitness.domain.retime import retime
from earwitness.engine_messages import WindowRow
from earwitness.serialization import ADDED
from earwitness.transcript import Segment, Task

CERTAIN = 1.0
"""The probability of a word that the user found right."""


@dataclass(frozen=True, slots=True)
class Before:
    """The description of a transcript before a new run, to go back to."""

    job: Job
    model: str
    task: Task
    language: str | None
    language_probability: float | None
    duration_s: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One run, over the whole recording or a part."""

    run: int
    start_s: float = 0.0
    end_s: float | None = None
    """None: to the end of the recording."""
    until_s: float = 0.0
    """The layer covers what is below up to here; its whole span once it is finished."""
    finished: bool = False
    before: Before | None = None
    """None for the first run."""

    @property
    def covered_until_s(self) -> float:
        """The time from which the layers below are visible again."""
        if not self.finished:
            return self.until_s
        return math.inf if self.end_s is None else self.end_s

    @property
    def covers_all(self) -> bool:
        """Whether nothing below is visible."""
        return self.finished and self.start_s <= 0 and self.end_s is None


@dataclass(frozen=True, slots=True)
class Edit:
    """The user's correction of a segment."""

    text: str
    edited_at: str


@dataclass(frozen=True, slots=True)
class Document:
    """The layers and corrections that make a text of a recording's windows."""

    transcript_id: str
    layers: tuple[Layer, ...] = (Layer(1),)
    """In order of age, the newest last."""
    edits: dict[str, Edit] = field(default_factory=dict[str, Edit])
    """By the key of the segment (`Piece.key`)."""
    checked: dict[str, tuple[int, ...]] = field(
        default_factory=dict[str, tuple[int, ...]], metadata=ADDED
    )
    """By the key of the segment: indices of heard words that the user found right."""

    def visible(self) -> tuple[Layer, ...]:
        """Return the layers from the last one that covers everything below it."""
        for i in range(len(self.layers) - 1, -1, -1):
            if self.layers[i].covers_all:
                return self.layers[i:]
        return self.layers


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as it was heard, and its key (run/window/index)."""

    key: str
    heard: Segment

    @property
    def middle_s(self) -> float:
        """The middle of the segment; the layer that covers it decides whether it is visible."""
        return (self.heard.start_s + self.heard.end_s) / 2


def pieces_of(run: int, windows: Iterable[WindowRow]) -> list[Piece]:
    """Return every segment of a run's windows, in order."""
    return [
        Piece(f"{run}/{row.window}/{i}", segment)
        for row in windows
        for i, segment in enumerate(row.segments)
    ]


class OpenDocument:
    """A document with its windows in memory, so that adding a window is cheap."""

    def __init__(self, document: Document, windows: Mapping[int, Sequence[WindowRow]]) -> None:
        """`windows`: by run, for every visible layer."""
        self.document = document
        self._below: list[Piece] = []
        self._top: list[Piece] = []
        layers = document.visible()
        for layer in layers[:-1]:
            own = pieces_of(layer.run, windows[layer.run])
            self._below = _lay(self._below, layer, own)
        if layers:
            self._top = pieces_of(layers[-1].run, windows[layers[-1].run])
        self.pieces = self._composed()

    @property
    def alone(self) -> bool:
        """Whether all visible text is from the latest run."""
        return not self._below

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The visible segments, with corrections."""
        return tuple(self._read(piece) for piece in self.pieces)

    def read(self, index: int) -> Segment:
        """Return the visible segment of that index, with its correction."""
        return self._read(self.pieces[index])

    def read_from(self, first: int) -> tuple[Segment, ...]:
        """Return the visible segments from that index on, with corrections."""
        return tuple(self._read(piece) for piece in self.pieces[first:])

    def add(self, document: Document, windows: Sequence[WindowRow]) -> int | None:
        """Add windows of the newest run; `document` says how far its layer reaches now.

        Returns:
            The index of the first segment that changed; None: none did.
        """
        self.document = document
        fresh = pieces_of(document.layers[-1].run, windows)
        self._top += fresh
        if not self._below:
            first = len(self.pieces)
            self.pieces += fresh
            return first if fresh else None
        before = self.pieces
        self.pieces = self._composed()
        return self.first_change(before)

    def with_document(self, document: Document) -> OpenDocument:
        """Return this text under another version of the document, with the same runs."""
        changed = copy.copy(self)
        changed.document = document
        changed.pieces = changed._composed()
        return changed

    def first_change(self, before: Sequence[Piece]) -> int | None:
        """Return the index of the first piece that differs from `before`; None: none does."""
        keys = zip_longest((piece.key for piece in before), (piece.key for piece in self.pieces))
        return next((i for i, (old, new) in enumerate(keys) if old != new), None)

    def _read(self, piece: Piece) -> Segment:
        edit = self.document.edits.get(piece.key)
        checked = self.document.checked.get(piece.key)
        heard = _with_certain(piece.heard, checked) if checked else piece.heard
        if edit is None:
            return heard
        return dataclasses.replace(
            heard, text=edit.text, words=retime(heard, edit.text), heard=heard.text
        )

    def _composed(self) -> list[Piece]:
        layers = self.document.visible()
        return _lay(self._below, layers[-1], self._top) if layers else []


def _with_certain(segment: Segment, checked: Iterable[int]) -> Segment:
    """Return the segment with the words of these indices as certain as can be."""
    words = list(segment.words)
    for index in checked:
        if index < len(words):
            words[index] = dataclasses.replace(words[index], probability=CERTAIN)
    return dataclasses.replace(segment, words=tuple(words))


def _lay(below: list[Piece], layer: Layer, own: list[Piece]) -> list[Piece]:
    """Return the pieces below with the layer's own in place of those that it covers."""
    until_s = layer.covered_until_s
    before = [piece for piece in below if piece.middle_s < layer.start_s]
    after = [piece for piece in below if piece.middle_s >= max(until_s, layer.start_s)]
    return before + own + after
