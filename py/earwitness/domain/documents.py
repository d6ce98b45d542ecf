"""Documents: the layers of a recording's runs, with the user's corrections on top.

A run never changes the windows of another run: it is a layer over them, from its start as far as it
has come. A correction belongs to a segment of one run, so it stays when another part is run again.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from earwitness.domain.jobs import Job
from earwitness.domain.passages import Passage, heard_words, shown, visible_part
from earwitness.domain.redaction import RedactedParts, hide, parts_of
from earwitness.domain.retime import realign
from earwitness.engine_messages import WindowRow
from earwitness.serialization import ADDED
from earwitness.transcript import Highlight, Redaction, Segment, Speaker, Task, Turn, Word

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
class SpeakerMarks:
    """Who says which segment of a document: what was measured, and the user's corrections."""

    people: tuple[Speaker, ...] = ()
    """Everybody known by the analysis or added by hand, with the length of their turns."""
    turns: tuple[Turn, ...] = ()
    """As measured, whatever the user merged."""
    merged: dict[str, str] = field(default_factory=dict[str, str])
    """The id of each person who turned out to be another, and the other's id."""
    found: dict[str, str] = field(default_factory=dict[str, str])
    """Who says a segment by the turns: an id by the key of the segment as it was heard."""
    chosen: dict[str, str] = field(default_factory=dict[str, str])
    """Who says a segment by the user: an id by the key of the segment; empty: nobody known."""
    splits: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    """The words at which another person begins, by the key of the segment as it was heard."""

    def measured(self, key: str) -> str | None:
        """Return who says a segment by the turns; None where they do not tell."""
        found = self.found.get(key)
        return self.now(found) if found else None

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


@dataclass(frozen=True, slots=True)
class Document:
    """The layers and corrections that make a text of a recording's windows."""

    transcript_id: str
    layers: tuple[Layer, ...] = (Layer(1),)
    """In order of age, the newest last."""
    edits: dict[str, Edit] = field(default_factory=dict[str, Edit])
    """By the key of the segment (`Piece.key`)."""
    passages: dict[str, Passage] = field(default_factory=dict[str, Passage], metadata=ADDED)
    """Segments that were split, joined, moved or deleted, by the key of the passage's first one."""
    stable_since: int = field(default=0, metadata=ADDED)
    """The record's revision at which a run last changed the indices of earlier segments."""
    speakers: SpeakerMarks = field(default_factory=SpeakerMarks, metadata=ADDED)
    checked: dict[str, tuple[int, ...]] = field(
        default_factory=dict[str, tuple[int, ...]], metadata=ADDED
    )
    """By the key of the segment: indices of heard words that the user found right."""
    highlights: dict[str, Highlight] = field(default_factory=dict[str, Highlight], metadata=ADDED)
    """By their ids."""
    redactions: tuple[Redaction, ...] = field(default=(), metadata=ADDED)
    """In order of time."""

    @property
    def corrections(self) -> int:
        """The number of places that the user corrected."""
        return len(self.edits) + len(self.passages) + len(self.speakers.chosen)

    def visible(self) -> tuple[Layer, ...]:
        """Return the layers from the last one that covers everything below it."""
        for i in range(len(self.layers) - 1, -1, -1):
            if self.layers[i].covers_all:
                return self.layers[i:]
        return self.layers


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as it was heard, and its key (run/window/index).

    Where the speaker changes in a segment, each part counts as a segment that was heard: its key
    ends with a colon and the number of its first word. A part of a passage has its own key, which
    begins with that of the passage's first segment.
    """

    key: str
    heard: Segment
    passage: Passage | None = None
    """What it is a part of, as far as it is visible; None: of nothing."""
    part: int = 0
    """Its index among the passage's parts."""
    shown: Segment | None = None
    """The segment as the user left it, where it is a part of a passage."""

    @property
    def start_s(self) -> float:
        """The start of the segment."""
        return self.heard.start_s

    @property
    def end_s(self) -> float:
        """The end of the segment."""
        return self.heard.end_s

    @property
    def middle_s(self) -> float:
        """The middle of the segment; the layer that covers it decides whether it is visible."""
        return (self.heard.start_s + self.heard.end_s) / 2


