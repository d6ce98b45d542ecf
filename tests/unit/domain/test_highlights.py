"""Highlights: what is kept of them, and that they stay on their words."""

from __future__ import annotations

import dataclasses
import math

import pytest
from earwitness.domain import edits
from earwitness.domain.changes import Change
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.edits import Wanted, edited
from earwitness.domain.finished_transcript import finished_transcript
from earwitness.domain.highlights import HIGHLIGHTS_MAX, change_highlights, in_order
from earwitness.domain.records import Record
from earwitness.domain.time_ranges import TimeRanges, text_within
from earwitness.domain.versions import (
    EditConflictError,
    Version,
    described,
    document_at,
    rebased,
    record_change,
)
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError
from earwitness.messages import (
    ChangedHighlight,
    HighlightChanges,
    NewHighlight,
    TranscribeOptions,
)
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Highlight, Segment, Transcript, Word
from hypothesis import given, settings
from hypothesis import strategies as st

AT = "2026-12-01T10:00:00.000Z"
LENGTH_S = 60.0
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def said(start_s: float, text: str) -> Segment:
    """A segment whose words take a second each."""
    words = tuple(
        Word(f" {word}", start_s + i, start_s + i + 1) for i, word in enumerate(text.split())
    )
    return Segment(start_s, start_s + len(words), f" {text}", words)


def opened(*segments: Segment) -> OpenDocument:
    rows = [WindowRow(0, 0, 0.0, LENGTH_S, segments)]
    return OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})


def marking(*add: NewHighlight, **changes: object) -> Wanted:
    return Wanted({}, highlights=HighlightChanges(add, **changes))  # pyright: ignore[reportArgumentType]


def marked(document: OpenDocument, *add: NewHighlight) -> OpenDocument:
    return edits.apply(document, marking(*add), AT, LENGTH_S)


def test_highlight_is_added_changed_and_removed() -> None:
    document = marked(
        opened(said(0, "one two")), NewHighlight(0, 1, "green", " a\u202e b ", id="h")
    )
    assert document.document.highlights == {"h": Highlight("h", 0, 1, "green", "a  b")}
    new = ChangedHighlight(note="first\nsecond ", colour="pink")
    document = edits.apply(document, marking(change={"h": new}), AT, LENGTH_S)
    assert document.document.highlights["h"].note == "first\nsecond"
    assert document.document.highlights["h"].colour == "pink"
    document = edits.apply(document, marking(remove=("h",)), AT, LENGTH_S)
    assert document.document.highlights == {}


def test_highlights_without_an_id_get_one_and_known_ids_stay() -> None:
    new = NewHighlight(2, 3)
    first = change_highlights({}, HighlightChanges((new, new)), LENGTH_S)
    assert len(first) == 2
    [one, _] = in_order(first)
    again = HighlightChanges((NewHighlight(5, 6, id=one.id),))
    assert change_highlights(first, again, LENGTH_S) == first


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NewHighlight(0, 1, note="x" * 1_000_000), "A note can have 10,000 characters"),
        (NewHighlight(0, 1, label="x" * 61), "A label can have 60 characters, not 61."),
        (NewHighlight(math.nan, 1), "A time is a number"),
        (NewHighlight(2, 1), "cannot end before it starts"),
        (NewHighlight(61, 62), "outside the recording"),
        (NewHighlight(-2, -1), "outside the recording"),
        (NewHighlight(0, 1, id="../x"), "not the id of a highlight"),
    ],
)
def test_invalid_highlight_is_refused(new: NewHighlight, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        marked(opened(said(0, "one")), new)


def test_highlight_over_an_end_of_the_recording_is_cut() -> None:
    document = marked(opened(said(0, "one")), NewHighlight(-1, 90, id="h"))
    assert document.document.highlights["h"] == Highlight("h", 0.0, LENGTH_S)


def test_number_of_highlights_is_limited() -> None:
    many = tuple(NewHighlight(0, 1, id=f"h{i}") for i in range(HIGHLIGHTS_MAX + 1))
    with pytest.raises(BadRequestError, match="5000 highlights"):
        change_highlights({}, HighlightChanges(many), LENGTH_S)


@pytest.mark.parametrize(
    "wanted", [marking(remove=("h",)), marking(change={"h": ChangedHighlight()})]
)
def test_unknown_highlight_is_not_found(wanted: Wanted) -> None:
    with pytest.raises(NotFoundError, match="no highlight"):
        edits.apply(opened(said(0, "one")), wanted, AT, LENGTH_S)


def test_highlight_keeps_its_words_where_its_edges_would_not_be_valid_now() -> None:
    known = {"h": Highlight("h", 50, 70)}
    new = HighlightChanges(change={"h": ChangedHighlight(note="why")})
    assert change_highlights(known, new, LENGTH_S)["h"] == Highlight("h", 50, 70, note="why")


def test_highlights_of_another_library_are_checked() -> None:
    one = Highlight("h", 0, 1, label="budget", note="why")
    transcript = Transcript("t", "talk", AT, 10.0, "base", highlights=(one,))
    made = finished_transcript(transcript, TranscribeOptions())
    assert made.document.highlights == {"h": one}
    assert made.record.labels == ("budget",)
    long = dataclasses.replace(one, note="x" * 20_000)
    with pytest.raises(BadRequestError, match="A note can have"):
        finished_transcript(
            dataclasses.replace(transcript, highlights=(long,)), TranscribeOptions()
        )


def test_changes_of_highlights_are_versions() -> None:
    record, before = Record("x", "talk", AT, "base"), opened(said(0, "one two"))
    versions: tuple[Version, ...] = ()
    shown = [before.document.highlights]
    for wanted in (
        marking(NewHighlight(0, 1, label="b", id="h"), NewHighlight(1, 2, label="a", id="i")),
        marking(change={"h": ChangedHighlight(note="why")}),
        marking(remove=("h",)),
    ):
        after = edits.apply(before, wanted, AT, LENGTH_S)
        made = edited(record, before, after)
        versions = record_change(versions, before.document, made, described(wanted), AT).versions
        record, before = made.record, after
        shown.append(after.document.highlights)
    assert [version.what for version in versions] == [
        "2 highlights added", "Highlight changed", "Highlight removed",
    ]  # fmt: skip
    assert (record.labels, record.revision) == (("a",), 3)
    for number, highlights in enumerate(shown):
        assert document_at(before.document, versions, number).highlights == highlights


def test_note_that_is_typed_with_pauses_is_one_version() -> None:
    record, before = Record("x", "talk", AT, "base"), opened(said(0, "one"))
    before = marked(before, NewHighlight(0, 1, id="h"), NewHighlight(0, 1, id="i"))
    versions: tuple[Version, ...] = ()
    for id_, second, note in (("h", 0, "a"), ("h", 5, "ab"), ("i", 6, "c"), ("i", 59, "cd")):
        wanted = marking(change={id_: ChangedHighlight(note=note)})
        after = edits.apply(before, wanted, AT, LENGTH_S)
        made = edited(record, before, after)
        at = f"2026-12-01T10:00:{second:02}.000Z"
        versions = record_change(versions, before.document, made, described(wanted), at).versions
        record, before = made.record, after
    assert [version.number for version in versions] == [1, 2]
    earlier = document_at(before.document, versions, 1).highlights
    assert (earlier["h"].note, earlier["i"].note) == ("ab", "")


def test_two_people_do_not_overwrite_each_others_note() -> None:
    record, document = Record("x", "talk", AT, "base", revision=1), opened(said(0, "one two"))
    document = marked(document, NewHighlight(0, 1, id="h"), NewHighlight(1, 2, id="i"))
    theirs = edits.apply(document, marking(change={"h": ChangedHighlight(note="theirs")}), AT)
    made = edited(record, document, theirs)
    versions = record_change((), document.document, made, "Highlight changed", AT).versions
    mine = marking(change={"h": ChangedHighlight(note="mine")})
    with pytest.raises(EditConflictError) as caught:
        rebased(mine, 1, made.record, theirs, versions)
    [conflict] = caught.value.conflicts
    assert (conflict.highlight, conflict.yours, conflict.theirs) == ("h", "mine", "theirs")
    for wanted in (
        marking(change={"i": ChangedHighlight(note="mine")}),
        marking(NewHighlight(0, 1)),
        Wanted({0: "one"}),
    ):
        now = rebased(wanted, 1, made.record, theirs, versions)
        assert (now.texts, now.highlights) == (wanted.texts, wanted.highlights)
    again = marking(change={"h": ChangedHighlight(note="theirs")})
    assert not rebased(again, 1, made.record, theirs, versions).highlights.change
    assert rebased(mine, None, made.record, theirs, versions) == mine


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["text", "split", "join", "delete", "restore", "undo", "redo"]),
        st.integers(0, 6),
        st.integers(0, 40),
    ),
    max_size=16,
)


