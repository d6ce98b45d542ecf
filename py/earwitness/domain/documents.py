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
from itertools import pairwise, zip_longest

from earwitness.domain.jobs import Job
from earwitness.domain.retime import retime
from earwitness.engine_messages import WindowRow
from earwitness.serialization import ADDED
from earwitness.transcript import Segment, Speaker, Task, Turn


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
class SpeakerMarks:
    """Who says which segment of a document: what was measured, and the user's corrections."""

    people: tuple[Speaker, ...] = ()
    """Everybody known by the analysis or added by hand, with the length of their turns."""
    turns: tuple[Turn, ...] = ()
    """As measured, whatever the user merged."""
    merged: dict[str, str] = field(default_factory=dict[str, str])
    """The id of each person who turned out to be another, and the other's id."""
    found: dict[str, str] = field(default_factory=dict[str, str])
    """Who says a segment by the turns: an id by the key of the segment."""
    chosen: dict[str, str] = field(default_factory=dict[str, str])
    """Who says a segment by the user: an id by the key of the segment; empty: nobody known."""
    splits: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    """The words at which another person begins, by the key of the segment as it was heard."""

    def measured(self, key: str) -> str | None:
        """Return who says a segment by the turns; None where they do not tell."""
        whole, _, word = key.partition(":")
        starts = [at for at in (0, *self.splits.get(whole, ())) if word and at <= int(word)]
        keys = (key, *(f"{whole}:{at}" for at in reversed(starts)), whole)
        return self._now(next((self.found[each] for each in keys if each in self.found), None))

    def speaker(self, key: str, heard: str | None = None) -> str | None:
        """Return who says a segment; `heard`: what the segment came with."""
        chosen = self.chosen.get(key)
        if chosen is None:
            chosen = self.chosen.get(heard_key(key))
        if chosen is not None:
            return self._now(chosen)
        return self.measured(key) or self._now(heard)

    def without_run(self, run: int) -> SpeakerMarks:
        """Return the marks without those of a run's segments."""
        own = f"{run}/"
        return dataclasses.replace(
            self,
            found={key: who for key, who in self.found.items() if not key.startswith(own)},
            chosen={key: who for key, who in self.chosen.items() if not key.startswith(own)},
            splits={key: at for key, at in self.splits.items() if not key.startswith(own)},
        )

    def now(self, speaker: str) -> str:
        """Return the id of the person that an id stands for."""
        return self.merged.get(speaker, speaker)

    def _now(self, speaker: str | None) -> str | None:
        return self.now(speaker) if speaker else None


@dataclass(frozen=True, slots=True)
class Document:
    """The layers and corrections that make a text of a recording's windows."""

    transcript_id: str
    layers: tuple[Layer, ...] = (Layer(1),)
    """In order of age, the newest last."""
    edits: dict[str, Edit] = field(default_factory=dict[str, Edit])
    """By the key of the segment (`Piece.key`)."""
    speakers: SpeakerMarks = field(default_factory=SpeakerMarks, metadata=ADDED)

    def visible(self) -> tuple[Layer, ...]:
        """Return the layers from the last one that covers everything below it."""
        for i in range(len(self.layers) - 1, -1, -1):
            if self.layers[i].covers_all:
                return self.layers[i:]
        return self.layers


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as it was heard, and its key.

    The key is run/window/index; a part of a segment has the number of its first word after a colon.
    """

    key: str
    heard: Segment

    @property
    def middle_s(self) -> float:
        """The middle of the segment; the layer that covers it decides whether it is visible."""
        return (self.heard.start_s + self.heard.end_s) / 2


def heard_key(key: str) -> str:
    """Return the key of the whole segment that a part belongs to."""
    return key.partition(":")[0]


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
        self._spoken: dict[str, Segment] = {}
        """Segments with their speakers, made when they were read first."""
        layers = document.visible()
        for layer in layers[:-1]:
            own = pieces_of(layer.run, windows[layer.run])
            self._below = _lay(self._below, layer, own)
        if layers:
            self._top = pieces_of(layers[-1].run, windows[layers[-1].run])
        self.pieces = self._composed()
        """What is visible, in order; a segment in which the speaker changes is several."""

    @property
    def alone(self) -> bool:
        """Whether all visible text is from the latest run."""
        return not self._below

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The visible segments, with corrections."""
        return tuple(self._read(piece) for piece in self.pieces)

    @property
    def whole_pieces(self) -> list[Piece]:
        """The visible segments as they were heard, none of them split."""
        layers = self.document.visible()
        return _lay(self._below, layers[-1], self._top) if layers else []

    def speaker(self, piece: Piece) -> str | None:
        """Return the id of the person who says a segment."""
        return self.document.speakers.speaker(piece.key, piece.heard.speaker)

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
        self._spoken = {}
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
        changed._spoken = {}
        changed.pieces = changed._composed()
        return changed

    def first_change(self, before: Sequence[Piece]) -> int | None:
        """Return the index of the first piece that differs from `before`; None: none does."""
        keys = zip_longest((piece.key for piece in before), (piece.key for piece in self.pieces))
        return next((i for i, (old, new) in enumerate(keys) if old != new), None)

    def _read(self, piece: Piece) -> Segment:
        speaker = self.speaker(piece)
        if speaker == piece.heard.speaker:
            return self._read_text(piece)
        if piece.key not in self._spoken:
            self._spoken[piece.key] = _said_by(self._read_text(piece), speaker)
        return self._spoken[piece.key]

    def _read_text(self, piece: Piece) -> Segment:
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
        splits = self.document.speakers.splits
        if not splits:
            return self.whole_pieces
        return [
            part for piece in self.whole_pieces for part in split(piece, splits.get(piece.key, ()))
        ]


def split(piece: Piece, at: Sequence[int]) -> list[Piece]:
    """Return a segment as it was heard in parts that begin with these words, and with its first."""
    heard = piece.heard
    inner = [index for index in at if 0 < index < len(heard.words)]
    if not inner:
        return [piece]
    edges = [0, *inner, len(heard.words)]
    parts: list[Piece] = []
    for first, stop in pairwise(edges):
        words = heard.words[first:stop]
        part = dataclasses.replace(
            heard,
            start_s=words[0].start_s if first else heard.start_s,
            end_s=words[-1].end_s if stop < len(heard.words) else heard.end_s,
            text="".join(word.text for word in words),
            words=words,
        )
        parts.append(Piece(f"{piece.key}:{first}", part))
    return parts


def _said_by(segment: Segment, speaker: str | None) -> Segment:
    words = tuple(dataclasses.replace(word, speaker=speaker) for word in segment.words)
    return dataclasses.replace(segment, words=words, speaker=speaker)


def _lay(below: list[Piece], layer: Layer, own: list[Piece]) -> list[Piece]:
    """Return the pieces below with the layer's own in place of those that it covers."""
    until_s = layer.covered_until_s
    before = [piece for piece in below if piece.middle_s < layer.start_s]
    after = [piece for piece in below if piece.middle_s >= max(until_s, layer.start_s)]
    return before + own + after
