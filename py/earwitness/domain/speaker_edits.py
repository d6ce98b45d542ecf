"""The user's corrections of who says what in a document.

Each returns the document after it, and the `Change` that takes the correction back. Page and
server use the same ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from earwitness.domain import edits, redaction_edits
from earwitness.domain.changes import Change
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Wanted, letters_before, split_after, unredacted_letters
from earwitness.domain.passages import clean
from earwitness.domain.records import clean_line
from earwitness.domain.speakers import new_id, speakers_of
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.transcript import Speaker

NAME_MAX = 100
"""Characters of a speaker's name; longer ones are cut."""


class SameNameError(BadRequestError):
    """Two speakers would have one name; the page asks whether they are one person."""


def rename(opened: OpenDocument, speaker: str, name: str) -> OpenDocument:
    """Give a person another name, everywhere.

    Raises:
        NotFoundError: there is no such person.
        BadRequestError: the name is empty.
        SameNameError: another person has the name.
    """
    people = speakers_of(opened)
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
    return Change(people=(*renamed, *_gone(opened))).apply(opened)[0]


def merge(opened: OpenDocument, speaker: str, into: str) -> OpenDocument:
    """Make one person of two; the name is that of `into`.

    Raises:
        NotFoundError: there is no such person.
        BadRequestError: both are one person already.
    """
    people = speakers_of(opened)
    _check_known(speaker, people)
    _check_known(into, people)
    if speaker == into:
        raise BadRequestError("A speaker cannot be merged with itself.", hint="Choose another one.")
    marks = opened.document.speakers
    merged: dict[str, str | None] = {
        one: into for one, other in marks.merged.items() if other == speaker
    }
    patch = Change(people=(*people, *_gone(opened)), merged={**merged, speaker: into})
    return patch.apply(opened)[0]


def add_speaker(opened: OpenDocument, name: str) -> OpenDocument:
    """Add a person who says nothing yet; no model is needed.

    Raises:
        BadRequestError: the name is empty.
        SameNameError: another person has the name.
    """
    people = speakers_of(opened)
    person = Speaker(new_id({each.id for each in (*people, *_gone(opened))}), "")
    added, _ = Change(people=(*people, *_gone(opened), person)).apply(opened)
    return rename(added, person.id, name)


def assign(
    opened: OpenDocument, segment: int, speaker: str, *, following: bool = False
) -> OpenDocument:
    """Let a segment be said by a person; empty: by nobody known.

    `following`: also every later segment that the same person as this one says.

    Raises:
        NotFoundError: there is no such segment or person.
    """
    _check_segment(opened, segment)
    if speaker:
        _check_known(speaker, speakers_of(opened))
    was = opened.speaker(opened.pieces[segment])
    later = range(segment + 1, len(opened.pieces)) if following else ()
    own = [segment, *(i for i in later if opened.speaker(opened.pieces[i]) == was)]
    return _with_chosen(opened, dict.fromkeys(own, speaker))


def _with_chosen(opened: OpenDocument, speakers: Mapping[int, str]) -> OpenDocument:
    """Let these segments have speakers; all others keep theirs."""
    pieces = opened.pieces
    chosen: dict[str, str | None] = {pieces[i].key: speaker for i, speaker in speakers.items()}
    for segment in speakers:
        # A later part of a split segment is, by default, of the speaker of its first part.
        for i in range(segment + 1, len(pieces)):
            if pieces[i].passage is None or pieces[i].passage is not pieces[segment].passage:
                break
            known = pieces[i].key in opened.document.speakers.chosen
            if i not in speakers and not known and opened.spoken_key(pieces[i]) in chosen:
                chosen[pieces[i].key] = opened.speaker(pieces[i]) or ""
    return Change(chosen=chosen).apply(opened)[0]


def unchosen_of_same_speaker(opened: OpenDocument, segment: int) -> list[int]:
    """Return the other segments of a segment's speaker whose speaker the user did not choose.

    Raises:
        NotFoundError: there is no such segment.
        BadRequestError: its speaker is unknown.
    """
    _check_segment(opened, segment)
    who = opened.speaker(opened.pieces[segment])
    if who is None:
        raise BadRequestError("Nobody is known to say this sentence.", hint="Choose a speaker.")
    chosen = opened.document.speakers.chosen
    return [
        index
        for index, piece in enumerate(opened.pieces)
        if index != segment and piece.key not in chosen and opened.speaker(piece) == who
    ]


def give_to_new_speaker(opened: OpenDocument, segments: Sequence[int]) -> OpenDocument:
    """Let segments be said by somebody new, who has an id for a name."""
    people = (*speakers_of(opened), *_gone(opened))
    id_ = new_id({each.id for each in people})
    chosen: dict[str, str | None] = {opened.pieces[segment].key: id_ for segment in segments}
    return Change(people=(*people, Speaker(id_, id_)), chosen=chosen).apply(opened)[0]


