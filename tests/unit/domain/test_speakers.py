"""Corrections of who says what: each changes one thing, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from earwitness.domain import edits as text_edits
from earwitness.domain import speaker_edits as e
from earwitness.domain import speakers as s
from earwitness.domain.changes import Change, Splice, between, splices
from earwitness.domain.documents import Document, Edit, Layer, OpenDocument
from earwitness.domain.edits import apply_edits
from earwitness.domain.records import Record
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.transcript import Segment, Speaker, Transcript, Turn, Word

NOW = "2026-11-30T12:00:00.000Z"
RECORD = Record("x", "Talk", "2026-11-30T12:00:00.000Z", "base")
PEOPLE = (Speaker("S1", "S1", 8.0), Speaker("S2", "S2", 6.0))
TURNS = (Turn("S1", 0, 5), Turn("S2", 5, 9), Turn("S1", 9, 12), Turn("S2", 12, 14))


def sentence(start_s: float, *words: str) -> Segment:
    """Return a sentence of words of a second each."""
    said = tuple(Word(f" {word}", start_s + i, start_s + i + 0.9) for i, word in enumerate(words))
    return Segment(start_s, start_s + len(words), "".join(each.text for each in said), said)


HEARD = (
    sentence(0, "One", "two", "three."),
    sentence(3, "Four", "five", "six", "seven."),
    sentence(9, "Eight", "nine."),
    sentence(12, "Ten", "eleven."),
)


def document(*segments: Segment, speakers: bool = True) -> OpenDocument:
    row = WindowRow(0, 0, 0.0, 30.0, segments or HEARD)
    opened = OpenDocument(Document("x", (Layer(1, finished=True),)), {1: [row]})
    return s.apply_turns(opened, PEOPLE, TURNS) if speakers else opened


def said(opened: OpenDocument) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text.strip()) for segment in opened.segments]


SAID = [
    ("S1", "One two three."),
    ("S1", "Four five"),
    ("S2", "six seven."),
    ("S1", "Eight nine."),
    ("S2", "Ten eleven."),
]


def test_turns_split_a_sentence_in_which_the_speaker_changes() -> None:
    opened = document()
    assert said(opened) == SAID
    assert all(w.speaker == seg.speaker for seg in opened.segments for w in seg.words)
    assert s.speakers_of(opened) == PEOPLE
    assert opened.segments[2].start_s == 5
    assert opened.segments[2].end_s == 7


def test_sentences_of_channels_have_speakers_before_and_after_the_analysis() -> None:
    heard = [replace(seg, speaker=f"S{n % 2 + 1}", channel=n % 2) for n, seg in enumerate(HEARD)]
    opened = document(*heard, speakers=False)
    assert [who for who, _ in said(opened)] == ["S1", "S2", "S1", "S2"]
    assert [person.id for person in s.speakers_of(opened)] == ["S1", "S2"]
    renamed = e.rename(opened, "S2", "Bob")
    people = (Speaker("S1", "S1", 6.0), Speaker("S2", "S2", 5.0))
    turns = (Turn("S1", 3, 7), Turn("S2", 0, 3), Turn("S2", 9, 11), Turn("S1", 12, 14))
    found = s.apply_turns(renamed, people, turns)
    assert [who for who, _ in said(found)] == ["S1", "S2", "S1", "S2"], "the ids stay"
    assert {person.id: person.name for person in s.speakers_of(found)} == {"S1": "S1", "S2": "Bob"}


def test_a_document_without_speakers_is_as_it_was() -> None:
    opened = document(speakers=False)
    assert opened.segments == HEARD
    assert s.speakers_of(opened) == ()
    assert s.apply_attribution(opened) is opened


def taken_back(before: OpenDocument, after: OpenDocument) -> Change:
    return between(after.document, before.document)


@pytest.mark.parametrize(
    "correct",
    [
        lambda opened: e.rename(opened, "S1", "Anna"),
        lambda opened: e.merge(opened, "S2", "S1"),
        lambda opened: e.assign(opened, 0, "S2"),
        lambda opened: e.assign(opened, 0, ""),
        lambda opened: e.assign(opened, 1, "S2", following=True),
        lambda opened: e.assign_words(opened, (0, 4), (0, 99), "S2", NOW),
        lambda opened: e.assign_words(opened, (2, 6), (2, 99), "S1", NOW),
        lambda opened: e.add_speaker(opened, "Ben"),
    ],
    ids=["rename", "merge", "assign", "nobody", "following", "split", "split a part", "add"],
)
def test_each_correction_changes_something_and_is_taken_back(
    correct: Callable[[OpenDocument], OpenDocument],
) -> None:
    before = document()
    after = correct(before)
    assert (after.segments, s.speakers_of(after)) != (before.segments, s.speakers_of(before))
    back, redo = taken_back(before, after).apply(after)
    assert back.document == before.document
    assert back.segments == before.segments
    again, _ = redo.apply(back)
    assert again.document == after.document


def test_splices_of_a_merge_are_right_where_segments_come_and_go() -> None:
    before = document()
    joined = text_edits.apply(before, text_edits.Wanted({}, joins=[0]), NOW)
    after = e.merge(joined, "S2", "S1")
    changes = between(before.document, after.document), between(after.document, before.document)
    found = splices(before, after, *changes)
    assert found == (Splice(0, 2, 1), Splice(2, 1, 1), Splice(4, 1, 1))


def test_words_under_two_voices_and_words_far_from_all_are_uncertain() -> None:
    turns = (Turn("S1", 0, 3), Turn("S2", 1.9, 2.9), Turn("S2", 12, 14))
    row = WindowRow(0, 0, 0.0, 30.0, HEARD)
    opened = OpenDocument(Document("x", (Layer(1, finished=True),)), {1: [row]})
    opened = s.apply_turns(opened, PEOPLE, turns)
    assert s.uncertain_speakers(opened) == ((0, 2, 3), (1, 1, 4), (2, 0, 2))
    merged = e.merge(opened, "S2", "S1")
    assert s.uncertain_speakers(merged) == ((1, 1, 4), (2, 0, 2))
    chosen = e.assign(opened, 1, "S2")
    assert s.uncertain_speakers(chosen) == ((0, 2, 3), (2, 0, 2))


def test_short_turn_that_follows_its_sentence_is_uncertain() -> None:
    row = WindowRow(0, 0, 0.0, 30.0, (HEARD[0],))
    opened = OpenDocument(Document("x", (Layer(1, finished=True),)), {1: [row]})
    opened = s.apply_turns(opened, PEOPLE, (Turn("S1", 0, 2.95), Turn("S2", 2.95, 3.2)))
    assert s.uncertain_speakers(opened) == ()
    quick = Segment(0, 2.4, " One two so.", (*HEARD[0].words[:2], Word(" so.", 2.0, 2.4)))
    opened = OpenDocument(
        Document("x", (Layer(1, finished=True),)), {1: [WindowRow(0, 0, 0.0, 30.0, (quick,))]}
    )
    opened = s.apply_turns(opened, PEOPLE, (Turn("S1", 0, 1.95), Turn("S2", 1.95, 2.5)))
    assert said(opened) == [("S1", "One two so.")]
    assert s.uncertain_speakers(opened) == ((0, 2, 3),)


def test_rename_changes_the_name_and_no_id() -> None:
    opened = e.rename(document(), "S1", "  Anna\n Novak ")
    assert said(opened) == SAID
    assert [each.name for each in s.speakers_of(opened)] == ["Anna  Novak", "S2"]


def test_rename_to_a_name_that_exists_is_a_question() -> None:
    opened = e.rename(document(), "S1", "Anna")
    with pytest.raises(e.SameNameError, match="Anna") as asked:
        e.rename(opened, "S2", "anna")
    assert asked.value.detail == "S1"
    same = e.rename(opened, "S1", "ANNA")
    assert s.speakers_of(same)[0].name == "ANNA"


def test_merged_speakers_are_one_person_with_the_time_of_both() -> None:
    opened = e.merge(document(), "S2", "S1")
    assert {who for who, _ in said(opened)} == {"S1"}
    assert s.speakers_of(opened) == (Speaker("S1", "S1", 14.0),)
    assert {turn.speaker for turn in s.turns_of(opened.document.speakers)} == {"S1"}


def test_merging_twice_leaves_no_chain() -> None:
    opened = e.add_speaker(document(), "Ben")
    opened = e.merge(opened, "S2", "S1")
    before = opened
    opened = e.merge(opened, "S1", "S3")
    assert {who for who, _ in said(opened)} == {"S3"}
    assert [each.name for each in s.speakers_of(opened)] == ["Ben"]
    back, _ = taken_back(before, opened).apply(opened)
    assert {who for who, _ in said(back)} == {"S1"}


def test_one_sentence_or_all_from_here_on_are_given_to_another() -> None:
    one = e.assign(document(), 1, "S2")
    assert [who for who, _ in said(one)] == ["S1", "S2", "S2", "S1", "S2"]
    rest = e.assign(document(), 1, "S2", following=True)
    assert [who for who, _ in said(rest)] == ["S1", "S2", "S2", "S2", "S2"]
    assert [each.spoken_s for each in s.speakers_of(one)] == [6.1, 7.9]
    none = e.assign(document(), 1, "")
    assert none.segments[1].speaker is None
    assert none.segments[1].words[0].speaker is None


def test_speakers_are_added_and_named_without_a_model() -> None:
    opened = e.add_speaker(document(speakers=False), "Anna")
    opened = e.assign(opened, 0, "S1")
    assert [each.speaker for each in opened.segments] == ["S1", None, None, None]
    assert s.speakers_of(opened) == (Speaker("S1", "Anna", 3.0),)
    for name in ("", " \t", "\u202e"):
        with pytest.raises(BadRequestError, match="needs a name"):
            e.add_speaker(opened, name)


def test_speakers_that_a_file_names_can_be_renamed_and_merged() -> None:
    opened = document(
        Segment(0, 2, " Hello.", speaker="Anna"), Segment(2, 5, " Hi.", speaker="Ben"),
        speakers=False,
    )  # fmt: skip
    assert s.speakers_of(opened) == (Speaker("Anna", "Anna", 2.0), Speaker("Ben", "Ben", 3.0))
    opened = e.rename(opened, "Ben", "Benedikt")
    opened = e.merge(opened, "Anna", "Ben")
    assert s.speakers_of(opened) == (Speaker("Ben", "Benedikt", 5.0),)
    assert [each.speaker for each in opened.segments] == ["Ben", "Ben"]


@pytest.mark.parametrize(
    "correct",
    [
        lambda opened: e.rename(opened, "S9", "Anna"),
        lambda opened: e.merge(opened, "S1", "S9"),
        lambda opened: e.assign(opened, 0, "S9"),
        lambda opened: e.assign(opened, 99, "S1"),
        lambda opened: e.assign_words(opened, (-1, 0), (0, 3), "S1", NOW),
    ],
)
def test_unknown_speakers_and_segments_are_refused(
    correct: Callable[[OpenDocument], OpenDocument],
) -> None:
    with pytest.raises(NotFoundError):
        correct(document())


def test_another_analysis_keeps_names_merges_and_corrections() -> None:
    opened = e.rename(document(), "S1", "Anna")
    opened = e.rename(opened, "S2", "Ben")
    opened = e.assign(opened, 3, "S2")
    _, opened = apply_edits(RECORD, opened, {1: "Four, five,"}, "now")
    people = (Speaker("S1", "S1", 6.0), Speaker("S2", "S2", 4.0), Speaker("S3", "S3", 4.0))
    turns = (Turn("S1", 5, 9), Turn("S2", 0, 4.9), Turn("S3", 9, 10.4), Turn("S1", 12, 14))
    opened = s.apply_turns(opened, people, turns)
    assert {each.id: each.name for each in s.speakers_of(opened)} == {
        "S1": "Anna", "S2": "Ben", "S3": "S3"
    }  # fmt: skip
    assert said(opened) == [
        ("S1", "One two three."),
        ("S1", "Four, five,"),
        ("S2", "six seven."),
        ("S2", "Eight nine."),
        ("S2", "Ten eleven."),
    ]


def test_a_run_over_a_part_is_attributed_by_the_turns_that_are_there() -> None:
    opened = e.rename(document(), "S2", "Ben")
    layers = (Layer(1, finished=True), Layer(2, 9.0, 12.0, 12.0, finished=True))
    below = WindowRow(0, 0, 0.0, 30.0, HEARD)
    fresh = WindowRow(0, 0, 9.0, 12.0, (sentence(9, "Eight", "ninety."),))
    changed = Document("x", layers, speakers=opened.document.speakers)
    again = s.apply_attribution(OpenDocument(changed, {1: [below], 2: [fresh]}))
    assert said(again) == [*SAID[:3], ("S1", "Eight ninety."), SAID[4]]
    assert s.speakers_of(again)[1].name == "Ben"


def test_corrected_sentence_is_not_split_by_an_analysis() -> None:
    _, opened = apply_edits(RECORD, document(speakers=False), {1: "4 5 6 7."}, "now")
    opened = s.apply_turns(opened, PEOPLE, TURNS)
    assert [text for _, text in said(opened)][:3] == ["One two three.", "4 5 6 7.", "Eight nine."]
    assert opened.document.edits["1/0/1"] == Edit("4 5 6 7.", "now")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(False, None), (True, (1, None)), (2, (2, 2)), ((3, 5), (3, 5)), ((1, 1), (1, 1))],
)
def test_number_of_speakers(wanted: s.SpeakerCount, expected: object) -> None:
    assert s.speaker_range(wanted) == expected


@pytest.mark.parametrize("wanted", [0, -1, 51, (), (5, 3), (0, 2), (1, 2, 3), (1, 99)])
def test_invalid_numbers_of_speakers_are_refused(wanted: s.SpeakerCount) -> None:
    with pytest.raises(BadRequestError, match="speakers should be"):
        s.speaker_range(wanted)


def test_exports_have_names_in_the_place_of_ids() -> None:
    opened = e.rename(document(), "S1", "Anna")
    transcript = Transcript(
        "x", "Talk", "", 14.0, "base", segments=opened.segments, speakers=s.speakers_of(opened)
    )
    assert [each.speaker for each in s.with_names(transcript).segments] == [
        "Anna", "Anna", "S2", "Anna", "S2",
    ]  # fmt: skip


def test_segments_that_the_user_split_or_joined_keep_their_speakers() -> None:
    opened = text_edits.join(document(), 1, NOW)
    assert said(opened)[:2] == [("S1", "One two three."), ("S1", "Four five six seven.")]
    opened = text_edits.split_after(opened, 1, len("Fourfive"), NOW)
    assert said(opened) == SAID
    opened = e.assign(opened, 2, "S1")
    assert said(opened)[1:3] == [("S1", "Four five"), ("S1", "six seven.")]


def test_analysis_leaves_what_the_user_split_or_joined() -> None:
    opened = text_edits.join(document(speakers=False), 0, NOW)
    opened = s.apply_turns(opened, PEOPLE, TURNS)
    assert next(text for _, text in said(opened)) == "One two three. Four five six seven."
    opened = text_edits.split_after(document(speakers=False), 1, len("Four"), NOW)
    opened = s.apply_turns(opened, PEOPLE, TURNS)
    assert [text for _, text in said(opened)][1:3] == ["Four", "five six seven."]


def test_words_are_given_to_a_speaker_and_sentences_split_around_them() -> None:
    opened = document(speakers=False)
    named, who = e.with_named(opened, "Anna")
    assert e.with_named(named, " anna ") == (named, who)
    inside = e.assign_words(named, (1, len("Four ")), (1, len("Four five six")), who, NOW)
    assert said(inside) == [
        (None, "One two three."),
        (None, "Four"),
        (who, "five six"),
        (None, "seven."),
        (None, "Eight nine."),
        (None, "Ten eleven."),
    ]
    assert (inside.segments[2].start_s, inside.segments[2].end_s) == (4.0, 5.9)
    across = e.assign_words(named, (0, len("One two")), (2, len("Eight nine.")), who, NOW)
    assert said(across) == [
        (None, "One two"),
        (who, "three."),
        (who, "Four five six seven."),
        (who, "Eight nine."),
        (None, "Ten eleven."),
    ]
    whole = e.assign_words(across, (0, 0), (4, 99), "", NOW)
    assert {speaker for speaker, _ in said(whole)} == {None}
    for start, stop in (((1, 4), (1, 4)), ((1, 4), (1, 3)), ((2, 0), (1, 3))):
        with pytest.raises(BadRequestError):
            e.assign_words(named, start, stop, who, NOW)
    for segment, speaker in ((4, who), (-1, who), (0, "nobody")):
        with pytest.raises(NotFoundError):
            e.assign_words(named, (segment, 0), (segment, 3), speaker, NOW)


def test_words_between_two_speakers_follow_the_part_they_are_in() -> None:
    opened = document()
    after = e.assign_words(opened, (1, 5), (2, 3), "S2", NOW)
    assert said(after)[1:4] == [("S1", "Four"), ("S2", "five"), ("S2", "six")]
    assert said(after)[4:] == [("S2", "seven."), *SAID[3:]]


def test_first_words_of_a_sentence_are_given_away_and_the_rest_stays() -> None:
    named, who = e.with_named(document(speakers=False), "Anna")
    begun = e.assign_words(named, (0, 0), (0, len("One two")), who, NOW)
    assert said(begun)[:2] == [(who, "One two"), (None, "three.")]
    split = text_edits.split(named, 1, len("Four "), NOW)
    assert said(e.assign(split, 1, who))[1:3] == [(who, "Four"), (None, "five six seven.")]
