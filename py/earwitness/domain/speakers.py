"""The speakers of a document: who they are, what each says, and every correction of that.

Each correction returns the document after it, and a `SpeakersPatch` that takes the correction back.
Page and server use the same ones.
"""

from __future__ import annotations

import dataclasses
import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from earwitness.domain.attribution import attribute
from earwitness.domain.documents import (
    Edit,
    OpenDocument,
    Piece,
    SpeakerMarks,
    heard_key,
    split,
)
from earwitness.domain.records import Record, clean_line
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import SpeakerCount
from earwitness.transcript import Segment, Speaker, Transcript, Turn

T = TypeVar("T")
NAME_MAX = 100
"""Characters of a speaker's name; longer ones are cut."""
COUNT_MAX = 50
"""People that a user can ask for."""


class SameNameError(BadRequestError):
    """Two speakers would have one name; the page asks whether they are one person."""


@dataclass(frozen=True, slots=True)
class SpeakersPatch:
    """What a correction changes: new values by key. None, or no words, removes one."""

    people: tuple[Speaker, ...] | None = None
    """None: they stay."""
    merged: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    chosen: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    splits: dict[str, tuple[int, ...] | None] = field(
        default_factory=dict[str, "tuple[int, ...] | None"]
    )
    edits: dict[str, Edit | None] = field(default_factory=dict[str, "Edit | None"])


Corrected = tuple[OpenDocument, SpeakersPatch]
"""The document after a correction, and what takes the correction back."""


def speaker_range(wanted: SpeakerCount) -> tuple[int, int | None] | None:
    """Return the least and the greatest number of people; None: speakers are not wanted.

    Raises:
        BadRequestError: it is no number from 1 to `COUNT_MAX`, and no two in order.
    """
    if isinstance(wanted, bool):
        return (1, None) if wanted else None
    least, *more = (wanted,) if isinstance(wanted, int) else wanted or (0,)
    most = more[0] if more else least
    if len(more) > 1 or not 1 <= least <= most <= COUNT_MAX:
        raise BadRequestError(
            f"speakers should be true, a number from 1 to {COUNT_MAX}, or two of them in order.",
            hint="Correct it, or use true to let the number be found.",
        )
    return least, most


# ---------------------------------------------------------------- reading


def speakers_of(opened: OpenDocument) -> tuple[Speaker, ...]:
    """Return the people of a document, and how long each speaks.

    That is the length of their turns. Where the user has corrected who says a segment, or there are
    no turns, it is the length of the segments.
    """
    marks = opened.document.speakers
    names = {person.id: person.name for person in marks.people if person.id not in marks.merged}
    spoken_s: dict[str | None, float] = defaultdict(float)
    for turn in marks.turns:
        spoken_s[marks.now(turn.speaker)] += turn.end_s - turn.start_s
    for piece in opened.pieces:
        who = opened.speaker(piece)
        if who is not None:
            names.setdefault(who, who)
        measured = marks.measured(piece.key)
        if who != measured:
            length_s = piece.heard.end_s - piece.heard.start_s
            spoken_s[who] += length_s
            spoken_s[measured] -= length_s
    return tuple(
        Speaker(id_, name, round(max(0.0, spoken_s[id_]), 3)) for id_, name in names.items()
    )


def turns_of(marks: SpeakerMarks) -> tuple[Turn, ...]:
    """Return the turns as measured, each of the person that its speaker is now known as."""
    if not marks.merged:
        return marks.turns
    return tuple(dataclasses.replace(turn, speaker=marks.now(turn.speaker)) for turn in marks.turns)


def with_speakers(record: Record, opened: OpenDocument) -> Record:
    """Return the record with the people of its document."""
    speakers = speakers_of(opened)
    return record if record.speakers == speakers else dataclasses.replace(record, speakers=speakers)


def with_names(transcript: Transcript) -> Transcript:
    """Return the transcript with the speakers' names in the place of their ids, for exports."""
    names = {speaker.id: speaker.name for speaker in transcript.speakers}
    if all(id_ == name for id_, name in names.items()):
        return transcript

    def named(segment: Segment) -> Segment:
        if segment.speaker is None:
            return segment
        return dataclasses.replace(segment, speaker=names.get(segment.speaker, segment.speaker))

    return dataclasses.replace(transcript, segments=tuple(map(named, transcript.segments)))


