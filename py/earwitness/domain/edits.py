"""What the user can do to the text of a document.

Each function returns the document after it; what was heard stays below. `edited` makes a record, a
change and its inverse of that. Segments are named by their index among the visible ones.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from earwitness.domain.changes import Change, Splice, between, splices
from earwitness.domain.documents import Edit, OpenDocument, Piece
from earwitness.domain.highlights import change_highlights, labels_of
from earwitness.domain.passages import (
    Part,
    Passage,
    clean,
    heard_words,
    is_plain,
    simplest,
    whole,
)
from earwitness.domain.records import Record
from earwitness.domain.redaction import SIGN, Typed, parts_of
from earwitness.domain.retime import words_of
from earwitness.domain.scripts import count_words, join_texts
from earwitness.domain.speakers import with_speakers
from earwitness.domain.transcription import preview_of, revised
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import HighlightChanges, RedactText
from earwitness.transcript import Segment

TEXT_MAX = 20_000
"""Characters of one corrected segment."""
SHORTEST_S = 0.1
"""The shortest segment that moving an edge may leave."""
SHORTEST_WORD_S = 0.1
"""What each word of a neighbour keeps when an edge is moved over it: nobody speaks faster."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A record and its document after a change."""

    record: Record
    opened: OpenDocument
    change: Change
    undo: Change
    splices: tuple[Splice, ...]


def edited(record: Record, before: OpenDocument, after: OpenDocument) -> Edited:
    """Return what a change of the corrections comes to; the revision grows if there is one."""
    change = between(before.document, after.document)
    undo = between(after.document, before.document)
    where = splices(before, after, change, undo)
    if change:
        moved, words = 0, record.word_count
        for splice in where:
            old = before.pieces[splice.first : splice.first + splice.removed]
            first = splice.first + moved
            new = after.pieces[first : first + splice.added]
            words += sum(count_words(after.text(piece)) for piece in new)
            words -= sum(count_words(before.text(piece)) for piece in old)
            moved += splice.added - splice.removed
        record = revised(record, word_count=max(0, words), preview=preview_of(after.texts()))
    if change.redactions:
        record = dataclasses.replace(record, redactions=after.document.redactions)
    if change.changes_speakers or (change.passages and record.speakers):
        record = with_speakers(record, after)
    if change.highlights:
        record = dataclasses.replace(record, labels=labels_of(after.document.highlights.values()))
    return Edited(record, after, change, undo, where)


def apply_edits(
    record: Record, opened: OpenDocument, texts: Mapping[int, str], edited_at: str
) -> tuple[Record, OpenDocument]:
    """Return the record and the document with new texts of segments, by their index.

    The text that was heard stays below; giving it again removes the correction.

    Raises:
        NotFoundError: there is no such segment.
    """
    after = set_texts(opened, texts, edited_at)
    made = edited(record, opened, after)
    return made.record if made.change else revised(record), made.opened


# ---------------------------------------------------------------- texts


def set_texts(
    opened: OpenDocument, texts: Mapping[int, str], at: str, divided: Collection[int] = ()
) -> OpenDocument:
    """Return the document with new texts of segments.

    `divided`: segments that are split afterwards, so that they may be longer.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: a text is too long.
    """
    edits = dict(opened.document.edits)
    parts: dict[int, Part] = {}
    for index, text in texts.items():
        piece, cleaned = _piece(opened, index), clean(text)
        if len(cleaned) > TEXT_MAX and index not in divided:
            raise BadRequestError(
                f"A sentence can have {TEXT_MAX} characters, not {len(cleaned)}.", hint="Split it."
            )
        if piece.passage is not None:
            if cleaned != piece.passage.parts[piece.part].text:
                part = piece.passage.parts[piece.part]
                parts[index] = dataclasses.replace(part, text=cleaned)
        elif cleaned == clean(piece.heard.text):
            edits.pop(piece.key, None)
        elif piece.key not in edits or edits[piece.key].text != cleaned:
            edits[piece.key] = Edit(cleaned, at)
    if edits != opened.document.edits:
        document = dataclasses.replace(opened.document, edits=edits)
        opened = opened.with_document(document)
    return _with_parts(opened, parts, at)


# ---------------------------------------------------------------- segments


