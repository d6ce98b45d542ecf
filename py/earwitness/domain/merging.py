"""Two people's changes of one text, made one: what each changed since the text they began with.

A change is a stretch of sentences with others in its place. Stretches that do not meet are all
kept. Where both changed the same sentence, its text, its times and its speaker count one by one;
what both changed is a conflict, which somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Replacement, Sentence, Wanted
from earwitness.domain.passages import clean
from earwitness.domain.scripts import join_texts
from earwitness.domain.speakers import speakers_of, turns_of
from earwitness.domain.versions import Conflict
from earwitness.transcript import Segment, Speaker, Transcript, Turn

Choice = Literal["mine", "theirs"]
MINE: Choice = "mine"


@dataclass(frozen=True, slots=True)
class Text:
    """The sentences of a text, and the people who say them."""

    sentences: tuple[Sentence, ...]
    """Their speakers are ids; empty: nobody known."""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of the people, by their ids."""
    turns: tuple[Turn, ...] = ()
    """Who speaks when, as measured; ids of two texts mean the same people where these agree."""


def text_of(opened: OpenDocument) -> Text:
    """Return the text of a document."""
    turns = turns_of(opened.document.speakers)
    return _text(opened.segments, speakers_of(opened), turns)


def text_of_transcript(transcript: Transcript) -> Text:
    """Return the text of a transcript."""
    return _text(transcript.segments, transcript.speakers, transcript.turns)


def _text(segments: Iterable[Segment], people: Iterable[Speaker], turns: tuple[Turn, ...]) -> Text:
    sentences = (
        Sentence(clean(each.text), round(each.start_s, 3), round(each.end_s, 3), each.speaker or "")
        for each in segments
    )
    return Text(tuple(sentences), {person.id: person.name for person in people}, turns)


@dataclass(frozen=True, slots=True)
class Merged:
    """What two texts lack of each other."""

    to_theirs: Wanted
    """Changes of their text, with its indices, that bring ours there."""
    to_ours: Wanted
    """Changes of our text, with its indices, that bring theirs here."""
    their_names: Mapping[str, str]
    """New names of people in their text, by id."""
    our_names: Mapping[str, str]
    """New names of people in our text, by id."""
    conflicts: tuple[Conflict, ...]
    """With indices of our text; nothing is to be changed there."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A stretch of the base in whose place another text has others."""

    first: int
    stop: int
    growth: int
    """How many sentences more stand there."""


def count_changes(base: Text, ours: Text) -> int:
    """Return at how many places a text differs from the base, renamed people included."""
    base, ours = _comparable(base, ours)
    return len(_hunks(base.sentences, ours.sentences)) + len(_renamed(base, ours))


def merge(base: Text, ours: Text, theirs: Text, choices: Mapping[int, Choice]) -> Merged:
    """Return what brings the changes of two texts together.

    `choices`: whose text stays where both changed the same, by the index in `ours`. Of a person
    whom both renamed, each text keeps its own name.
    """
    base, ours, theirs = _comparable(base, ours, theirs)
    to_theirs, to_ours = _Changes(theirs, ours), _Changes(ours, theirs)
    conflicts: list[Conflict] = []
    hunks = [_hunks(base.sentences, each.sentences) for each in (ours, theirs)]
    for stretch, own, other in _stretches(*hunks):
        before = base.sentences[stretch.start : stretch.stop]
        mine = ours.sentences[own.start : own.stop]
        new = theirs.sentences[other.start : other.stop]
        kept = _kept(before, mine, new)
        if kept is None and own.start in choices:
            kept = mine if choices[own.start] == MINE else new
        if kept is None:
            yours, others = (join_texts(each.text for each in some) for some in (mine, new))
            conflicts.append(Conflict(own.start, yours, others))
        else:
            to_theirs.put(other, kept)
            to_ours.put(own, kept)
    here, there = _renamed(base, ours), _renamed(base, theirs)
    return Merged(
        to_theirs.wanted(),
        to_ours.wanted(),
        {id_: name for id_, name in here.items() if id_ in theirs.names.keys() - there.keys()},
        {id_: name for id_, name in there.items() if id_ in ours.names.keys() - here.keys()},
        tuple(conflicts),
    )


def _comparable(base: Text, *others: Text) -> tuple[Text, ...]:
    """Return the texts with one id for one person.

    Somebody whom the base does not have is known by the name. Where the sound was analysed
    differently, speakers are left out.
    """
    texts = (base, *others)
    if any(text.turns != base.turns for text in others):
        return tuple(
            Text(tuple(replace(each, speaker=None) for each in text.sentences)) for text in texts
        )

    def known(text: Text, speaker: str | None) -> str | None:
        if not speaker or speaker in base.names:
            return speaker
        return _ADDED + text.names.get(speaker, speaker)

    return tuple(
        Text(
            tuple(replace(each, speaker=known(text, each.speaker)) for each in text.sentences),
            {id_: name for id_, name in text.names.items() if id_ in base.names},
        )
        for text in texts
    )


_ADDED = "+"
"""Before the name of somebody whom the base does not have."""


def _renamed(base: Text, text: Text) -> dict[str, str]:
    return {id_: name for id_, name in text.names.items() if name != base.names[id_]}


