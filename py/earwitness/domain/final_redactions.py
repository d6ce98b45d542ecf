"""Redactions made final: the words leave everything that is stored of a recording's text.

In windows and corrections each hidden word is replaced by the sign, so that the numbers of words by
which corrections refer to heard words stay valid. Where another run or a correction lies over a
segment, the same words may have other times there, so more is deleted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earwitness.domain.documents import (
    Before,
    Document,
    Edit,
    OpenDocument,
    Piece,
    parted,
    whole_key,
)
from earwitness.domain.jobs import with_one_track, without_words
from earwitness.domain.passages import Passage, clean, shown
from earwitness.domain.redaction import (
    SIGN,
    RedactedParts,
    hide,
    places_of,
    runs_of,
    timed_words,
    without_alternatives,
)
from earwitness.domain.retime import realign, share_time
from earwitness.domain.scripts import words_in
from earwitness.engine_messages import SAMPLE_RATE_HZ, SpeakerWindow, WindowRow
from earwitness.transcript import Segment, Word

MARGIN_S = 1.0
"""How much earlier or later another run may have heard the words."""


@dataclass(frozen=True, slots=True)
class FinalText:
    """A document and its windows without the words that were redacted."""

    document: Document
    windows: Mapping[int, Sequence[WindowRow]]
    """By run; only those that changed."""
    removed: frozenset[str]
    """The words that were deleted, in lower case."""


def is_open(document: Document) -> bool:
    """Return whether a document has redactions that are not final."""
    return any(not each.final for each in document.redactions)


def made_final(
    document: Document, windows: Mapping[int, Sequence[WindowRow]], *, has_one_track: bool
) -> FinalText:
    """Return a text whose redactions are final.

    Args:
        document: with the redactions.
        windows: those of every run, by run.
        has_one_track: whether the recording has lost its other audio tracks.
    """
    return _Final(document, windows, has_one_track=has_one_track).result()


def without_voices(window: SpeakerWindow, parts: RedactedParts) -> SpeakerWindow:
    """Return a window of the speakers' analysis without voices that were heard in these parts."""
    speakers = tuple(
        dataclasses.replace(each, voice="", heard_s=0.0)
        if any(parts.touch(a / SAMPLE_RATE_HZ, b / SAMPLE_RATE_HZ) for a, b in each.spans)
        else each
        for each in window.speakers
    )
    return window if speakers == window.speakers else dataclasses.replace(window, speakers=speakers)


