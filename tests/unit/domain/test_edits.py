"""Corrections of a text: splitting, joining, moving, deleting, and the way back."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness.domain import edits, speaker_edits
from earwitness.domain.changes import Change, heard
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.edits import Edited, Wanted, edited
from earwitness.domain.records import Record
from earwitness.domain.transcription import with_counts
from earwitness.domain.versions import (
    Version,
    compare,
    described,
    document_at,
    listed,
    record_change,
)
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Segment, Word
from hypothesis import given, settings
from hypothesis import strategies as st

AT = "2026-11-30T10:00:00.000Z"
RECORD = Record("x", "talk", AT, "base")
LENGTH_S = 40.0


def said(start_s: float, text: str, *, words: bool = True, each_s: float = 1.0) -> Segment:
    """A segment whose words take a second each; a text in Japanese has a word a character."""
    unspaced = not text.isascii()
    tokens = list(text) if unspaced else [f" {word}" for word in text.split()]
    timed = tuple(
        Word(token, start_s + i * each_s, start_s + (i + 1) * each_s, 0.9)
        for i, token in enumerate(tokens)
    )
    whole = text if unspaced else f" {text}"
    return Segment(start_s, start_s + len(timed) * each_s, whole, timed if words else ())


def opened(*segments: Segment) -> OpenDocument:
    rows = [WindowRow(0, 0, 0.0, LENGTH_S, segments)]
    return OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})


def two() -> OpenDocument:
    return opened(said(0, "one two three"), said(3, "four five"))


def texts(document: OpenDocument) -> list[str]:
    return [segment.text.strip() for segment in document.segments]


def spans(document: OpenDocument) -> list[tuple[float, float]]:
    return [(segment.start_s, segment.end_s) for segment in document.segments]


def speakers(document: OpenDocument) -> list[str | None]:
    return [document.speaker(piece) for piece in document.pieces]


def test_split_between_words_keeps_their_times() -> None:
    after = edits.split(two(), 0, len(" one two"), AT)
    assert texts(after) == ["one two", "three", "four five"]
    assert spans(after) == [(0, 2), (2, 3), (3, 5)]
    assert [word.text for word in after.segments[1].words] == [" three"]
    assert after.segments[1].words[0].probability == 0.9
    for segment in after.segments:
        assert (segment.heard, segment.estimated_words, segment.edges_estimated) == (
            None,
            (),
            False,
        )


def test_split_inside_a_word_is_estimated() -> None:
    after = edits.split(two(), 0, len(" one tw"), AT)
    assert texts(after)[:2] == ["one tw", "o three"]
    assert spans(after)[0] == (0, pytest.approx(1 + 2 / 3, abs=0.001))
    assert after.segments[0].edges_estimated
    assert after.segments[1].estimated_words == (0,)
    assert after.segments[1].words[1] == Word(" three", 2, 3, 0.9)


def test_split_without_word_times_is_in_proportion_and_estimated() -> None:
    after = edits.split(opened(said(0, "aa bb", words=False)), 0, 3, AT)
    assert texts(after) == ["aa", "bb"]
    assert spans(after)[0][1] == spans(after)[1][0]
    assert 0 < spans(after)[0][1] < 2
    assert after.segments[0].edges_estimated
    assert after.segments[0].words == after.segments[1].words == ()


def test_split_in_a_script_without_spaces() -> None:
    after = edits.split(opened(said(0, "東京都は大きい")), 0, 4, AT)
    assert texts(after) == ["東京都は", "大きい"]
    assert spans(after) == [(0, 4), (4, 7)]
    assert after.segments[0].heard is None


@pytest.mark.parametrize(
    ("text", "at_char", "left"),
    [
        ("ab e\u0301f", 4, "ab"),
        ("hi \U0001f468\u200d\U0001f469\u200d\U0001f467 all", 4, "hi"),
        ("hi \U0001f468\u200d\U0001f469 all", 5, "hi"),
        ("a \U0001f44d\U0001f3fd b", 3, "a"),
        ("x \U0001f1e8\U0001f1ff\U0001f1e9\U0001f1ea", 3, "x"),
        ("x \U0001f1e8\U0001f1ff\U0001f1e9\U0001f1ea", 4, "x \U0001f1e8\U0001f1ff"),
    ],
)  # fmt: skip
def test_split_leaves_a_character_whole(text: str, at_char: int, left: str) -> None:
    before = edits.set_texts(two(), {0: text}, AT)
    assert texts(edits.split(before, 0, at_char, AT))[0] == left


@pytest.mark.parametrize("at_char", [-1, 0, 1, len(" one two three"), 99])
def test_split_at_an_end_is_refused(at_char: int) -> None:
    with pytest.raises(BadRequestError):
        edits.split(two(), 0, at_char, AT)


def test_join_takes_a_split_back_and_a_split_takes_a_join_back() -> None:
    before = two()
    parted = edits.split(before, 0, len(" one"), AT)
    assert edits.join(parted, 0, AT).segments == before.segments
    joined = edits.join(before, 0, AT)
    assert texts(joined) == ["one two three four five"]
    assert spans(joined) == [(0, 5)]
    again = edits.split_after(joined, 0, len("onetwothree"), AT)
    assert again.document == before.document


def test_join_keeps_corrections_of_both() -> None:
    before = edits.set_texts(two(), {0: "One, two.", 1: "Four."}, AT)
    [joined] = edits.join(before, 0, AT).segments
    assert (joined.text, joined.heard) == ("One, two. Four.", " one two three four five")
    assert [word.text for word in joined.words] == [" One,", " two.", " Four."]
    with pytest.raises(NotFoundError):
        edits.join(before, 1, AT)


def test_joining_over_a_deleted_segment_leaves_it_out() -> None:
    before = opened(said(0, "one"), said(1, "two"), said(2, "three"))
    after = edits.join(edits.delete(before, [1], AT), 0, AT)
    assert texts(after) == ["one three"]
    assert edits.deleted(after) == ()


def test_correction_of_a_part_keeps_the_times_of_its_words() -> None:
    parted = edits.split(two(), 0, len(" one"), AT)
    after = edits.set_texts(parted, {1: "too three"}, AT)
    assert after.segments[1].heard == " two three"
    assert after.segments[1].estimated_words == (0,)
    assert after.segments[1].words[1] == Word(" three", 2, 3, 0.9)
    assert edits.set_texts(after, {1: "two three"}, AT).segments[1].heard is None


def test_moved_edge_pushes_the_neighbour() -> None:
    after = edits.move_edges(two(), 0, 0.5, 3.4, AT, LENGTH_S)
    assert spans(after) == [(0.5, 3.4), (3.4, 5)]
    assert after.segments[0].words[0] == Word(" one", 0.5, 1, 0.9)
    assert after.segments[0].estimated_words == (0,)
    back = edits.move_edges(after, 0, 0.0, 3.0, AT, LENGTH_S)
    assert spans(back) == [(0, 3), (3.4, 5)]
    assert spans(edits.move_edges(two(), 1, None, 99.0, AT, LENGTH_S))[1] == (3, LENGTH_S)
    assert spans(edits.move_edges(two(), 1, 0.0, None, AT, LENGTH_S)) == [(0, 0.3), (0.3, 5)]
    with pytest.raises(BadRequestError):
        edits.move_edges(two(), 0, 1.0, 1.0, AT)
    with pytest.raises(BadRequestError):
        edits.move_edges(two(), 0, float("nan"), None, AT)


def test_deleted_segment_can_be_restored_with_its_correction() -> None:
    before = edits.set_texts(two(), {0: "Changed."}, AT)
    after = edits.delete(before, [0], AT)
    assert texts(after) == ["four five"]
    [gone] = edits.deleted(after)
    assert (gone.text, gone.segment) == ("Changed.", 0)
    back = edits.restore(after, gone.key, AT)
    assert back.segments == before.segments
    assert back.document == before.document
    with pytest.raises(NotFoundError):
        edits.restore(back, gone.key, AT)


def test_restored_segment_takes_the_time_that_is_left() -> None:
    gone = edits.delete(two(), [1], AT)
    after = edits.move_edges(gone, 0, None, 4.0, AT, LENGTH_S)
    back = edits.restore(after, edits.deleted(after)[0].key, AT)
    assert spans(back) == [(0, 4), (4, 5)]


def test_long_text_keeps_the_times_of_the_words_before_and_after_a_change() -> None:
    words = [f"w{i}" for i in range(2000)]
    before = opened(said(0, " ".join(words), each_s=0.01))
    [heard_one] = before.segments
    words[1000] = "changed"
    [after] = edits.set_texts(before, {0: " ".join(words)}, AT).segments
    assert after.estimated_words == (1000,)
    assert after.words[:1000] == heard_one.words[:1000]
    assert after.words[1001:] == heard_one.words[1001:]


def test_several_changes_at_once_use_the_indices_before_them() -> None:
    before = opened(said(0, "one two"), said(2, "three"), said(3, "four five"), said(5, "six"))
    wanted = Wanted({3: "Six."}, splits=[(0, 4), (2, 5)], joins=[1])
    after = edits.apply(before, wanted, AT)
    assert texts(after) == ["one", "two", "three four", "five", "Six."]
    for wrong in (
        Wanted({0: "x"}, splits=[(0, 4)]),
        Wanted({}, joins=[0], deletions=[1]),
        Wanted({}, splits=[(0, 4)], deletions=[0]),
    ):
        with pytest.raises(BadRequestError):
            edits.apply(before, wrong, AT)
    for missing in (Wanted({4: "x"}), Wanted({}, joins=[3]), Wanted({}, restored=["no"])):
        with pytest.raises(NotFoundError):
            edits.apply(before, missing, AT)


def test_run_over_a_part_leaves_what_is_left_of_a_passage() -> None:
    rows = [WindowRow(0, 0, 0, 9, (said(0, "one two"), said(3, "three four"), said(6, "five six")))]
    before = OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})
    joined = edits.join(edits.join(before, 0, AT), 0, AT).document
    over = [WindowRow(0, 0, 3, 6, (said(3, "anew"),))]
    layers = (*joined.layers, Layer(2, 3.0, 6.0, 6.0, finished=True))
    after = OpenDocument(dataclasses.replace(joined, layers=layers), {1: rows, 2: over})
    assert texts(after) == ["one two", "anew", "five six"]
    changed = edits.set_texts(after, {0: "One, two."}, AT)
    assert texts(changed) == ["One, two.", "anew", "five six"]
    below = dataclasses.replace(changed.document, layers=joined.layers)
    gone = OpenDocument(below, {1: rows})
    assert texts(gone) == ["One, two.", "three four", "five six"]


def test_versions_are_named_listed_and_compared() -> None:
    story = Story(two())
    story.do(Wanted({0: "One two three."}), "2026-11-30T10:00:00.000Z")
    story.do(Wanted({0: "One, two, three."}), "2026-11-30T10:00:30.000Z")
    story.do(Wanted({}, splits=[(1, len(" four"))]), "2026-11-30T10:01:00.000Z")
    story.do(Wanted({0: "One."}), "2026-11-30T10:01:10.000Z")
    names = [(version.id, version.what) for version in listed(story.versions, RECORD)]
    assert names == [
        (3, "Sentence 1 corrected"),
        (2, "Sentence 2 split"),
        (1, "Sentence 1 corrected"),
        (0, "Recognised"),
    ]
    one, now = story.at(1), story.opened
    assert texts(one) == ["One, two, three.", "four five"]
    [first, second] = compare(one, now)
    assert [(words.kind, words.text) for words in first.words] == [
        ("removed", "One, two, three."),
        ("added", "One."),
    ]
    assert (second.segment, second.start_s) == (1, 3.0)
    assert [words.kind for words in second.words] == ["same"]
    with pytest.raises(NotFoundError):
        story.at(9)


def test_corrections_without_versions_become_one() -> None:
    before = edits.set_texts(two(), {0: "One."}, AT)
    story = Story(before)
    story.do(Wanted({1: "Four."}), AT)
    assert [version.number for version in story.versions] == [1, 2]
    assert texts(story.at(0)) == ["one two three", "four five"]
    assert texts(story.at(1)) == ["One.", "four five"]


def test_oldest_versions_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwitness.domain.versions.VERSIONS_MAX", 3)
    story = Story(two())
    for i in range(6):
        story.do(Wanted({i % 2: f"Text {i}."}), AT)
    assert [version.number for version in story.versions] == [4, 5, 6]
    assert story.versions[0].what == "4 changes"
    assert texts(story.at(4)) == ["Text 2.", "Text 3."]
    assert texts(story.at(0)) == ["one two three", "four five"]


class Story:
    """A document with its record and versions, and all that can be taken back."""

    def __init__(self, before: OpenDocument) -> None:
        self.opened = before
        self.record = with_counts(RECORD, before.segments)
        self.versions: tuple[Version, ...] = ()
        self.undo: list[Change] = []
        self.redo: list[Change] = []

    def do(self, wanted: Wanted, at: str) -> None:
        after = edits.apply(self.opened, wanted, at, LENGTH_S)
        made = edited(self.record, self.opened, after)
        if made.change:
            self.undo.append(made.undo)
            self.redo.clear()
            self._keep(made, described(wanted), at)

    def take(self, source: list[Change], target: list[Change], at: str) -> None:
        if source:
            after, back = source.pop().apply(self.opened)
            target.append(back)
            self._keep(edited(self.record, self.opened, after), "Undone", at)

    def _keep(self, made: Edited, what: str, at: str) -> None:
        recorded = record_change(self.versions, self.opened.document, made, what, at)
        kept = {version.number: version for version in self.versions}
        kept |= {version.number: version for version in recorded.put}
        for number in recorded.removed:
            del kept[number]
        assert tuple(kept[number] for number in sorted(kept)) == recorded.versions
        self.versions = recorded.versions
        self.record, self.opened = made.record, made.opened

    def at(self, number: int) -> OpenDocument:
        document = document_at(self.opened.document, self.versions, number)
        return self.opened.with_document(document)


# ---------------------------------------------------------------- in any order

SEGMENTS = st.lists(
    st.tuples(
        st.sampled_from(["one two three", "well", "東京都は大きい", "a b c d e", "ünd so"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["text", "split", "join", "move", "delete", "restore", "undo", "redo"]),
        st.integers(0, 6),
        st.integers(0, 20),
    ),
    max_size=14,
)
NEW_TEXTS = ("", "one", "one two", "Neues Wort hier", "東京は", "x " * 40, "three two one", "é")


def made(heard_ones: list[tuple[str, bool]]) -> OpenDocument:
    segments: list[Segment] = []
    for text, words in heard_ones:
        start_s = segments[-1].end_s + 0.25 if segments else 0.0
        segments.append(said(start_s, text, words=words, each_s=0.5))
    return opened(*segments)


def wanted_of(story: Story, name: str, segment: int, number: int) -> Wanted:
    match name:
        case "text":
            return Wanted({segment: NEW_TEXTS[number % len(NEW_TEXTS)]})
        case "split":
            return Wanted({}, splits=[(segment, number)])
        case "join":
            return Wanted({}, joins=[segment])
        case "move":
            start_s = number / 2
            return Wanted({}, moves=[(segment, start_s, None if segment % 2 else start_s + 1)])
        case "delete":
            return Wanted({}, deletions=[segment])
        case _:
            gone = edits.deleted(story.opened)
            key = gone[number % len(gone)].key if gone else "none"
            return Wanted({}, restored=[key])


@settings(max_examples=300, deadline=None)
@given(heard_ones=SEGMENTS, steps=STEPS)
def test_any_order_of_changes_can_be_taken_back(
    heard_ones: list[tuple[str, bool]], steps: list[tuple[str, int, int]]
) -> None:
    story = Story(made(heard_ones))
    recognised = story.opened
    shown = {0: recognised.segments}
    for i, (name, segment, number) in enumerate(steps):
        at = f"2026-11-30T{10 + i}:00:00.000Z"
        before = story.opened
        try:
            if name == "undo":
                story.take(story.undo, story.redo, at)
            elif name == "redo":
                story.take(story.redo, story.undo, at)
            else:
                story.do(wanted_of(story, name, segment, number), at)
        except EarwitnessError:
            assert story.opened is before
        check(story)
        if story.versions:
            shown[story.versions[-1].number] = story.opened.segments
    for number, segments in shown.items():
        assert story.at(number).segments == segments
    last = story.opened
    count = len(story.undo)
    for _ in range(count):
        story.take(story.undo, story.redo, AT)
    assert story.opened.document == heard(recognised.document)
    assert story.opened.segments == recognised.segments
    for _ in range(count):
        story.take(story.redo, story.undo, AT)
    assert story.opened.segments == last.segments


def check(story: Story) -> None:
    """Times are in order, counts are right, and the stored document gives the same text."""
    segments = story.opened.segments
    at_s = 0.0
    for segment in segments:
        assert at_s <= segment.start_s <= segment.end_s <= LENGTH_S
        at_s = segment.start_s
        for word in segment.words:
            assert at_s <= word.start_s <= word.end_s <= segment.end_s
            at_s = word.start_s
        at_s = segment.end_s
        spoken = "".join(word.text for word in segment.words).split()
        assert not spoken or "".join(spoken) == "".join(segment.text.split())
        assert all(index < len(segment.words) for index in segment.estimated_words)
    counted = with_counts(story.record, segments)
    assert (story.record.word_count, story.record.preview) == (counted.word_count, counted.preview)
    document = story.opened.document
    stored = from_plain(Document, to_plain(document, "set"))
    assert stored == document
    windows = {1: [WindowRow(0, 0, 0.0, LENGTH_S, tuple(
        piece.heard for piece in story.opened.heard_pieces
    ))]}  # fmt: skip
    assert OpenDocument(stored, windows).segments == segments


@settings(max_examples=200, deadline=None)
@given(heard_ones=SEGMENTS, steps=STEPS, last=STEPS)
def test_splices_tell_where_a_text_differs(
    heard_ones: list[tuple[str, bool]],
    steps: list[tuple[str, int, int]],
    last: list[tuple[str, int, int]],
) -> None:
    story = Story(made(heard_ones))
    for part in (steps, last):
        before = story.opened
        for name, segment, number in part:
            try:
                if name not in ("undo", "redo"):
                    story.do(wanted_of(story, name, segment, number), AT)
            except EarwitnessError:
                continue
        change = edited(RECORD, before, story.opened)
        rebuilt = list(before.segments)
        moved = sum(splice.added - splice.removed for splice in change.splices)
        for splice in reversed(change.splices):
            moved -= splice.added - splice.removed
            first = splice.first + moved
            new = story.opened.read_from(first, first + splice.added)
            rebuilt[splice.first : splice.first + splice.removed] = new
        assert tuple(rebuilt) == story.opened.segments


def test_speaker_of_a_part_stays_when_the_part_before_it_is_joined() -> None:
    parted = edits.split_after(two(), 1, len("four"), AT)
    said = speaker_edits.apply(parted, Wanted({}, speakers={2: "Ben"}), AT)
    joined = edits.join(said, 0, AT)
    assert speakers(joined) == [None, "S1"]
    back = edits.split_after(joined, 0, len("onetwothree"), AT)
    assert speakers(back) == [None, None, "S1"]
    assert texts(back) == ["one two three", "four", "five"]


SPEAKER_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["split", "join", "Anna", "Ben", "nobody"]),
        st.integers(0, 5),
        st.integers(0, 20),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(SPEAKER_STEPS)
def test_chosen_speakers_follow_their_words(steps: list[tuple[str, int, int]]) -> None:
    opened = two()
    model: list[tuple[str, str | None]] = [(text, None) for text in texts(opened)]
    for what, segment, place in steps:
        try:
            if what == "split":
                opened = edits.split_after(opened, segment, place, AT)
                text, who = model[segment]
                at = next(i for i in range(len(text)) if len(text[:i].replace(" ", "")) == place)
                left, right = text[:at].strip(), text[at:].strip()
                model[segment : segment + 1] = [(left, who), (right, who)]
            elif what == "join":
                opened = edits.join(opened, segment, AT)
                (left, who), (right, _) = model[segment : segment + 2]
                model[segment : segment + 2] = [(f"{left} {right}", who)]
            else:
                name = None if what == "nobody" else what
                opened = speaker_edits.apply(opened, Wanted({}, speakers={segment: name}), AT)
                model[segment] = (model[segment][0], name)
        except (NotFoundError, BadRequestError):
            continue
        names = {person.id: person.name for person in opened.document.speakers.people}
        assert [
            (text, names.get(who or ""))
            for text, who in zip(texts(opened), speakers(opened), strict=True)
        ] == model
