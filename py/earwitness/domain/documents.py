"""What the user reads: layers of what the machine heard, with the user's edits on top.

A run never changes another run's windows: it lies over them as a layer from its start as far as
it has come. Edits belong to a segment of one run, so they stay when another part is run again.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from earwitness.domain.jobs import Job
from earwitness.domain.retime import retime
from earwitness.engine_messages import WindowRow
from earwitness.transcript import Segment, Task


@dataclass(frozen=True, slots=True)
class Before:
    """How a transcript was described when a new run over it was asked for, to go back to."""

    job: Job
    model: str
    task: Task
    language: str | None
    language_probability: float | None
    duration_s: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One run, over the recording or a span of it."""

    run: int
    start_s: float = 0.0
    end_s: float | None = None
    """None: to the end."""
    until_s: float = 0.0
    """It covers what lies below up to here; all of its span once it is finished."""
    finished: bool = False
    before: Before | None = None
    """None: the first run."""

    @property
    def covered_until_s(self) -> float:
        """Where the layer below shows again."""
        if not self.finished:
            return self.until_s
        return math.inf if self.end_s is None else self.end_s

    @property
    def covers_all(self) -> bool:
        """Nothing below is seen any more."""
        return self.finished and self.start_s <= 0 and self.end_s is None


@dataclass(frozen=True, slots=True)
class Edit:
    """The user's own text for a segment."""

    text: str
    edited_at: str


@dataclass(frozen=True, slots=True)
class Document:
    """How the windows of a recording become its text."""

    transcript_id: str
    layers: tuple[Layer, ...] = (Layer(1),)
    """From the oldest to the newest."""
    edits: dict[str, Edit] = field(default_factory=dict[str, Edit])
    """By the key of the segment they replace."""

    def visible(self) -> tuple[Layer, ...]:
        """The layers from the last one that hides everything below it."""
        for i in range(len(self.layers) - 1, -1, -1):
            if self.layers[i].covers_all:
                return self.layers[i:]
        return self.layers


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as heard, and its key (run/window/index) for edits."""

    key: str
    heard: Segment

    @property
    def middle_s(self) -> float:
        """It belongs to the layer that covers this moment."""
        return (self.heard.start_s + self.heard.end_s) / 2


def pieces_of(run: int, windows: Iterable[WindowRow]) -> list[Piece]:
    """Every segment of a run's windows, in order."""
    return [
        Piece(f"{run}/{row.window}/{i}", segment)
        for row in windows
        for i, segment in enumerate(row.segments)
    ]


class OpenDocument:
    """A document with its windows at hand, so that a new window costs only itself."""

    def __init__(self, document: Document, windows: Mapping[int, Sequence[WindowRow]]) -> None:
        """`windows`: by run; every visible layer's must be there."""
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
        """All that is read comes from the latest run: there was no text before it."""
        return not self._below

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What the user reads."""
        return tuple(self._read(piece) for piece in self.pieces)

    def read(self, index: int) -> Segment:
        """What the user reads as the segment of that index."""
        return self._read(self.pieces[index])

    def read_from(self, first: int) -> tuple[Segment, ...]:
        """What the user reads from the segment of that index on."""
        return tuple(self._read(piece) for piece in self.pieces[first:])

    def add(self, document: Document, windows: Sequence[WindowRow]) -> int | None:
        """Take new windows of the top layer. `document` tells how far it reaches now.

        Returns:
            The index of the first segment that is not as before; None: all are.
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
        return _first_change(before, self.pieces)

    def with_document(self, document: Document) -> OpenDocument:
        """Return the same windows read as `document`, which has the same runs."""
        changed = copy.copy(self)
        changed.document = document
        changed.pieces = changed._composed()
        return changed

    def first_change(self, before: OpenDocument) -> int | None:
        """Return the index of the first segment that `before` has not; None: both are the same."""
        return _first_change(before.pieces, self.pieces)

    def _read(self, piece: Piece) -> Segment:
        edit = self.document.edits.get(piece.key)
        if edit is None:
            return piece.heard
        return dataclasses.replace(
            piece.heard,
            text=edit.text,
            words=retime(piece.heard, edit.text),
            heard=piece.heard.text,
        )

    def _composed(self) -> list[Piece]:
        layers = self.document.visible()
        return _lay(self._below, layers[-1], self._top) if layers else []


def _lay(below: list[Piece], layer: Layer, own: list[Piece]) -> list[Piece]:
    """A layer's pieces in the place of what it covers."""
    until_s = layer.covered_until_s
    before = [piece for piece in below if piece.middle_s < layer.start_s]
    after = [piece for piece in below if piece.middle_s >= max(until_s, layer.start_s)]
    return before + own + after


def _first_change(before: Sequence[Piece], after: Sequence[Piece]) -> int | None:
    for i, (old, new) in enumerate(zip(before, after, strict=False)):
        if old.key != new.key:
            return i
    shorter = min(len(before), len(after))
    return shorter if len(before) != len(after) else None