class _Final:
    def __init__(
        self,
        document: Document,
        windows: Mapping[int, Sequence[WindowRow]],
        *,
        has_one_track: bool,
    ) -> None:
        self._has_one_track = has_one_track
        self._document = document
        self._windows = windows
        self._opened = OpenDocument(document, windows)
        self._parts = RedactedParts(document.redactions)
        self._around = RedactedParts(document.redactions, MARGIN_S)
        self._heard = {
            f"{run}/{row.window}/{i}": segment
            for run, rows in windows.items()
            for row in rows
            for i, segment in enumerate(row.segments)
        }
        self._visible = {piece.key for piece in self._opened.whole_pieces}
        keys = [*document.edits, *(k for p in document.passages.values() for k in p.keys)]
        self._corrected = {whole_key(key) for key in keys}
        signs = {*words_in(SIGN)}
        shown_words = (self._words(self._opened.unredacted(p)) for p in self._opened.pieces)
        self._removed = {word for words in shown_words for word in words}
        self._removed |= {word for key in self._visible for word in self._words(self._heard[key])}
        self._removed -= signs

    def result(self) -> FinalText:
        document = self._document
        windows = {run: self._rows(run, rows) for run, rows in self._windows.items()}
        layers = tuple(
            dataclasses.replace(layer, before=self._before(layer.before))
            if layer.before is not None
            else layer
            for layer in document.layers
        )
        after = dataclasses.replace(
            document,
            layers=layers,
            edits={key: self._edit(key, edit) for key, edit in document.edits.items()},
            passages={key: self._passage(each) for key, each in document.passages.items()},
            redactions=tuple(dataclasses.replace(r, final=True) for r in document.redactions),
        )
        changed = {run: rows for run, rows in windows.items() if rows != [*self._windows[run]]}
        return FinalText(after, changed, frozenset(self._removed))

    def _words(self, segment: Segment) -> set[str]:
        """Return the hidden words of a segment, in lower case."""
        if not self._parts.touch_segment(segment):
            return set()
        runs = runs_of(segment, self._parts)
        return {word for run in runs if run.is_hidden for word in words_in(run.text)}

    def _before(self, before: Before) -> Before:
        job = without_words(before.job, frozenset(self._removed))
        return dataclasses.replace(before, job=with_one_track(job) if self._has_one_track else job)

    # ------------------------------------------------------------ what was heard

    def _rows(self, run: int, rows: Sequence[WindowRow]) -> list[WindowRow]:
        return [
            dataclasses.replace(
                row,
                segments=tuple(
                    without_alternatives(self._segment(f"{run}/{row.window}/{i}", segment))
                    for i, segment in enumerate(row.segments)
                ),
            )
            for row in rows
        ]

    def _segment(self, key: str, segment: Segment) -> Segment:
        if not self._around.touch_segment(segment):
            return segment
        if key not in self._visible:
            # Of another run: its times may be others.
            return _blanked(segment, self._around, frozenset(), whole=True)
        also = frozenset(self._removed) if key in self._corrected else frozenset[str]()
        return _blanked(segment, self._parts, also)

    def _part_of(self, key: str) -> Segment:
        """Return a segment as it was heard, or the part of one where the speaker changes."""
        whole = self._heard[whole_key(key)]
        splits = self._document.speakers.splits.get(whole_key(key), ())
        pieces = parted(Piece(whole_key(key), whole), splits)
        return next((each.heard for each in pieces if each.key == key), whole)

    # ------------------------------------------------------------ what the user made of it

    def _edit(self, key: str, edit: Edit) -> Edit:
        if whole_key(key) not in self._heard:
            return dataclasses.replace(edit, text=SIGN)
        heard = self._part_of(key)
        if whole_key(key) not in self._visible:
            is_near = self._around.touch_segment(heard)
            return dataclasses.replace(edit, text=SIGN) if is_near else edit
        words = realign(heard, edit.text)[0]
        segment = dataclasses.replace(heard, text=edit.text, words=words)
        if not self._parts.touch_segment(segment):
            return edit
        return dataclasses.replace(edit, text=self._without_hidden(segment))

    def _passage(self, passage: Passage) -> Passage:
        if not any(self._around.touch(part.start_s, part.end_s) for part in passage.parts):
            return passage
        heard = {key: self._part_of(key) for key in passage.keys if whole_key(key) in self._heard}
        is_whole = all(whole_key(key) in self._visible for key in passage.keys)
        if not is_whole or len(heard) < len(passage.keys):
            parts = tuple(
                dataclasses.replace(part, text=SIGN)
                if self._around.touch(part.start_s, part.end_s)
                else part
                for part in passage.parts
            )
            return dataclasses.replace(passage, parts=parts)
        restored = tuple(dataclasses.replace(part, deleted=False) for part in passage.parts)
        made = shown(dataclasses.replace(passage, parts=restored), heard)
        parts = tuple(
            dataclasses.replace(part, text=self._without_hidden(each.segment))
            if self._parts.touch_segment(each.segment)
            else part
            for part, each in zip(passage.parts, made, strict=True)
        )
        return dataclasses.replace(passage, parts=parts)

    def _without_hidden(self, segment: Segment) -> str:
        return clean(hide(segment, self._parts).text)


def _blanked(
    segment: Segment, parts: RedactedParts, also: frozenset[str], *, whole: bool = False
) -> Segment:
    """Return a segment with the sign for each hidden word; words in a row share their time.

    `also`: words that are hidden wherever they stand. `whole`: all words are.
    """
    words = timed_words(segment)
    hidden = [
        whole or parts.touch(w.start_s, w.end_s) or not also.isdisjoint(words_in(w.text))
        for w in words
    ]
    if not any(hidden):
        return segment
    if places_of(segment.text, words) is None:
        hidden = [True] * len(words)
    made: list[Word] = []
    first = 0
    while first < len(words):
        stop = first + 1
        while stop < len(words) and hidden[stop] == hidden[first]:
            stop += 1
        own = words[first:stop]
        if hidden[first]:
            signs = [_lead(word) + SIGN for word in own]
            timed = share_time(signs, own[0].start_s, max(word.end_s for word in own))
            own = tuple(
                dataclasses.replace(new, speaker=old.speaker)
                for new, old in zip(timed, own, strict=True)
            )
        made += own
        first = stop
    return dataclasses.replace(
        segment,
        text="".join(word.text for word in made),
        words=tuple(made) if segment.words else (),
        heard=None if segment.heard is None else SIGN,
    )


def _lead(word: Word) -> str:
    return word.text[: len(word.text) - len(word.text.lstrip())]