def _hunks(base: Sequence[Sentence], text: Sequence[Sentence]) -> list[_Hunk]:
    """Return where a text differs from the base. A neighbour belongs to what was only added."""
    most = min(len(base), len(text))
    head = next((i for i in range(most) if base[i] != text[i]), most)
    tail = next((i for i in range(most - head) if base[-1 - i] != text[-1 - i]), most - head)
    one, other = base[head : len(base) - tail], text[head : len(text) - tail]
    # A sentence stays itself while it has its place in time, whatever its text.
    spans = ([(each.start_s, each.end_s) for each in some] for some in (one, other))
    found: list[_Hunk] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *spans, autojunk=False).get_opcodes():
        first, stop, growth = head + i1, head + i2, j2 - j1 - (i2 - i1)
        if tag == "equal" or (not growth and all(map(_meet, one[i1:i2], other[j1:j2]))):
            pairs = enumerate(zip(one[i1:i2], other[j1:j2], strict=True), first)
            found += (_Hunk(i, i + 1, 0) for i, (a, b) in pairs if a != b)
        elif first < stop or not base:
            found.append(_Hunk(first, stop, growth))
        else:
            first = max(0, first - 1)
            found.append(_Hunk(first, first + 1, growth))
    return found


def _meet(one: Sentence, other: Sentence) -> bool:
    return one.start_s == other.start_s or one.end_s == other.end_s


def _stretches(ours: list[_Hunk], theirs: list[_Hunk]) -> Iterator[tuple[range, range, range]]:
    """Yield the stretches that either changed: of the base, of ours and of theirs."""
    hunks = [(hunk, 0) for hunk in ours] + [(hunk, 1) for hunk in theirs]
    hunks.sort(key=lambda each: (each[0].first, each[0].stop))
    moved = [0, 0]
    while hunks:
        first, stop = hunks[0][0].first, hunks[0][0].stop
        grown = [0, 0]
        count = 0
        for hunk, side in hunks:
            if count and hunk.first >= stop:
                break
            stop = max(stop, hunk.stop)
            grown[side] += hunk.growth
            count += 1
        del hunks[:count]
        own, other = (
            range(first + moved[side], stop + moved[side] + grown[side]) for side in (0, 1)
        )
        yield range(first, stop), own, other
        moved = [moved[0] + grown[0], moved[1] + grown[1]]


def _kept(
    base: Sequence[Sentence], ours: Sequence[Sentence], theirs: Sequence[Sentence]
) -> Sequence[Sentence] | None:
    """Return the sentences that hold what both changed; None: both changed the same."""
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    if len(base) == len(ours) == len(theirs) == 1:
        return _both(base[0], ours[0], theirs[0])
    if [each.text for each in ours] == [each.text for each in theirs]:
        return theirs
    return None


def _both(base: Sentence, ours: Sentence, theirs: Sentence) -> Sequence[Sentence] | None:
    """Return a sentence with what each changed of it; None: both changed the same."""
    fields = [
        (each.text, (each.start_s, each.end_s), each.speaker) for each in (base, ours, theirs)
    ]
    kept: list[Any] = []
    for before, mine, other in zip(*fields, strict=True):
        if before not in (mine, other) and mine != other:
            return None
        kept.append(other if mine == before else mine)
    text, (start_s, end_s), speaker = kept
    return (Sentence(text, start_s, end_s, speaker),)


class _Changes:
    """Changes of a text that put sentences of another one there."""

    def __init__(self, text: Text, other: Text) -> None:
        """`other`: whose names of people are used where the text has none."""
        self._sentences = text.sentences
        self._names = {**other.names, **text.names}
        self._texts: dict[int, str] = {}
        self._speakers: dict[int, str | None] = {}
        self._replacements: list[Replacement] = []
        self._added: list[tuple[int, tuple[Sentence, ...]]] = []

    def put(self, place: range, kept: Sequence[Sentence]) -> None:
        """Put sentences in a place of the text, as far as others stand there."""
        own = self._sentences
        while len(place) > 1 and kept and own[place[0]] == kept[0]:
            place, kept = place[1:], kept[1:]
        while len(place) > 1 and kept and own[place[-1]] == kept[-1]:
            place, kept = place[:-1], kept[:-1]
        is_moved = any(
            (own[segment].start_s, own[segment].end_s) != (each.start_s, each.end_s)
            for segment, each in zip(place, kept, strict=False)
        )
        if len(place) != len(kept) or is_moved:
            new = tuple(replace(each, speaker=self._name(each.speaker)) for each in kept)
            if place:
                self._replacements.append(Replacement(place.start, len(place), new))
            else:
                self._added.append((place.start, new))
            return
        for segment, sentence in zip(place, kept, strict=True):
            old = own[segment]
            if sentence.text != old.text:
                self._texts[segment] = sentence.text
            if sentence.speaker != old.speaker:
                self._speakers[segment] = self._name(sentence.speaker) or None

    def wanted(self) -> Wanted:
        """Return all of them; nothing can be put any more."""
        for at, sentences in self._added:
            self._add(at, sentences)
        return Wanted(self._texts, speakers=self._speakers, replacements=self._replacements)

    def _add(self, at: int, sentences: tuple[Sentence, ...]) -> None:
        """Add sentences where none stand, beside a neighbour with its own changes."""
        if not self._sentences:
            return
        segment = max(0, at - 1)
        held = next((each for each in self._replacements if segment in each.segments), None)
        if held is None:
            old = self._sentences[segment]
            who = self._speakers.pop(segment) or "" if segment in self._speakers else None
            text = self._texts.pop(segment, old.text)
            held = Replacement(segment, 1, (Sentence(text, old.start_s, old.end_s, who),))
        else:
            self._replacements.remove(held)
        both = (*held.sentences, *sentences) if at else (*sentences, *held.sentences)
        self._replacements.append(replace(held, sentences=both))

    def _name(self, speaker: str | None) -> str | None:
        if not speaker:
            return speaker
        return speaker[len(_ADDED) :] if speaker.startswith(_ADDED) else self._names[speaker]