def with_named(opened: OpenDocument, name: str) -> tuple[OpenDocument, str]:
    """Return the document with a person of that name, who may be new, and the person's id.

    Raises:
        BadRequestError: the name is empty.
    """
    wanted = _clean(name).casefold()
    for person in speakers_of(opened):
        if person.name.casefold() == wanted:
            return opened, person.id
    opened = add_speaker(opened, name)
    return opened, opened.document.speakers.people[-1].id


def assign_words(
    opened: OpenDocument, start: tuple[int, int], stop: tuple[int, int], speaker: str, at: str
) -> OpenDocument:
    """Return the document in which a person says words; an empty id: nobody known does.

    Segments are split where the words begin and end. `start` and `stop` are a segment and a
    character of its text without space at its ends; `stop` is the one after the last.

    Raises:
        NotFoundError: there is no such segment or person.
        BadRequestError: there are no words between the two.
    """
    (first, begin), (last, end) = start, stop
    whole = opened
    _check_segment(opened, first)
    _check_segment(opened, last)
    if speaker:
        _check_known(speaker, speakers_of(opened))
    texts = [clean(opened.text(opened.pieces[segment])) for segment in (first, last)]
    before, until = letters_before(texts[0], begin), letters_before(texts[1], end)
    if (first, before) >= (last, until):
        raise BadRequestError("There are no words to give.", hint="Select some words.")
    if before >= letters_before(texts[0], len(texts[0])):
        first, before = first + 1, 0
    if not until:
        last, until = last - 1, -1
    if 0 < until < letters_before(texts[1], len(texts[1])):
        opened = split_after(opened, last, unredacted_letters(opened, last, until), at)
    if before:
        opened = split_after(opened, first, unredacted_letters(opened, first, before), at)
        first, last = first + 1, last + 1
    opened = redaction_edits.keep_hidden(whole, opened)
    own = [
        segment
        for segment in range(first, last + 1)
        if (opened.speaker(opened.pieces[segment]) or "") != speaker
    ]
    return _with_chosen(opened, dict.fromkeys(own, speaker))


def apply(opened: OpenDocument, wanted: Wanted, at: str, duration_s: float = 0.0) -> OpenDocument:
    """Return the document after changes of segments, of who says them and of what is redacted.

    Somebody who has no name yet becomes a new speaker. Segments are replaced last.

    Raises:
        NotFoundError: there is no such segment or person.
        BadRequestError: a change is not possible, or a name is empty.
    """
    _check_replacements(wanted)
    if wanted.replacements and opened.document.redactions:
        raise BadRequestError(
            "Sentences cannot be replaced in a text with redacted words.",
            hint="Correct, split or join them instead.",
        )
    redacted = redaction_edits.spans_of(opened, wanted.redact)
    for segment in (*wanted.speakers, *wanted.speaker_ids):
        _check_segment(opened, segment)
    ids: dict[str | None, str] = {None: ""}
    for name in wanted.speakers.values():
        if name is not None and name not in ids:
            opened, ids[name] = with_named(opened, name)
    known = speakers_of(opened)
    for speaker in {*wanted.speaker_ids.values()} - {""}:
        _check_known(speaker, known)
    chosen = {
        segment: ids[name]
        for segment, name in wanted.speakers.items()
        if (opened.speaker(opened.pieces[segment]) or "") != ids[name]
    }
    chosen |= wanted.speaker_ids
    if chosen:
        opened = _with_chosen(opened, chosen)
    before = opened
    opened = edits.apply(opened, wanted, at, duration_s)
    # From the end, so that the indices before stay as they are.
    for each in sorted(wanted.replacements, key=lambda each: each.first, reverse=True):
        opened = edits.replace(opened, each, at, duration_s)
        for segment, sentence in enumerate(each.sentences, each.first):
            if sentence.speaker is not None:
                opened = _said_by(opened, segment, sentence.speaker or None)
    opened = redaction_edits.keep_hidden(before, opened, wanted.texts.values())
    opened = redaction_edits.unredact(opened, wanted.unredact)
    return redaction_edits.redact(opened, redacted)


def _check_replacements(wanted: Wanted) -> None:
    """Refuse other changes of segments that are replaced, or that change where these are."""
    replaced = [segment for each in wanted.replacements for segment in each.segments]
    others = dataclasses.replace(wanted, replacements=()).segments
    moves_them = wanted.splits or wanted.cuts or wanted.joins or wanted.deletions or wanted.restored
    if replaced and (
        moves_them or len({*replaced}) < len(replaced) or not others.isdisjoint(replaced)
    ):
        raise BadRequestError(
            "Two changes of the same sentences contradict each other.",
            hint="Send them one after the other.",
        )


def _said_by(opened: OpenDocument, segment: int, name: str | None) -> OpenDocument:
    """Return the document in which somebody of that name says a segment; None: nobody known."""
    _check_segment(opened, segment)
    who = ""
    if name is not None:
        opened, who = with_named(opened, name)
    if (opened.speaker(opened.pieces[segment]) or "") != who:
        opened = assign(opened, segment, who)
    return opened


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