def split(opened: OpenDocument, segment: int, at_char: int, at: str) -> OpenDocument:
    """Return the document with a segment split before a character of its text.

    The cut lies between two words, or inside one in proportion to its letters; then the edges are
    estimated. A character and the marks on it stay together.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: nothing is left on one side.
    """
    letters = letters_before(opened.text(_piece(opened, segment)), at_char)
    return split_after(opened, segment, unredacted_letters(opened, segment, letters), at)


def letters_before(text: str, at_char: int) -> int:
    """Return how many characters other than spaces come before a character."""
    return len("".join(text[: max(0, at_char)].split()))


def unredacted_letters(opened: OpenDocument, segment: int, letters: int) -> int:
    """Return how many letters of a segment with its redacted words come before one of its text."""
    piece = opened.pieces[segment]
    if not opened.document.redactions:
        return letters
    parts = parts_of(opened.document.redactions)
    return Typed(opened.text(piece), opened.unredacted(piece), parts).letters(letters)


def split_after(
    opened: OpenDocument, segment: int, letters: int, at: str, *, begins_paragraph: bool = False
) -> OpenDocument:
    """Return the document with a segment split as `split` does, after that many letters.

    Letters of words that are redacted count. `begins_paragraph`: with the second part.
    """
    piece = _piece(opened, segment)
    unredacted = opened.unredacted(piece)
    text = clean(unredacted.text)
    left, right = _divided(text, letters)
    if not left or not right:
        raise BadRequestError(
            f"Sentence number {segment + 1} cannot be split there.",
            hint="Choose a place with words on both sides.",
        )
    passage = _passage(opened, piece, at)
    heard = [_heard(opened, key) for key in passage.keys]
    part = passage.parts[piece.part]
    letters = letters_before(left, len(left))
    left_end_s, right_start_s, is_estimated = _cut(unredacted, text, letters)
    own = [word for each in heard for word in heard_words(each)][part.first : part.stop]
    middle_s = (left_end_s + right_start_s) / 2
    cut = part.first + sum((word.start_s + word.end_s) / 2 < middle_s for word in own)
    counted = 0
    for one, other in itertools.pairwise(heard):
        counted += len(heard_words(one))
        if counted == cut and not is_estimated:
            # Exactly where two heard segments meet, so that splitting takes joining back.
            left_end_s, right_start_s = one.end_s, other.start_s
    left_end_s = min(max(left_end_s, part.start_s), part.end_s)
    right_start_s = min(max(right_start_s, left_end_s), part.end_s)
    guessed = part.estimated or is_estimated
    id_ = 1 + max(each.id for each in passage.parts)
    parts = (
        dataclasses.replace(part, text=left, end_s=left_end_s, stop=cut, estimated=guessed),
        dataclasses.replace(
            part,
            text=right,
            start_s=right_start_s,
            first=cut,
            id=id_,
            estimated=guessed,
            begins_paragraph=begins_paragraph,
        ),
    )
    parts = (*passage.parts[: piece.part], *parts, *passage.parts[piece.part + 1 :])
    after = _with_passages(opened, [dataclasses.replace(passage, parts=parts)], at)
    return _with_speaker_of(after, piece, after.pieces[segment + 1])


def _with_speaker_of(opened: OpenDocument, piece: Piece, new: Piece) -> OpenDocument:
    """Return the document in which the speaker that the user chose for a piece says a new one."""
    marks = opened.document.speakers
    who = marks.chosen.get(piece.key)
    if who is None or new.key in marks.chosen:
        return opened
    marks = dataclasses.replace(marks, chosen=marks.chosen | {new.key: who})
    return opened.with_document(dataclasses.replace(opened.document, speakers=marks))


def join(opened: OpenDocument, segment: int, at: str) -> OpenDocument:
    """Return the document with a segment and the next one as one.

    Raises:
        NotFoundError: there is no such segment, or none after it.
        BadRequestError: the text would be too long.
    """
    piece = _piece(opened, segment)
    if segment + 1 == len(opened.pieces):
        raise NotFoundError(
            f"There is no sentence after number {segment + 1}.", hint="Join it with the one before."
        )
    following = opened.pieces[segment + 1]
    passage, first, last, keys = _united(opened, piece, following, at)
    one, other = passage.parts[first], passage.parts[last]
    text = join_texts((one.text, other.text))
    if len(text) > TEXT_MAX:
        raise BadRequestError(
            f"A sentence can have {TEXT_MAX} characters, not {len(text)}.", hint="Keep the two."
        )
    joined = dataclasses.replace(
        one,
        text=text,
        end_s=max(one.end_s, other.end_s),
        stop=other.stop,
        estimated=one.estimated or other.estimated,
    )
    parts = (*passage.parts[:first], joined, *passage.parts[last + 1 :])
    keys = [*keys[: first + 1], *keys[last + 1 :]]
    return _with_passages(opened, [dataclasses.replace(passage, parts=parts)], at, keys)


