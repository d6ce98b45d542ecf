"""A paragraph that was typed over, in sentences again."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness.domain import edits
from earwitness.domain.changes import heard
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.edits import TEXT_MAX, Wanted
from earwitness.domain.retyping import RETYPED_MAX, with_retyped, without_needless_joins
from earwitness.domain.scripts import join_texts
from earwitness.domain.versions import described
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError
from earwitness.messages import RetypedText
from earwitness.transcript import Segment, Word
from hypothesis import given
from hypothesis import strategies as st

AT = "2026-11-30T10:00:00.000Z"
SAID = ("Margaret said Mr. Hell was late.", "He returned from Helstone.", "Not at all.")


def opened(*texts: str) -> OpenDocument:
    segments: list[Segment] = []
    at_s = 0.0
    for text in texts:
        words = [f" {word}" for word in text.split()]
        timed = tuple(Word(word, at_s + i, at_s + i + 1) for i, word in enumerate(words))
        segments.append(Segment(at_s, at_s + max(1, len(words)), f" {text}", timed))
        at_s = segments[-1].end_s
    rows = [WindowRow(0, 0, 0.0, at_s, tuple(segments))]
    return OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})


def changes(text: str, *, before: tuple[str, ...] = SAID, join: tuple[int, ...] = ()) -> Wanted:
    wanted = with_retyped(Wanted({}), [RetypedText(0, before, text, join)])
    assert wanted.seen == dict(enumerate(before))
    return dataclasses.replace(wanted, seen={})


def typed(text: str, *, before: tuple[str, ...] = SAID, join: tuple[int, ...] = ()) -> list[str]:
    """The sentences after it."""
    after = edits.apply(opened(*before), changes(text, before=before, join=join), AT)
    return [segment.text.strip() for segment in after.segments]


def begins(text: str, *, join: tuple[int, ...] = ()) -> list[str]:
    """The sentences with which the user began a paragraph."""
    after = edits.apply(opened(*SAID), changes(text, join=join), AT)
    return [segment.text.strip() for segment in after.segments if segment.begins_paragraph]


def test_only_the_sentence_that_differs_changes() -> None:
    whole = join_texts(SAID)
    assert changes(whole) == Wanted({})
    assert changes(whole.replace("Hell ", "Hale ")) == Wanted(
        {0: "Margaret said Mr. Hale was late."}
    )
    assert changes(whole.replace("Helstone", "Helstone, they say")) == Wanted(
        {1: "He returned from Helstone, they say."}
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "Margaret said he was here. Then he returned from Helstone. Not at all.",
            ["Margaret said he was here.", "Then he returned from Helstone.", "Not at all."],
        ),
        (
            "Margaret said Mr. Hell was late. Very late. He returned from Helstone. Not at all.",
            ["Margaret said Mr. Hell was late. Very late.", *SAID[1:]],
        ),
        (
            "Margaret said Mr. Hell was returned from Helstone. Not at all.",
            ["Margaret said Mr. Hell was", "returned from Helstone.", "Not at all."],
        ),
        ("He returned from Helstone. Not at all.", [*SAID[1:]]),
        ("Margaret said Mr. Hell was late.", [SAID[0]]),
        ("   \n ", []),
        ("Something else.", ["Something else."]),
    ],
)
def test_sentences_keep_their_borders_and_empty_ones_are_deleted(
    text: str, after: list[str]
) -> None:
    assert typed(text) == after


def test_paragraph_begins_after_each_line_break() -> None:
    assert typed(
        "Margaret said\nMr. Hale was late.\nHe returned from Helstone. Not\n\nat all."
    ) == [
        "Margaret said",
        "Mr. Hale was late.",
        "He returned from Helstone.",
        "Not",
        "at all.",
    ]
    assert changes("\n".join(SAID)) == Wanted({}, paragraphs={1: True, 2: True})
    assert begins(f"Margaret said\nMr. Hell was late. {SAID[1]}\n\n{SAID[2]}") == [
        "Mr. Hell was late.",
        SAID[2],
    ]
    assert begins(f"\n{SAID[0]} {SAID[1]} {SAID[2]}\n") == []
    # The sentence between is deleted.
    assert begins(f"{SAID[0]}\n{SAID[2]}") == [SAID[2]]


def test_break_between_sentences_is_kept_where_the_paragraph_before_was_taken_in() -> None:
    assert typed("\n".join(SAID), join=(0,)) == [*SAID]
    assert begins("\n".join(SAID), join=(0,)) == [*SAID[1:]]


def test_taking_back_a_paragraph_between_sentences_leaves_them_two() -> None:
    whole = join_texts(SAID)
    broken = edits.apply(opened(*SAID), changes(f"{SAID[0]}\n{SAID[1]} {SAID[2]}"), AT)
    wanted = without_needless_joins(broken, changes(whole, join=(0,)))
    assert described(wanted) == "Sentence 2 moved to the paragraph before"
    after = edits.apply(broken, wanted, AT)
    assert after.document == opened(*SAID).document
    # One that begins after a pause, or within a sentence, is joined.
    assert without_needless_joins(opened(*SAID), changes(whole, join=(0,))).joins == [0]
    split = edits.apply(opened(*SAID), changes(whole.replace("said ", "said\n")), AT)
    texts = [segment.text.strip() for segment in split.segments]
    again = changes(whole, before=tuple(texts), join=(0,))
    assert without_needless_joins(split, again).joins == [0]


def test_paragraph_stays_when_its_first_sentence_is_deleted() -> None:
    broken = edits.apply(opened(*SAID), changes(f"{SAID[0]}\n{SAID[1]} {SAID[2]}"), AT)
    after = edits.delete(broken, [1], AT)
    assert [segment.begins_paragraph for segment in after.segments] == [False, True]
    assert edits.delete(broken, [1, 2], AT).segments[0].begins_paragraph is False


def test_joined_sentences_are_one_and_are_split_where_they_are_broken() -> None:
    whole = join_texts(SAID)
    assert typed(whole, join=(0,)) == [join_texts(SAID[:2]), SAID[2]]
    assert typed(whole.replace("He ret", "He\nret"), join=(0, 1)) == [
        "Margaret said Mr. Hell was late. He",
        "returned from Helstone. Not at all.",
    ]


def test_script_without_spaces_keeps_borders_between_characters() -> None:
    before = ("東京は大きい。", "大阪も大きい。")
    assert changes("東京は小さい。大阪も大きい。", before=before) == Wanted({0: "東京は小さい。"})
    assert changes("東京は大きい。大阪は大きい。", before=before) == Wanted({1: "大阪は大きい。"})


def test_long_paste_becomes_several_sentences() -> None:
    words = [f"word{i}" for i in range(9000)]
    after = typed(f"Margaret said {' '.join(words)} was late. {SAID[1]} {SAID[2]}")
    assert max(map(len, after)) <= TEXT_MAX
    assert " ".join(after).split()[2:9002] == words
    unbroken = typed("x" * 50_000, before=("One.",))
    assert "".join(unbroken) == "x" * 50_000
    assert len(unbroken) == 3


def test_paragraphs_that_cannot_be_are_refused() -> None:
    for paragraph in (
        RetypedText(0, (), "x"),
        RetypedText(-1, ("x",), "x"),
        RetypedText(0, ("x", "y"), "x", (1,)),
        RetypedText(0, ("x",), "x" * (RETYPED_MAX + 1)),
    ):
        with pytest.raises(BadRequestError):
            with_retyped(Wanted({}), [paragraph])


WORDS = st.sampled_from(["one", "two.", "three", "Four!", "東", "京。", "👨\u200d👩\u200d👧", "é"])
SENTENCE = st.lists(WORDS, max_size=6).map(" ".join)


@given(
    before=st.lists(SENTENCE, min_size=1, max_size=5),
    text=st.lists(st.one_of(WORDS, st.just("\n")), max_size=20).map(" ".join),
    data=st.data(),
)
def test_no_letter_is_lost_and_words_stay_in_order(
    before: list[str], text: str, data: st.DataObject
) -> None:
    joins = st.lists(st.integers(0, len(before) - 2), unique=True) if before[1:] else st.just([])
    start = opened(*before)
    wanted = changes(text, before=tuple(before), join=tuple(data.draw(joins)))
    after = edits.apply(start, wanted, AT)
    shown = "".join(segment.text for segment in after.segments)
    assert "".join(shown.split()) == "".join(text.split())
    times = [
        time
        for each in after.segments
        for word in each.words
        for time in (word.start_s, word.end_s)
    ]
    assert times == sorted(times)
    assert all(
        0 <= each.start_s <= each.end_s <= start.segments[-1].end_s for each in after.segments
    )
    undone = after.with_document(heard(after.document))
    assert undone.segments == start.segments