HITS_MOST = 500
"""Hits among which those of one speaker are looked for."""


def has_speaker(speakers: Iterable[Speaker], name: str) -> bool:
    """Return whether one of these people has the name, in any case."""
    return any(person.name.casefold() == name.casefold() for person in speakers)


def is_said_by(segment: int | None, opened: OpenDocument, name: str) -> bool:
    """Return whether a person of this name says a segment of the document."""
    if segment is None or not 0 <= segment < len(opened.pieces):
        return False
    who = opened.speaker(opened.pieces[segment])
    if who is None:
        return False
    known = (each.name for each in opened.document.speakers.people if each.id == who)
    return next(known, who).casefold() == name.casefold()


# ---------------------------------------------------------------- what the analysis finds


def apply_turns(
    opened: OpenDocument, people: Sequence[Speaker], turns: Sequence[Turn]
) -> OpenDocument:
    """Return the document with the result of an analysis of the sound.

    A person whose turns overlap with those of an earlier result keeps the earlier id and name.
    What the user corrected stays.
    """
    before = opened.document.speakers
    ids = _matched(people, turns, before)
    placed = tuple(dataclasses.replace(turn, speaker=ids[turn.speaker]) for turn in turns)
    names = {person.id: person.name for person in before.people}
    known = [
        Speaker(ids[each.id], names.get(ids[each.id], ids[each.id]), each.spoken_s)
        for each in people
    ]
    present = {person.id for person in known}
    merged = {one: other for one, other in before.merged.items() if one in present}
    corrected = {*before.chosen.values(), *merged.values()}
    known += [
        dataclasses.replace(person, spoken_s=0.0)
        for person in before.people
        if person.id not in present
        and (person.id in corrected or (person.name != person.id and not before.turns))
    ]
    marks = dataclasses.replace(
        before, people=tuple(known), turns=placed, merged=merged, found={},
        splits={key: at for key, at in before.splits.items() if _is_corrected(key, opened)},
    )  # fmt: skip
    return apply_attribution(_with_marks(opened, marks))


def apply_attribution(opened: OpenDocument) -> OpenDocument:
    """Return the document with a speaker for each segment that has none, by its turns.

    A segment in which the speaker changes is split, unless it is corrected.
    """
    marks = opened.document.speakers
    if not marks.turns:
        return opened
    found, splits = dict(marks.found), dict(marks.splits)
    visible = [piece for piece in opened.whole_pieces if not _has_speaker(piece, marks)]
    whole = [piece for piece in visible if not _is_corrected(piece.key, opened)]
    for piece, parts in zip(whole, _attributed(whole, marks.turns), strict=True):
        starts = tuple(itertools.accumulate(len(part.words) for part in parts[:-1]))
        if starts:
            splits[piece.key] = starts
        for part, segment in zip(split(piece, starts), parts, strict=True):
            if segment.speaker:
                found[part.key] = segment.speaker
    kept = [
        part
        for piece in visible
        if _is_corrected(piece.key, opened)
        for part in split(piece, splits.get(piece.key, ()))
    ]
    wordless = [Piece(part.key, dataclasses.replace(part.heard, words=())) for part in kept]
    for part, (segment,) in zip(wordless, _attributed(wordless, marks.turns), strict=True):
        if segment.speaker:
            found[part.key] = segment.speaker
    return _with_marks(opened, dataclasses.replace(marks, found=found, splits=splits))


def _attributed(pieces: Sequence[Piece], turns: Sequence[Turn]) -> list[list[Segment]]:
    """Return each segment in parts of one speaker."""
    parts = iter(attribute([piece.heard for piece in pieces], turns))
    found: list[list[Segment]] = []
    for piece in pieces:
        own = [next(parts)]
        while sum(len(part.words) for part in own) < len(piece.heard.words):
            own.append(next(parts))
        found.append([part.segment for part in own])
    return found


def _has_speaker(piece: Piece, marks: SpeakerMarks) -> bool:
    return piece.key in marks.found or f"{piece.key}:0" in marks.found


def _is_corrected(key: str, opened: OpenDocument) -> bool:
    """Return whether the user has corrected a segment as it was heard, or a part of it."""
    marks, edits = opened.document.speakers, opened.document.edits
    keys = [key, *(f"{key}:{at}" for at in (0, *marks.splits.get(key, ())))]
    return any(each in marks.chosen or each in edits for each in keys)