def begin_paragraphs(opened: OpenDocument, begins: Mapping[int, bool], at: str) -> OpenDocument:
    """Return the document in which paragraphs begin with these segments, or no longer in any case.

    Raises:
        NotFoundError: there is no such segment.
    """
    parts = {segment: _part(opened, segment, at) for segment in begins}
    changed = {
        segment: dataclasses.replace(part, begins_paragraph=begins[segment])
        for segment, part in parts.items()
        if part.begins_paragraph != begins[segment]
    }
    return _with_parts(opened, changed, at)


def move_edges(
    opened: OpenDocument,
    segment: int,
    start_s: float | None,
    end_s: float | None,
    at: str,
    duration_s: float = 0.0,
) -> OpenDocument:
    """Return the document with a segment that starts or ends at other times; None: as before.

    An edge that is moved over a neighbour moves the neighbour's edge too, as far as the words of
    the neighbour keep `SHORTEST_WORD_S` each; there it stops. `duration_s`: of the recording; 0
    where it is not known.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: the segment would be too short.
    """
    _piece(opened, segment)
    part = _part(opened, segment, at)
    before = _part(opened, segment - 1, at) if segment else None
    after = _part(opened, segment + 1, at) if segment + 1 < len(opened.pieces) else None
    least_s = 0.0 if before is None else min(before.start_s + _shortest_s(before), part.start_s)
    if after is not None:
        most_s = max(after.end_s - _shortest_s(after), part.end_s)
    else:
        most_s = max(duration_s, part.end_s) if duration_s else math.inf
    start_s = part.start_s if start_s is None else _time(start_s, least_s, most_s)
    end_s = part.end_s if end_s is None else _time(end_s, least_s, most_s)
    moved = (start_s, end_s) != (part.start_s, part.end_s)
    if moved and end_s - start_s < SHORTEST_S - 1e-6:
        raise BadRequestError(
            f"Sentence number {segment + 1} would be too short.",
            hint=f"Leave at least {SHORTEST_S} s between its start and its end.",
        )
    parts = {segment: dataclasses.replace(part, start_s=start_s, end_s=end_s)} if moved else {}
    if before is not None and before.end_s > start_s:
        parts[segment - 1] = dataclasses.replace(before, end_s=start_s)
    if after is not None and after.start_s < end_s:
        parts[segment + 1] = dataclasses.replace(after, start_s=end_s)
    return _with_parts(opened, parts, at) if moved else opened


def _shortest_s(part: Part) -> float:
    return max(SHORTEST_S, SHORTEST_WORD_S * count_words(part.text))


def delete(opened: OpenDocument, segments: Iterable[int], at: str) -> OpenDocument:
    """Return the document without segments; `restore` brings each of them back.

    The next segment begins the paragraph that the user began with a deleted one.

    Raises:
        NotFoundError: there is no such segment.
    """
    parts = {
        segment: dataclasses.replace(_part(opened, segment, at), deleted=True)
        for segment in segments
    }
    for segment in [each for each, part in parts.items() if part.begins_paragraph]:
        following = next((i for i in range(segment, len(opened.pieces)) if i not in parts), None)
        if following is not None:
            part = _part(opened, following, at)
            parts[following] = dataclasses.replace(part, begins_paragraph=True)
    return _with_parts(opened, parts, at)


@dataclass(frozen=True, slots=True)
class Deleted:
    """A segment that was deleted and can be restored."""

    key: str
    segment: int
    """The index of the segment that stands in its place now."""
    text: str
    start_s: float
    end_s: float


def deleted(opened: OpenDocument) -> tuple[Deleted, ...]:
    """Return the deleted segments that no run covers, in order."""
    found: list[Deleted] = []
    parts = parts_of(opened.document.redactions)
    for spot in opened.spots:
        index = opened.shown_index(spot.first)
        for number, part in enumerate(spot.passage.parts):
            if part.deleted:
                key = spot.passage.key(number)
                is_redacted = parts.touch(part.start_s, part.end_s)
                text = SIGN if is_redacted else part.text
                found.append(Deleted(key, index, text, part.start_s, part.end_s))
            else:
                index += 1
    return tuple(found)