@settings(max_examples=300, deadline=None)
@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4), ends=st.tuples(
    st.integers(0, 23), st.integers(0, 5)), steps=STEPS)  # fmt: skip
def test_highlight_stays_on_its_words(
    lengths: list[int], ends: tuple[int, int], steps: list[tuple[str, int, int]]
) -> None:
    names = [letter * 3 for letter in LETTERS[: sum(lengths)]]
    heard = [
        said(float(sum(lengths[:i])), " ".join(names[sum(lengths[:i]) : sum(lengths[: i + 1])]))
        for i in range(len(lengths))
    ]
    first = ends[0] % len(names)
    own = names[first : first + ends[1] + 1]
    part = NewHighlight(float(first), float(first + len(own)), id="h")
    before = document = marked(opened(*heard), part)
    assert text_within(document.segments, part) == " ".join(own)
    undo, redo = list[Change](), list[Change]()
    record = Record("x", "talk", AT, "base")
    for name, segment, number in steps:
        try:
            if name in ("undo", "redo"):
                source, target = (undo, redo) if name == "undo" else (redo, undo)
                if source:
                    document, back = source.pop().apply(document)
                    target.append(back)
                continue
            after = edits.apply(document, wanted_of(document, name, segment, number), AT, LENGTH_S)
        except EarwitnessError:
            continue
        made = edited(record, document, after)
        if made.change:
            undo.append(made.undo)
            redo.clear()
        document = after
        ranges = TimeRanges(in_order(document.document.highlights))
        for each in document.segments:
            for word in each.words:
                if word.text.strip() in names:
                    assert ranges.hold(word) == (word.text.strip() in own)
        stored = from_plain(Document, to_plain(document.document, "set"))
        assert stored == document.document
    while undo:
        document, _ = undo.pop().apply(document)
    assert document.document == before.document
    assert text_within(document.segments, part) == " ".join(own)


def wanted_of(document: OpenDocument, name: str, segment: int, number: int) -> Wanted:
    match name:
        case "text":
            words = document.read(segment).text.split() if segment < len(document.pieces) else []
            kept = [word for i, word in enumerate(words) if number >> i & 1 or i > 5]
            return Wanted({segment: " ".join([*kept[:1], "§", *kept[1:]])})
        case "split":
            return Wanted({}, splits=[(segment, number)])
        case "join":
            return Wanted({}, joins=[segment])
        case "delete":
            return Wanted({}, deletions=[segment])
        case _:
            gone = edits.deleted(document)
            return Wanted({}, restored=[gone[number % len(gone)].key if gone else "none"])