def _matched(
    people: Sequence[Speaker], turns: Sequence[Turn], before: SpeakerMarks
) -> dict[str, str]:
    """Return the earlier id of each person whose turns overlap most with those of it, or a new one.

    An earlier id is given once.
    """
    shared: dict[tuple[str, str], float] = defaultdict(float)
    earlier = sorted(before.turns, key=lambda turn: turn.start_s)
    starts = [turn.start_s for turn in earlier]
    longest_s = max((turn.end_s - turn.start_s for turn in earlier), default=0.0)
    for turn in turns:
        first = bisect_left(starts, turn.start_s - longest_s)
        for other in earlier[first : bisect_left(starts, turn.end_s)]:
            common_s = min(turn.end_s, other.end_s) - max(turn.start_s, other.start_s)
            if common_s > 0:
                shared[turn.speaker, other.speaker] += common_s
    ids: dict[str, str] = {}
    for now, old in sorted(shared, key=lambda pair: -shared[pair]):
        if now not in ids and old not in ids.values():
            ids[now] = old
    taken = {*ids.values(), *(person.id for person in before.people)}
    for person in people:
        if person.id not in ids:
            ids[person.id] = person.id if person.id not in taken else _new_id(taken)
            taken.add(ids[person.id])
    return ids


# ---------------------------------------------------------------- what the user corrects


def rename(opened: OpenDocument, speaker: str, name: str) -> Corrected:
    """Give a person another name, everywhere.

    Raises:
        NotFoundError: there is no such person.
        BadRequestError: the name is empty.
        SameNameError: another person has the name.
    """
    people = _people(opened)
    _check_known(speaker, people)
    name = _clean(name)
    for person in people:
        if person.id != speaker and person.name.casefold() == name.casefold():
            raise SameNameError(
                f"There is a speaker named “{person.name}” already.",
                hint="Merge the two if they are one person, or choose another name.",
                detail=person.id,
            )
    renamed = (dataclasses.replace(p, name=name) if p.id == speaker else p for p in people)
    return apply_patch(opened, SpeakersPatch(people=(*renamed, *_gone(opened))))


def merge(opened: OpenDocument, speaker: str, into: str) -> Corrected:
    """Make one person of two; the name is that of `into`.

    Raises:
        NotFoundError: there is no such person.
        BadRequestError: both are one person already.
    """
    people = _people(opened)
    _check_known(speaker, people)
    _check_known(into, people)
    if speaker == into:
        raise BadRequestError("A speaker cannot be merged with itself.", hint="Choose another one.")
    marks = opened.document.speakers
    merged: dict[str, str | None] = {
        one: into for one, other in marks.merged.items() if other == speaker
    }
    patch = SpeakersPatch(people=(*people, *_gone(opened)), merged={**merged, speaker: into})
    return apply_patch(opened, patch)


def add_speaker(opened: OpenDocument, name: str) -> Corrected:
    """Add a person who says nothing yet; no model is needed.

    Raises:
        BadRequestError: the name is empty.
        SameNameError: another person has the name.
    """
    people = _people(opened)
    person = Speaker(_new_id({each.id for each in (*people, *_gone(opened))}), "")
    added, undo = apply_patch(opened, SpeakersPatch(people=(*people, *_gone(opened), person)))
    named, _ = rename(added, person.id, name)
    return named, undo


def assign(
    opened: OpenDocument, segment: int, speaker: str, *, following: bool = False
) -> Corrected:
    """Let a segment be said by a person; empty: by nobody known.

    `following`: also every later segment that the same person as this one says.

    Raises:
        NotFoundError: there is no such segment or person.
    """
    _check_segment(opened, segment)
    if speaker:
        _check_known(speaker, _people(opened))
    was = opened.speaker(opened.pieces[segment])
    later = opened.pieces[segment + 1 :] if following else []
    pieces = [opened.pieces[segment], *(piece for piece in later if opened.speaker(piece) == was)]
    return apply_patch(opened, SpeakersPatch(chosen={piece.key: speaker for piece in pieces}))


