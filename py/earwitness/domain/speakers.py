"""The speakers of a document: who they are, what each says, and what an analysis finds."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from earwitness.domain.attribution import (
    attribute,
    common_s,
    turns_in_channels,
    uncertain_runs,
)
from earwitness.domain.documents import (
    Document,
    OpenDocument,
    Piece,
    SpeakerMarks,
    parted,
    whole_key,
)
from earwitness.domain.records import Record
from earwitness.errors import BadRequestError
from earwitness.messages import SpeakerCount, SpeakerState
from earwitness.transcript import Segment, Speaker, Transcript, Turn

COUNT_MAX = 50
"""People that a user can ask for."""
FINDING: frozenset[SpeakerState] = frozenset({"queued", "loading", "running"})
"""The speakers are still to be found."""
UNNAMED = r"^S\d+$"
"""Matches the name of a speaker that nobody has named, which is the one of `new_id`."""


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
        measured = marks.measured(opened.spoken_key(piece))
        if who != measured:
            length_s = piece.heard.end_s - piece.heard.start_s
            spoken_s[who] += length_s
            spoken_s[measured] -= length_s
    return tuple(
        Speaker(id_, name, round(max(0.0, spoken_s[id_]), 3)) for id_, name in names.items()
    )


def with_new_indices(record: Record, opened: OpenDocument) -> OpenDocument:
    """Return the document as one in which this revision of the record changed segments' indices."""
    document = dataclasses.replace(opened.document, stable_since=record.revision)
    return opened.with_document(document)


def turns_of(marks: SpeakerMarks) -> tuple[Turn, ...]:
    """Return the turns as measured, each of the person that its speaker is now known as."""
    if not marks.merged:
        return marks.turns
    return tuple(dataclasses.replace(turn, speaker=marks.now(turn.speaker)) for turn in marks.turns)


def with_speakers(record: Record, opened: OpenDocument) -> Record:
    """Return the record with the people of its document."""
    speakers = speakers_of(opened)
    return record if record.speakers == speakers else dataclasses.replace(record, speakers=speakers)


def uncertain_speakers(opened: OpenDocument) -> tuple[tuple[int, int, int], ...]:
    """Return stretches of words whose speaker is uncertain: segment, first word, word after it.

    Where the user said who says a segment, all its words are certain.
    """
    marks = opened.document.speakers
    runs = uncertain_runs(opened.segments, turns_of(marks))
    return tuple(run for run in runs if not _is_chosen(opened, opened.pieces[run[0]]))


def _is_chosen(opened: OpenDocument, piece: Piece) -> bool:
    chosen = opened.document.speakers.chosen
    return piece.key in chosen or opened.spoken_key(piece) in chosen


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

    A person whose turns overlap with those of an earlier result, or with the sentences heard in a
    channel, keeps the earlier id, and the name if it is more than the id.
    What the user corrected stays.
    """
    before = opened.document.speakers
    heard = [piece.heard for piece in opened.whole_pieces]
    ids = _matched(people, turns, before, before.turns or turns_in_channels(heard))
    placed = tuple(dataclasses.replace(turn, speaker=ids[turn.speaker]) for turn in turns)
    names = {person.id: person.name for person in before.people if person.name != person.id}
    taken = {name.casefold() for name in names.values()}
    for person in people:
        if person.name != person.id and person.name.casefold() not in taken:
            names.setdefault(ids[person.id], person.name)
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
    corrected_keys = _corrected_keys(opened.document)
    marks = dataclasses.replace(
        before, people=tuple(known), turns=placed, merged=merged, found={},
        splits={key: at for key, at in before.splits.items() if key in corrected_keys},
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
    corrected_keys = _corrected_keys(opened.document)
    visible = [piece for piece in opened.whole_pieces if not _has_speaker(piece, marks)]
    whole = [piece for piece in visible if piece.key not in corrected_keys]
    everything = [piece.heard for piece in opened.whole_pieces]
    for piece, parts in zip(whole, _attributed(whole, marks.turns, everything), strict=True):
        starts = tuple(itertools.accumulate(len(part.words) for part in parts[:-1]))
        if starts:
            splits[piece.key] = starts
        for part, segment in zip(parted(piece, starts), parts, strict=True):
            if segment.speaker:
                found[part.key] = segment.speaker
    kept = [
        part
        for piece in visible
        if piece.key in corrected_keys
        for part in parted(piece, splits.get(piece.key, ()))
    ]
    wordless = [Piece(part.key, dataclasses.replace(part.heard, words=())) for part in kept]
    for part, (segment,) in zip(
        wordless, _attributed(wordless, marks.turns, everything), strict=True
    ):
        if segment.speaker:
            found[part.key] = segment.speaker
    splits = marks.splits if splits == marks.splits else splits
    return _with_marks(opened, dataclasses.replace(marks, found=found, splits=splits))


def _attributed(
    pieces: Sequence[Piece], turns: Sequence[Turn], everything: Sequence[Segment]
) -> list[list[Segment]]:
    """Return each segment in parts of one speaker; `everything`: as of `attribute`."""
    parts = iter(attribute([piece.heard for piece in pieces], turns, everything))
    found: list[list[Segment]] = []
    for piece in pieces:
        own = [next(parts)]
        while sum(len(part.words) for part in own) < len(piece.heard.words):
            own.append(next(parts))
        found.append([part.segment for part in own])
    return found


def _has_speaker(piece: Piece, marks: SpeakerMarks) -> bool:
    return piece.key in marks.found or f"{piece.key}:0" in marks.found


def _corrected_keys(document: Document) -> set[str]:
    """Return the keys of the whole heard segments of which the user has corrected something."""
    in_passages = (key for passage in document.passages.values() for key in passage.keys)
    return {whole_key(key) for key in (*document.edits, *document.speakers.chosen, *in_passages)}


def _matched(
    people: Sequence[Speaker],
    turns: Sequence[Turn],
    before: SpeakerMarks,
    earlier: Sequence[Turn],
) -> dict[str, str]:
    """Return the earlier id of each person whose turns overlap most with those of it, or a new one.

    An earlier id is given once.
    """
    shared = common_s(turns, earlier)
    ids: dict[str, str] = {}
    for now, old in sorted(shared, key=lambda pair: -shared[pair]):
        if now not in ids and old not in ids.values():
            ids[now] = old
    taken = {*ids.values(), *(person.id for person in before.people)}
    for person in people:
        if person.id not in ids:
            ids[person.id] = person.id if person.id not in taken else new_id(taken)
            taken.add(ids[person.id])
    return ids


def _with_marks(opened: OpenDocument, marks: SpeakerMarks) -> OpenDocument:
    return opened.with_document(dataclasses.replace(opened.document, speakers=marks))


def new_id(taken: Collection[str]) -> str:
    """Return an id that nobody has."""
    return next(id_ for n in itertools.count(1) if (id_ := f"S{n}") not in taken)
