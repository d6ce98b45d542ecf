"""Two people's changes of one text: what is kept of both, and what somebody has to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from earwitness.domain import edits, speaker_edits
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Replacement, Sentence, Wanted
from earwitness.domain.merging import (
    Choice,
    Merged,
    Text,
    count_changes,
    merge,
    text_of,
    text_of_transcript,
)
from earwitness.domain.records import Record
from earwitness.domain.views import transcript_of
from earwitness.errors import BadRequestError, NotFoundError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.test_edits import AT, opened, said, texts

LINES = ["one two three", "four five", "six", "seven eight nine ten", "eleven twelve"]
Edit = Callable[[OpenDocument], OpenDocument]


def begin() -> OpenDocument:
    segments, start_s = [], 0.0
    for line in LINES:
        segments.append(said(start_s, line))
        start_s += len(line.split()) + 1
    return opened(*segments)


def typed(segment: int, text: str) -> Edit:
    return lambda document: edits.set_texts(document, {segment: text}, AT)


def deleted(segment: int) -> Edit:
    return lambda document: edits.delete(document, [segment], AT)


def joined(segment: int) -> Edit:
    return lambda document: edits.join(document, segment, AT)


def split(segment: int, letters: int) -> Edit:
    return lambda document: edits.split_after(document, segment, letters, AT)


def moved(segment: int, end_s: float) -> Edit:
    return lambda document: edits.move_edges(document, segment, None, end_s, AT)


def given_to(segment: int, name: str) -> Edit:
    return lambda document: speaker_edits.apply(document, Wanted({}, speakers={segment: name}), AT)


def changed(*all_edits: Edit) -> OpenDocument:
    document = begin()
    for edit in all_edits:
        document = edit(document)
    return document


def both(
    ours: OpenDocument, theirs: OpenDocument, choices: Mapping[int, Choice] | None = None
) -> tuple[OpenDocument, OpenDocument, Merged]:
    """Merge, and bring the changes to both sides."""
    merged = merge(text_of(begin()), text_of(ours), text_of(theirs), choices or {})
    ours = speaker_edits.apply(ours, merged.to_ours, AT)
    return ours, speaker_edits.apply(theirs, merged.to_theirs, AT), merged


def shown(document: OpenDocument) -> list[tuple[str, str]]:
    names = text_of(document).names
    return [(each.text, names.get(each.speaker or "", "")) for each in text_of(document).sentences]


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (typed(0, "ONE"), typed(3, "SEVEN"), ["ONE", *LINES[1:3], "SEVEN", LINES[4]]),
        (deleted(1), typed(2, "SIX"), [LINES[0], "SIX", *LINES[3:]]),
        (deleted(0), deleted(4), LINES[1:4]),
        (
            joined(0),
            split(3, 5),
            ["one two three four five", "six", "seven", "eight nine ten", LINES[4]],
        ),
        (typed(1, "FOUR"), typed(1, "FOUR"), [LINES[0], "FOUR", *LINES[2:]]),
        (
            split(0, 3),
            joined(2),
            ["one", "two three", LINES[1], "six seven eight nine ten", LINES[4]],
        ),
        (moved(1, 5.5), typed(1, "FOUR"), [LINES[0], "FOUR", *LINES[2:]]),
    ],
)
def test_changes_of_both_are_kept(mine: Edit, other: Edit, expected: list[str]) -> None:
    ours, theirs, merged = both(changed(mine), changed(other))
    assert not merged.conflicts
    assert texts(ours) == texts(theirs) == expected
    assert text_of(ours) == text_of(theirs)
    again = both(ours, theirs)[2]
    assert not again.to_ours.segments
    assert not again.to_theirs.segments


def test_same_sentence_changed_twice_is_a_conflict_with_both_texts() -> None:
    ours, theirs = changed(deleted(0), typed(0, "mine")), changed(typed(1, "theirs"))
    _, _, merged = both(ours, theirs)
    (conflict,) = merged.conflicts
    assert (conflict.segment, conflict.yours, conflict.theirs) == (0, "mine", "theirs")
    assert not merged.to_ours.segments
    mine, kept, _ = both(ours, theirs, {0: "mine"})
    assert texts(mine) == texts(kept) == ["mine", *LINES[2:]]
    mine, kept, _ = both(ours, theirs, {0: "theirs"})
    assert texts(mine) == texts(kept) == ["theirs", *LINES[2:]]


def test_deleted_sentence_that_somebody_corrected_is_a_conflict() -> None:
    ours, theirs = changed(deleted(2)), changed(typed(2, "SIX"))
    _, _, merged = both(ours, theirs)
    assert [each.theirs for each in merged.conflicts] == ["SIX"]
    mine, kept, _ = both(ours, theirs, {merged.conflicts[0].segment: "mine"})
    assert texts(mine) == texts(kept) == [*LINES[:2], *LINES[3:]]


def test_text_and_speaker_of_one_sentence_are_merged() -> None:
    ours, theirs, merged = both(changed(typed(2, "SIX")), changed(given_to(2, "Anna")))
    assert not merged.conflicts
    assert shown(ours) == shown(theirs)
    assert shown(ours)[2] == ("SIX", "Anna")


def test_same_id_of_two_people_is_not_mixed_up() -> None:
    ours, theirs, _ = both(changed(given_to(0, "Ben")), changed(given_to(4, "Carl")))
    assert shown(ours) == shown(theirs)
    assert [name for _, name in shown(ours)] == ["Ben", "", "", "", "Carl"]


def test_new_names_go_both_ways() -> None:
    base = changed(given_to(0, "S1"), given_to(1, "S2"))
    one, other = (person.id for person in speaker_edits.speakers_of(base))
    ours = speaker_edits.rename(base, one, "Anna")
    theirs = speaker_edits.rename(base, other, "Ben")
    merged = merge(text_of(base), text_of(ours), text_of(theirs), {})
    assert (merged.their_names, merged.our_names) == ({one: "Anna"}, {other: "Ben"})
    assert not merged.to_ours.segments
    assert count_changes(text_of(base), text_of(ours)) == 1
    again = speaker_edits.rename(base, one, "Annie")
    merged = merge(text_of(base), text_of(ours), text_of(again), {})
    assert (merged.their_names, merged.our_names) == ({}, {}), "each keeps its own name"


def test_transcript_over_the_network_is_the_same_text() -> None:
    document = changed(joined(0), given_to(1, "Anna"), typed(2, "SEVEN"))
    record = Record("x", "talk", AT, "base", speakers=speaker_edits.speakers_of(document))
    assert text_of_transcript(transcript_of(record, document)) == text_of(document)


def test_replacement_beside_other_changes_of_its_sentences_is_refused() -> None:
    replacement = Replacement(1, 2, (Sentence("new", 4.0, 6.0),))
    for other in (Wanted({1: "x"}), Wanted({}, joins=[0]), Wanted({}, deletions=[4])):
        wanted = Wanted(
            other.texts, joins=other.joins, deletions=other.deletions, replacements=[replacement]
        )
        with pytest.raises(BadRequestError):
            speaker_edits.apply(begin(), wanted, AT)


numbers = st.integers(0, 6)
any_edit = st.one_of(
    st.builds(typed, numbers, st.sampled_from(["new words", "x", "a longer text than before"])),
    st.builds(deleted, numbers),
    st.builds(joined, numbers),
    st.builds(split, numbers, st.integers(1, 9)),
)


def tried(all_edits: list[Edit]) -> OpenDocument:
    document = begin()
    for edit in all_edits:
        try:
            document = edit(document)
        except (NotFoundError, BadRequestError):
            continue  # There is no such sentence, or nothing is left of it.
    return document


@settings(max_examples=100, deadline=None)
@given(st.lists(any_edit, max_size=4), st.lists(any_edit, max_size=4))
def test_both_sides_end_with_one_text(mine: list[Edit], others: list[Edit]) -> None:
    ours, theirs = tried(mine), tried(others)
    if not ours.pieces or not theirs.pieces:
        return
    before: Text = text_of(ours)
    _, _, merged = both(ours, theirs)
    choices: dict[int, Choice] = {each.segment: "mine" for each in merged.conflicts}
    after, there, _ = both(ours, theirs, choices)
    assert shown(after) == shown(there)
    if not others:
        assert text_of(after) == before