def split_segment(opened: OpenDocument, segment: int, word: int, speaker: str) -> Corrected:
    """Split a segment before one of its words; the words from there on are said by a person.

    A corrected text is divided too.

    Raises:
        NotFoundError: there is no such segment, word or person.
    """
    _check_segment(opened, segment)
    if speaker:
        _check_known(speaker, _people(opened))
    piece, marks = opened.pieces[segment], opened.document.speakers
    shown = opened.read(segment)
    if not 0 < word < len(shown.words):
        raise NotFoundError(
            f"Sentence number {segment + 1} has no word to split before.",
            hint="Choose a word after its first one; a text without word times cannot be split.",
        )
    at = _heard_word(piece, shown, word)
    if not at:
        raise NotFoundError(
            f"Sentence number {segment + 1} was heard as one word.", hint="It cannot be split."
        )
    whole = heard_key(piece.key)
    first = int(piece.key.partition(":")[2] or 0)
    left, right = f"{whole}:{first}", f"{whole}:{first + at}"
    patch = SpeakersPatch(
        chosen={left: opened.speaker(piece) or "", right: speaker},
        splits={whole: tuple(sorted({*marks.splits.get(whole, ()), first + at}))},
    )
    edit = opened.document.edits.get(piece.key)
    if edit is not None:
        texts = (shown.words[:word], shown.words[word:])
        one, other = ("".join(each.text for each in words).strip() for words in texts)
        patch.edits.update({piece.key: None, left: dataclasses.replace(edit, text=one),
                            right: dataclasses.replace(edit, text=other)})  # fmt: skip
    return apply_patch(opened, patch)


def apply_patch(opened: OpenDocument, patch: SpeakersPatch) -> Corrected:
    """Apply a correction, or what takes one back."""
    document, marks = opened.document, opened.document.speakers
    undo = SpeakersPatch(
        people=None if patch.people is None else marks.people,
        merged=_values(marks.merged, patch.merged),
        chosen=_values(marks.chosen, patch.chosen),
        splits=_values(marks.splits, patch.splits),
        edits=_values(document.edits, patch.edits),
    )
    after = dataclasses.replace(
        marks,
        people=marks.people if patch.people is None else patch.people,
        merged=_patched(marks.merged, patch.merged),
        chosen=_patched(marks.chosen, patch.chosen),
        splits=_patched(marks.splits, patch.splits),
    )
    edits = _patched(document.edits, patch.edits)
    return opened.with_document(dataclasses.replace(document, edits=edits, speakers=after)), undo


def _values(values: Mapping[str, T], keys: Iterable[str]) -> dict[str, T | None]:
    return {key: values.get(key) for key in keys}


def _patched(values: Mapping[str, T], patch: Mapping[str, T | None]) -> dict[str, T]:
    both = {**values, **patch}
    return {key: value for key, value in both.items() if value is not None}


def _with_marks(opened: OpenDocument, marks: SpeakerMarks) -> OpenDocument:
    return opened.with_document(dataclasses.replace(opened.document, speakers=marks))


def _people(opened: OpenDocument) -> tuple[Speaker, ...]:
    """Return everybody who can be named, those too that a segment came with."""
    return speakers_of(opened)


def _gone(opened: OpenDocument) -> tuple[Speaker, ...]:
    """Return those who turned out to be another person."""
    marks = opened.document.speakers
    return tuple(person for person in marks.people if person.id in marks.merged)


def _check_known(speaker: str, people: Sequence[Speaker]) -> None:
    if all(person.id != speaker for person in people):
        raise NotFoundError(
            f"There is no speaker {speaker!r:.80} in this transcript.",
            hint="Open the transcript again.",
        )


def _check_segment(opened: OpenDocument, segment: int) -> None:
    if not 0 <= segment < len(opened.pieces):
        raise NotFoundError(
            f"There is no sentence number {segment + 1}.", hint="Open the transcript again."
        )


def _clean(name: str) -> str:
    cleaned = clean_line(name)[:NAME_MAX].rstrip()
    if not cleaned:
        raise BadRequestError("A speaker needs a name.", hint="Type one.")
    return cleaned


def _new_id(taken: Collection[str]) -> str:
    return next(id_ for n in itertools.count(1) if (id_ := f"S{n}") not in taken)


def _heard_word(piece: Piece, shown: Segment, word: int) -> int:
    """Return the number of the heard word at which a shown word begins; 0: there is none."""
    if len(shown.words) == len(piece.heard.words):
        return word
    start_s = shown.words[word].start_s
    distances = [abs(each.start_s - start_s) for each in piece.heard.words]
    return min(range(1, len(distances)), key=distances.__getitem__, default=0)