def restore(opened: OpenDocument, key: str, at: str) -> OpenDocument:
    """Return the document with a deleted segment in its place again; `key` is as in `Deleted`.

    If its time is taken by now, the segment takes what is left between its neighbours.

    Raises:
        NotFoundError: there is no such deleted segment.
    """
    for spot in opened.spots:
        index = opened.shown_index(spot.first)
        for number, part in enumerate(spot.passage.parts):
            if part.deleted and spot.passage.key(number) == key:
                least_s = opened.pieces[index - 1].heard.end_s if index else 0.0
                following = opened.pieces[index : index + 1]
                most_s = following[0].heard.start_s if following else math.inf
                start_s = min(max(part.start_s, least_s), max(most_s, least_s))
                end_s = max(start_s, min(part.end_s, most_s))
                back = dataclasses.replace(part, start_s=start_s, end_s=end_s, deleted=False)
                parts = (*spot.passage.parts[:number], back, *spot.passage.parts[number + 1 :])
                return _with_passages(opened, [dataclasses.replace(spot.passage, parts=parts)], at)
            index += not part.deleted
    raise NotFoundError(
        "There is no such deleted sentence.", hint="It may have been restored already."
    )


# ---------------------------------------------------------------- several at once


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that comes from another copy of the text."""

    text: str
    start_s: float
    end_s: float
    speaker: str | None = None
    """Name of who says it; empty: nobody known; None: it stays whose it is."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Segments that follow each other, and the sentences that stand in their place."""

    first: int
    count: int
    sentences: tuple[Sentence, ...]

    @property
    def segments(self) -> range:
        """The indices of the segments that are replaced."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Changes made at once. All indices and characters are those before any of the changes."""

    texts: Mapping[int, str]
    splits: Sequence[tuple[int, int]] = ()
    """A segment, and the character before which it is split."""
    joins: Sequence[int] = ()
    """Segments that are joined with the next one."""
    moves: Sequence[tuple[int, float | None, float | None]] = ()
    """A segment, its start and its end."""
    deletions: Sequence[int] = ()
    restored: Sequence[str] = ()
    speakers: Mapping[int, str | None] = field(default_factory=dict[int, "str | None"])
    """Names of who says a segment; None: nobody known."""
    speaker_ids: Mapping[int, str] = field(default_factory=dict[int, str])
    """Ids of who says a segment; empty: nobody known."""
    cuts: Sequence[tuple[int, int]] = ()
    """A segment, and the letters of its new text after which a paragraph begins with the rest."""
    seen: Mapping[int, str] = field(default_factory=dict[int, str])
    """Texts of segments as the user saw them; they say nothing about what changes."""
    highlights: HighlightChanges = field(default_factory=HighlightChanges)
    replacements: Sequence[Replacement] = ()
    redact: Sequence[RedactText] = ()
    unredact: Sequence[str] = ()
    """Ids of redactions that are taken away."""
    paragraphs: Mapping[int, bool] = field(default_factory=dict[int, bool])
    """Whether a paragraph begins with a segment because the user wants it."""

    @property
    def segments(self) -> set[int]:
        """The indices of all segments that change."""
        return {
            *self.texts,
            *(segment for segment, _ in self.splits),
            *(segment for segment, _ in self.cuts),
            *self.joins,
            *(segment + 1 for segment in self.joins),
            *(segment for segment, _, _ in self.moves),
            *self.deletions,
            *self.speakers,
            *self.speaker_ids,
            *(segment for each in self.replacements for segment in each.segments),
            *(each.segment for each in self.redact),
            *self.paragraphs,
        }

    @property
    def adjoining(self) -> set[int]:
        """The indices of segments that the next one has to follow."""
        inner = (segment for each in self.replacements for segment in each.segments[:-1])
        return {*self.joins, *inner}

    def text_for(self, segment: int) -> str | None:
        """Return what is to stand in the place of a segment; None: not another text."""
        for each in self.replacements:
            if segment == each.first:
                return join_texts(sentence.text for sentence in each.sentences)
        return self.texts.get(segment)

    def at(self, indices: Mapping[int, int]) -> Wanted:
        """Return the same changes of segments that have other indices now."""
        return dataclasses.replace(
            self,
            texts={indices[i]: text for i, text in self.texts.items()},
            splits=[(indices[i], char) for i, char in self.splits],
            joins=[indices[i] for i in self.joins],
            moves=[(indices[i], start_s, end_s) for i, start_s, end_s in self.moves],
            deletions=[indices[i] for i in self.deletions],
            speakers={indices[i]: name for i, name in self.speakers.items()},
            speaker_ids={indices[i]: id_ for i, id_ in self.speaker_ids.items()},
            cuts=[(indices[i], letters) for i, letters in self.cuts],
            seen={},
            replacements=[
                dataclasses.replace(each, first=indices[each.first]) for each in self.replacements
            ],
            redact=[dataclasses.replace(r, segment=indices[r.segment]) for r in self.redact],
            paragraphs={indices[i]: begins for i, begins in self.paragraphs.items()},
        )