def whole_key(key: str) -> str:
    """Return the key of the whole segment as it was heard that a segment is, or begins in."""
    return key.partition("~")[0].partition(":")[0]


def run_of(key: str) -> int:
    """Return the run of a segment by its key."""
    return int(key.partition("/")[0])


def pieces_of(run: int, windows: Iterable[WindowRow]) -> list[Piece]:
    """Return every segment of a run's windows, in order."""
    return [
        Piece(f"{run}/{row.window}/{i}", segment)
        for row in windows
        for i, segment in enumerate(row.segments)
    ]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a passage, or a stretch of it that is visible, stands among the heard segments."""

    first: int
    stop: int
    key: str
    """Of the whole passage."""
    passage: Passage
    """As far as it is visible."""
    parts: tuple[Piece, ...]


class OpenDocument:
    """A document with its windows in memory, so that adding a window is cheap.

    What is read of it has no words that are redacted. Only changes of the text read these, with
    `unredacted`.
    """

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
        self._read_once: dict[str, tuple[Edit, Segment]] = {}
        """Corrected segments by key; every document of this text shares them."""
        self._placed: dict[str, tuple[Passage, tuple[Piece, ...]]] = {}
        """Passages that are wholly visible; shared likewise."""
        self._spoken: dict[str, tuple[Segment, str | None, Segment]] = {}
        """Segments by key, the speaker each has been given, and the result; shared likewise."""
        self._redacted: dict[str, tuple[Segment, RedactedParts, Segment]] = {}
        """Segments by key, the redacted parts, and the result; shared likewise."""
        self.heard_pieces = self._laid()
        """The visible segments as they were heard, parted where the speaker changes."""
        self._index: dict[str, int] = {}
        self.spots: list[Spot] = []
        """In order."""
        self._moved: list[int] = []
        """How many more segments are shown than heard, up to the end of each spot."""
        self.pieces = self._composed()

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
        """The visible segments as they were heard, not parted where the speaker changes."""
        layers = self.document.visible()
        return _lay(self._below, layers[-1], self._top) if layers else []

    def speaker(self, piece: Piece) -> str | None:
        """Return the id of the person who says a segment; None where it is unknown."""
        marks = self.document.speakers
        key = self.spoken_key(piece)
        chosen = marks.chosen.get(piece.key)
        if chosen is None:
            chosen = marks.chosen.get(key)
        if chosen is not None:
            return marks.now(chosen) or None
        heard = piece.heard.speaker
        return marks.measured(key) or (marks.now(heard) if heard else None)

    def spoken_key(self, piece: Piece) -> str:
        """Return the key of the heard segment in which a segment begins."""
        if piece.passage is None:
            return piece.key
        first, counted = piece.passage.parts[piece.part].first, 0
        for key in piece.passage.keys:
            index = self.heard_index(key)
            counted += len(heard_words(self.heard_pieces[index].heard)) if index is not None else 0
            if first < counted:
                return key
        return piece.passage.keys[-1]

    def read(self, index: int) -> Segment:
        """Return the visible segment of that index, with its correction."""
        return self._read(self.pieces[index])

    def read_from(self, first: int, stop: int | None = None) -> tuple[Segment, ...]:
        """Return the visible segments from that index on, with corrections."""
        return tuple(self._read(piece) for piece in self.pieces[first:stop])

    def text(self, piece: Piece) -> str:
        """Return the text of a visible segment, with its correction."""
        parts = parts_of(self.document.redactions) if self.document.redactions else None
        if parts is not None and parts.touch_segment(piece.shown or piece.heard):
            return self._read(piece).text
        return self._text(piece)

    def unredacted(self, piece: Piece) -> Segment:
        """Return a visible segment, with its correction and the words that are redacted."""
        return self._read_unredacted(piece)

    def touched(self, parts: RedactedParts) -> Iterator[int]:
        """Yield the indices of the visible segments that touch parts of the recording."""
        for index, piece in enumerate(self.pieces):
            if parts.touch_segment(piece.shown or piece.heard):
                yield index

    def _text(self, piece: Piece) -> str:
        if piece.shown is not None:
            return piece.shown.text
        edit = self.document.edits.get(piece.key)
        return piece.heard.text if edit is None else edit.text

    def texts(self) -> Iterator[str]:
        """Yield the text of each visible segment."""
        return map(self.text, self.pieces)

    def heard_index(self, key: str) -> int | None:
        """Return the index of a segment in `heard_pieces` by its key; None: it is not visible."""
        if len(self._index) != len(self.heard_pieces):
            self._index = {piece.key: i for i, piece in enumerate(self.heard_pieces)}
        return self._index.get(key)

    def shown_index(self, heard_index: int) -> int:
        """Return how many segments are shown before the heard segment of this index.

        The index is not inside a passage.
        """
        at = bisect_right(self.spots, heard_index, key=lambda spot: spot.stop)
        return heard_index + (self._moved[at - 1] if at else 0)

    def corrected_between(self, start_s: float, end_s: float) -> int:
        """Return how many places between two times the user corrected."""
        document = self.document
        keys = {*document.edits, *document.passages}
        keys |= {key.partition("~")[0] for key in document.speakers.chosen}
        pieces = (self.heard_pieces[i] for key in keys if (i := self.heard_index(key)) is not None)
        return sum(start_s <= piece.middle_s < end_s for piece in pieces)

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
            self.heard_pieces = self.heard_pieces + fresh
            self.pieces = self.pieces + fresh
            return first if fresh else None
        before = self.pieces
        self._lay_anew()
        return self.first_change(before)

    def with_document(self, document: Document) -> OpenDocument:
        """Return this text under another version of the document, with the same runs."""
        changed = copy.copy(self)
        changed.document = document
        is_parted_anew = document.speakers.splits is not self.document.speakers.splits
        if document.layers is not self.document.layers or is_parted_anew:
            changed._lay_anew()
        elif document.passages is not self.document.passages:
            changed.pieces = changed._composed()
        return changed

    def first_change(self, before: Sequence[Piece]) -> int | None:
        """Return the index of the first piece that differs from `before`; None: none does."""
        keys = zip_longest((piece.key for piece in before), (piece.key for piece in self.pieces))
        return next((i for i, (old, new) in enumerate(keys) if old != new), None)

    def heard_words(self, piece: Piece) -> Iterator[tuple[str, int, Word]]:
        """Yield the heard words of a visible segment: its key, the index in it, and the word."""
        for key in piece.passage.keys if piece.passage else (piece.key,):
            index = self.heard_index(key)
            if index is not None:
                for number, word in enumerate(self.heard_pieces[index].heard.words):
                    yield key, number, word

    def _read(self, piece: Piece) -> Segment:
        segment = self._read_unredacted(piece)
        if not self.document.redactions:
            return segment
        parts = parts_of(self.document.redactions)
        if not parts.touch_segment(segment):
            return segment
        known = self._redacted.get(piece.key)
        if known is not None and known[0] is segment and known[1] is parts:
            return known[2]
        shown = hide(segment, parts)
        if shown.heard is not None:
            shown = dataclasses.replace(shown, heard=hide(piece.heard, parts).text)
        self._redacted[piece.key] = segment, parts, shown
        return shown

    def _read_unredacted(self, piece: Piece) -> Segment:
        segment, speaker = self._read_checked(piece), self.speaker(piece)
        if speaker == segment.speaker:
            return segment
        known = self._spoken.get(piece.key)
        if known is not None and known[0] is segment and known[1] == speaker:
            return known[2]
        words = tuple(dataclasses.replace(word, speaker=speaker) for word in segment.words)
        spoken = dataclasses.replace(segment, words=words, speaker=speaker)
        self._spoken[piece.key] = segment, speaker, spoken
        return spoken

    def _read_checked(self, piece: Piece) -> Segment:
        segment = self._read_text(piece)
        known = self.document.checked
        keys = piece.passage.keys if piece.passage else (piece.key,)
        if not known or known.keys().isdisjoint(keys):
            return segment
        heard = self.heard_words(piece)
        return _with_certain(segment, [w for key, i, w in heard if i in known.get(key, ())])

    def _read_text(self, piece: Piece) -> Segment:
        if piece.shown is not None:
            return piece.shown
        edit = self.document.edits.get(piece.key)
        if edit is None:
            return piece.heard
        known = self._read_once.get(piece.key)
        if known is not None and known[0] is edit:
            return known[1]
        words, estimated = realign(piece.heard, edit.text)
        segment = dataclasses.replace(
            piece.heard,
            text=edit.text,
            words=words,
            heard=piece.heard.text,
            estimated_words=estimated,
        )
        self._read_once[piece.key] = edit, segment
        return segment

    def _lay_anew(self) -> None:
        self.heard_pieces, self._index = self._laid(), {}
        self.pieces = self._composed()

    def _laid(self) -> list[Piece]:
        splits = self.document.speakers.splits
        if not splits:
            return self.whole_pieces
        return [
            part for piece in self.whole_pieces for part in parted(piece, splits.get(piece.key, ()))
        ]

    def _composed(self) -> list[Piece]:
        passages = self.document.passages.values()
        self.spots = sorted(
            (spot for passage in passages for spot in self._spots_of(passage)),
            key=lambda spot: spot.first,
        )
        self._moved = []
        if not self.spots:
            return self.heard_pieces
        pieces: list[Piece] = []
        done = 0
        for spot in self.spots:
            pieces += self.heard_pieces[done : spot.first]
            pieces += spot.parts
            done = spot.stop
            self._moved.append(len(pieces) - done)
        return pieces + self.heard_pieces[done:]

    def _spots_of(self, passage: Passage) -> Iterator[Spot]:
        """Yield a spot for each stretch of a passage that no other run covers."""
        stretches: list[list[int]] = []
        for key in passage.keys:
            index = self.heard_index(key)
            if index is None:
                continue
            if stretches and stretches[-1][-1] + 1 == index:
                stretches[-1].append(index)
            else:
                stretches.append([index])
        key = passage.keys[0]
        for indices in stretches:
            first, stop = indices[0], indices[-1] + 1
            pieces = self.heard_pieces[first:stop]
            known = self._placed.get(key)
            is_whole = len(pieces) == len(passage.keys)
            if is_whole and known is not None and known[0] is passage:
                yield Spot(first, stop, key, *known)
                continue
            heard = {piece.key: piece.heard for piece in pieces}
            visible = passage if is_whole else visible_part(passage, heard, tuple(heard))
            parts = tuple(
                Piece(visible.key(each.part), each.heard, visible, each.part, each.segment)
                for each in shown(visible, heard)
            )
            if is_whole:
                self._placed[key] = passage, parts
            yield Spot(first, stop, key, visible, parts)


def parted(piece: Piece, at: Sequence[int]) -> list[Piece]:
    """Return a segment as it was heard in parts: with its first word one begins, and with these."""
    heard = piece.heard
    inner = [index for index in at if 0 < index < len(heard.words)]
    if not inner:
        return [piece]
    parts: list[Piece] = []
    for first, stop in pairwise([0, *inner, len(heard.words)]):
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


def _with_certain(segment: Segment, checked: Iterable[Word]) -> Segment:
    """Return the segment with these heard words, as far as they are in it, as certain as can be."""
    times = {(word.start_s, word.end_s) for word in checked}
    words = tuple(
        dataclasses.replace(word, probability=CERTAIN)
        if word.probability is not None and (word.start_s, word.end_s) in times
        else word
        for word in segment.words
    )
    return dataclasses.replace(segment, words=words)


def _lay(below: list[Piece], layer: Layer, own: list[Piece]) -> list[Piece]:
    """Return the pieces below with the layer's own in place of those that it covers."""
    until_s = layer.covered_until_s
    before = [piece for piece in below if piece.middle_s < layer.start_s]
    after = [piece for piece in below if piece.middle_s >= max(until_s, layer.start_s)]
    return before + own + after