def apply(opened: OpenDocument, wanted: Wanted, at: str, duration_s: float = 0.0) -> OpenDocument:
    """Return the document after all changes, or none of them.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: a change is not possible, or two of them contradict each other.
    """
    for segment in sorted(wanted.segments):
        if segment not in (i + 1 for i in wanted.joins):
            _piece(opened, segment)
    split_ones = {segment for segment, _ in wanted.splits}
    gone = set(wanted.deletions)
    joined = {*wanted.joins, *(segment + 1 for segment in wanted.joins)}
    for both in (split_ones & set(wanted.texts), gone & (split_ones | joined | set(wanted.texts))):
        if both:
            raise BadRequestError(
                f"Two changes of sentence number {min(both) + 1} contradict each other.",
                hint="Send them one after the other.",
            )
    letters = {
        (
            segment,
            unredacted_letters(
                opened, segment, letters_before(opened.text(opened.pieces[segment]), at_char)
            ),
        )
        for segment, at_char in wanted.splits
    }
    _check_redactions_stay(opened, wanted)
    texts, cuts = _unredacted(opened, wanted)
    letters |= cuts
    cut_ones = {segment for segment, _ in cuts}
    split_ones |= cut_ones
    opened = set_texts(opened, texts, at, cut_ones)
    for segment, start_s, end_s in wanted.moves:
        opened = move_edges(opened, segment, start_s, end_s, at, duration_s)
    opened = begin_paragraphs(opened, wanted.paragraphs, at)
    if not split_ones and not joined:
        opened, gone = delete(opened, gone, at), set[int]()
    # From the end, so that the indices before stay as they are.
    for segment in sorted({*wanted.joins, *split_ones, *gone}, reverse=True):
        if segment in gone:
            opened = delete(opened, [segment], at)
        if segment in wanted.joins:
            opened = join(opened, segment, at)
        for _, count in sorted((each for each in letters if each[0] == segment), reverse=True):
            opened = split_after(
                opened, segment, count, at, begins_paragraph=(segment, count) in cuts
            )
    for key in wanted.restored:
        opened = restore(opened, key, at)
    if wanted.highlights:
        highlights = change_highlights(opened.document.highlights, wanted.highlights, duration_s)
        opened = opened.with_document(dataclasses.replace(opened.document, highlights=highlights))
    return opened


def _check_redactions_stay(opened: OpenDocument, wanted: Wanted) -> None:
    """Refuse changes by which other words would come into the part that is redacted."""
    if not opened.document.redactions:
        return
    for segment, text in wanted.texts.items():
        if clean(text).count(SIGN) < opened.text(opened.pieces[segment]).count(SIGN):
            raise BadRequestError(
                "What is redacted cannot be changed by typing.",
                hint="Leave it where it stands, or show its words again first.",
            )
    parts = parts_of(opened.document.redactions)
    for segment, _, _ in wanted.moves:
        beside = opened.pieces[max(0, segment - 1) : segment + 2]
        if any(parts.touch_segment(opened.unredacted(piece)) for piece in beside):
            raise BadRequestError(
                "The edges of a sentence with redacted words, or beside one, cannot be moved.",
                hint="Show the words again first.",
            )


def replace(
    opened: OpenDocument, wanted: Replacement, at: str, duration_s: float = 0.0
) -> OpenDocument:
    """Return the document with sentences in the place of segments that follow each other.

    Their words get the times of what was heard there. A sentence whose own times are taken by its
    neighbours gets others.

    Raises:
        NotFoundError: there are no such segments.
        BadRequestError: a sentence has no words, or is too long.
    """
    first, sentences = wanted.first, wanted.sentences
    if not sentences:
        return delete(opened, wanted.segments, at)
    texts = [clean(sentence.text) for sentence in sentences]
    counts = [letters_before(text, len(text)) for text in texts]
    if not all(counts):
        raise BadRequestError("A sentence has no words.", hint="Leave it out.")
    for segment in reversed(wanted.segments[:-1]):
        opened = join(opened, segment, at)
    opened = set_texts(opened, {first: join_texts(texts)}, at, {first} if texts[1:] else ())
    for letters in reversed([*itertools.accumulate(counts)][:-1]):
        opened = split_after(opened, first, letters, at)
    # Twice, because the next sentence may be in the way at first.
    for segment, sentence in [*enumerate(sentences, first)] * 2:
        with contextlib.suppress(BadRequestError):
            opened = move_edges(opened, segment, sentence.start_s, sentence.end_s, at, duration_s)
    return opened


def _unredacted(
    opened: OpenDocument, wanted: Wanted
) -> tuple[Mapping[int, str], set[tuple[int, int]]]:
    """Return new texts, and letters to split them after, with the words that are redacted."""
    if not opened.document.redactions:
        return wanted.texts, {*wanted.cuts}
    parts = parts_of(opened.document.redactions)
    typed = {
        segment: Typed(text, opened.unredacted(opened.pieces[segment]), parts)
        for segment, text in wanted.texts.items()
    }
    cuts = {
        (
            segment,
            typed[segment].letters(letters)
            if segment in typed
            else unredacted_letters(opened, segment, letters),
        )
        for segment, letters in wanted.cuts
    }
    return {segment: each.text for segment, each in typed.items()}, cuts


# ---------------------------------------------------------------- passages and parts


def _piece(opened: OpenDocument, segment: int) -> Piece:
    if not 0 <= segment < len(opened.pieces):
        raise NotFoundError(
            f"There is no sentence number {segment + 1}.", hint="Open the transcript again."
        )
    return opened.pieces[segment]


def _heard(opened: OpenDocument, key: str) -> Segment:
    index = opened.heard_index(key)
    assert index is not None, "only visible segments are edited"
    return opened.heard_pieces[index].heard


def _passage(opened: OpenDocument, piece: Piece, at: str) -> Passage:
    """Return the passage that a segment is a part of, or a new one of this segment alone."""
    if piece.passage is not None:
        return piece.passage
    return whole((piece.key,), (piece.heard,), (opened.unredacted(piece).text,), at)


def _part(opened: OpenDocument, segment: int, at: str) -> Part:
    piece = _piece(opened, segment)
    return _passage(opened, piece, at).parts[piece.part]


def _united(
    opened: OpenDocument, one: Piece, other: Piece, at: str
) -> tuple[Passage, int, int, list[str]]:
    """Return a passage of two segments that follow each other, and the indices of their parts.

    The last value has the keys that all its parts had before.
    """
    first, last = _passage(opened, one, at), _passage(opened, other, at)
    if one.passage is not None and one.passage is other.passage:
        return first, one.part, other.part, _keys(first)
    stop, start = opened.heard_index(first.keys[-1]), opened.heard_index(last.keys[0])
    inside = range((stop or 0) + 1, start or 0)
    # Passages in between have only deleted parts.
    between_them = [spot.passage for spot in opened.spots if spot.first in inside]
    keys: list[str] = []
    parts: list[Part] = []
    were: list[str] = []
    words = 0
    for passage in (first, *between_them, last):
        were += _keys(passage)
        above = 1 + max((part.id for part in parts), default=-1)
        parts += [
            dataclasses.replace(
                part, first=part.first + words, stop=part.stop + words, id=part.id + above
            )
            for part in passage.parts
        ]
        keys += passage.keys
        words += sum(len(heard_words(_heard(opened, key))) for key in passage.keys)
    place = len(parts) - len(last.parts) + other.part
    return Passage(tuple(keys), tuple(parts), at), one.part, place, were


def _keys(passage: Passage) -> list[str]:
    return [passage.key(part) for part in range(len(passage.parts))]


def _with_parts(opened: OpenDocument, parts: Mapping[int, Part], at: str) -> OpenDocument:
    """Return the document with other parts in the place of these segments."""
    made: dict[tuple[str, ...], Passage] = {}
    for segment, part in parts.items():
        piece = opened.pieces[segment]
        passage = _passage(opened, piece, at)
        passage = made.get(passage.keys, passage)
        changed = (*passage.parts[: piece.part], part, *passage.parts[piece.part + 1 :])
        made[passage.keys] = dataclasses.replace(passage, parts=changed)
    return _with_passages(opened, list(made.values()), at)


def _with_passages(
    opened: OpenDocument, made: Sequence[Passage], at: str, keys: Sequence[str] = ()
) -> OpenDocument:
    """Return the document with passages in the place of what covered their segments before.

    `keys`: those that the parts of the passages had before, where they differ.
    """
    if not made:
        return opened
    edits, passages = dict(opened.document.edits), dict(opened.document.passages)
    taken = {key for passage in made for key in passage.keys}
    touched = {spot.key for spot in opened.spots if not taken.isdisjoint(spot.passage.keys)}
    for key in touched:
        del passages[key]
    for spot in opened.spots:
        # The other visible stretches of a passage that a run covers in the middle.
        if spot.key in touched and taken.isdisjoint(spot.passage.keys):
            passages[spot.passage.keys[0]] = spot.passage
    for key in taken:
        edits.pop(key, None)
    now: list[str] = []
    for passage in made:
        heard = {key: _heard(opened, key) for key in passage.keys}
        for each in simplest(dataclasses.replace(passage, edited_at=at), heard):
            now += _keys(each)
            first = each.keys[0]
            if not is_plain(each, heard[first]):
                passages[first] = each
            elif each.parts[0].text != clean(heard[first].text):
                edits[first] = Edit(each.parts[0].text, at)
    were = keys or [key for passage in made for key in _keys(passage)]
    marks = opened.document.speakers
    moved = {old: new for old, new in zip(were, now, strict=True) if old != new}
    if not marks.chosen.keys().isdisjoint(moved):
        chosen = {moved.get(key, key): who for key, who in marks.chosen.items()}
        marks = dataclasses.replace(marks, chosen=chosen)
    document = dataclasses.replace(opened.document, edits=edits, passages=passages, speakers=marks)
    return opened.with_document(document)


# ---------------------------------------------------------------- cutting


def _divided(text: str, letters: int) -> tuple[str, str]:
    """Return a text in two, cut after that many letters, or before the character that goes on."""
    at = count = 0
    while at < len(text) and count < letters:
        count += not text[at].isspace()
        at += 1
    while 0 < at < len(text) and _goes_on(text, at):
        at -= 1
    return text[:at].rstrip(), text[at:].lstrip()


def _goes_on(text: str, at: int) -> bool:
    """Return whether a character is shown as one with the character before it."""
    here, before = text[at], text[at - 1]
    if here in _FLAG_LETTERS:
        return (at - len(text[:at].rstrip(_FLAG_LETTERS))) % 2 == 1
    is_mark = unicodedata.category(here).startswith("M")
    return is_mark or _JOINER in (here, before) or here in _SKIN_TONES


_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_SKIN_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))


def _cut(shown: Segment, text: str, letters: int) -> tuple[float, float, bool]:
    """Return the end of the text before a cut and the start of the text after it.

    The third value says whether they are estimated.
    """
    words = shown.words or words_of(text, shown.start_s, shown.end_s)
    guessed = set(shown.estimated_words if shown.words else range(len(words)))
    left = letters
    for i, word in enumerate(words):
        length = letters_before(word.text, len(word.text))
        if left == 0 and i:
            return words[i - 1].end_s, word.start_s, not guessed.isdisjoint((i - 1, i))
        if left < length:
            at_s = word.start_s + (word.end_s - word.start_s) * left / length
            return round(at_s, 3), round(at_s, 3), True
        left -= length
    end_s = words[-1].end_s if words else shown.end_s
    return end_s, end_s, True


def _time(value_s: float, least_s: float, most_s: float) -> float:
    if not math.isfinite(value_s):
        raise BadRequestError("A time is a number of seconds.", hint="Correct it.")
    return round(min(max(value_s, least_s), most_s), 3)
