"""Redactions: what is hidden of a text, and what changes of the text keep below."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import pytest
from earwitness.domain import edits, find_replace, redaction_edits, speaker_edits, versions
from earwitness.domain.changes import heard
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.edits import Wanted, edited
from earwitness.domain.final_redactions import made_final
from earwitness.domain.passages import clean
from earwitness.domain.records import Record
from earwitness.domain.redaction import SIGN, RedactedParts, Typed, hide, parts_of, redacted
from earwitness.domain.retyping import with_retyped
from earwitness.domain.transcription import with_counts
from earwitness.domain.views import transcript_of
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import FindText, RedactText, RetypedText
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Redaction, Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

AT = "2026-12-01T10:00:00.000Z"
RECORD = Record("x", "talk", AT, "base", duration_s=40.0)


def said(start_s: float, text: str, *, words: bool = True) -> Segment:
    """A segment whose words take a second each."""
    tokens = [f" {word}" for word in text.split()]
    timed = tuple(Word(t, start_s + i, start_s + i + 1.0, 0.9) for i, t in enumerate(tokens))
    return Segment(start_s, start_s + len(timed), f" {text}", timed if words else ())


def opened(*segments: Segment) -> OpenDocument:
    rows = [WindowRow(0, 0, 0.0, 40.0, segments)]
    return OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})


def texts(document: OpenDocument) -> list[str]:
    return [segment.text.strip() for segment in document.segments]


def below(document: OpenDocument) -> list[str]:
    return [document.unredacted(piece).text.strip() for piece in document.pieces]


def changed(document: OpenDocument, **wanted: object) -> OpenDocument:
    return speaker_edits.apply(document, Wanted(**{"texts": {}} | wanted), AT)  # type: ignore[arg-type]


def redact(document: OpenDocument, segment: int, words: str) -> OpenDocument:
    """Redact these words of a segment."""
    text = clean(document.text(document.pieces[segment]))
    at = text.index(words)
    return changed(document, redact=[RedactText(segment, at, at + len(words))])


def interview() -> OpenDocument:
    return opened(said(0, "my name is Robert Smith today"), said(6, "he said it twice"))


def test_redacted_words_become_one_sign() -> None:
    after = redact(interview(), 0, "Robert Smith")
    assert texts(after) == [f"my name is {SIGN} today", "he said it twice"]
    [part] = after.document.redactions
    assert (part.id, part.start_s, part.end_s, part.final) == ("r1", 3.0, 5.0, False)
    words = after.segments[0].words
    assert [word.text for word in words] == [" my", " name", " is", f" {SIGN}", " today"]
    assert (words[3].start_s, words[3].end_s, words[3].probability) == (3.0, 5.0, None)
    assert below(after) == below(interview())


def test_sign_says_nothing_about_the_length() -> None:
    one = redact(interview(), 1, "it")
    other = redact(interview(), 0, "my name is Robert")
    assert texts(one)[1] == f"he said {SIGN} twice"
    assert texts(other)[0] == f"{SIGN} Smith today"


def test_any_overlap_is_hidden() -> None:
    segment = said(0, "one two three")
    shown = hide(segment, RedactedParts([Redaction("r1", 0.99, 1.5)]))
    assert shown.text == f" {SIGN} three"
    assert hide(segment, RedactedParts([Redaction("r1", 3.0, 9.0)])) is segment
    pointed = dataclasses.replace(segment, words=(Word(" one", 1.0, 1.0), *segment.words[1:]))
    assert hide(pointed, RedactedParts([Redaction("r1", 0.5, 1.0)])).text == f" {SIGN} two three"


def test_segment_without_word_times_is_hidden_as_one_word() -> None:
    document = opened(said(0, "aaaa bbbb cccc dddd", words=False), said(4, "and"))
    after = redact(document, 0, "bbbb")
    assert [(part.start_s, part.end_s) for part in after.document.redactions] == [(0.0, 4.0)]
    assert (texts(after), after.segments[0].words) == ([SIGN, "and"], ())
    typed = changed(after, texts={0: f"{SIGN} and so on, for a long time"})
    assert below(typed)[0] == "aaaa bbbb cccc dddd and so on, for a long time"
    assert texts(typed)[0] == SIGN


def test_text_that_is_not_made_of_its_words_is_hidden_as_a_whole() -> None:
    segment = dataclasses.replace(said(0, "one two"), text="something else")
    assert hide(segment, RedactedParts([Redaction("r1", 1.1, 1.2)])).text == SIGN


def test_what_was_heard_below_a_correction_is_hidden() -> None:
    after = redact(edits.set_texts(interview(), {0: "my name is Bob today"}, AT), 0, "Bob")
    assert after.segments[0].heard == f" my name is {SIGN} today"
    transcript = transcript_of(RECORD, after)
    assert "Robert" not in str(to_plain(transcript))
    assert "Bob" not in str(to_plain(transcript))


def test_transcript_is_redacted_by_its_own_redactions() -> None:
    parts = (Redaction("r1", 3.2, 3.4),)
    whole = Transcript("x", "Robert", AT, 9.0, "base", segments=interview().segments)
    assert redacted(whole) is whole
    shown = redacted(dataclasses.replace(whole, redactions=parts))
    assert (shown.name, shown.segments[0].text.strip()) == (
        "Robert",
        f"my name is {SIGN} Smith today",
    )


def test_undo_redo_and_versions_cover_redactions() -> None:
    before = interview()
    after = redact(before, 0, "Robert")
    made = edited(with_counts(RECORD, before.segments), before, after)
    assert made.record.redactions == after.document.redactions
    assert "Robert" not in made.record.preview
    assert (made.record.revision, [(s.first, s.removed, s.added) for s in made.splices]) == (
        1,
        [(0, 1, 1)],
    )
    back, again = made.undo.apply(after)
    assert texts(back) == texts(before)
    assert texts(again.apply(back)[0]) == texts(after)
    stored = from_plain(Document, to_plain(after.document, "set"))
    assert stored == after.document
    assert from_plain(type(made.undo), to_plain(made.undo, "set")) == made.undo


def test_older_version_has_the_redactions_of_today() -> None:
    one = redact(interview(), 0, "today")
    made = edited(RECORD, interview(), one)
    known = versions.record_change((), interview().document, made, "Redacted", AT).versions
    two = edits.set_texts(one, {1: "she said it twice"}, AT)
    made = edited(made.record, one, two)
    known = versions.record_change(known, one.document, made, "Corrected", AT).versions
    for number in (0, 1, 2):
        old = two.with_document(versions.document_at(two.document, known, number))
        assert texts(old)[0] == f"my name is Robert Smith {SIGN}"
    assert heard(two.document).redactions == two.document.redactions


def test_redaction_is_taken_away_by_its_id() -> None:
    after = redact(redact(interview(), 0, "Robert"), 1, "he")
    assert [each.id for each in after.document.redactions] == ["r1", "r2"]
    shown = changed(after, unredact=["r1"])
    assert texts(shown) == ["my name is Robert Smith today", f"{SIGN} said it twice"]
    with pytest.raises(NotFoundError):
        changed(after, unredact=["r9"])
    final = dataclasses.replace(
        after.document,
        redactions=tuple(dataclasses.replace(r, final=True) for r in after.document.redactions),
    )
    with pytest.raises(BadRequestError, match="final"):
        changed(after.with_document(final), unredact=["r1"])
    made = edited(RECORD, interview(), after)
    undone, _ = made.undo.apply(after.with_document(final))
    assert undone.document.redactions == final.redactions


def test_typing_around_a_sign_keeps_its_words() -> None:
    after = redact(interview(), 0, "Robert Smith")
    typed = changed(after, texts={0: f"Well, my name is {SIGN} to-day"})
    assert texts(typed)[0] == f"Well, my name is {SIGN} to-day"
    assert below(typed)[0] == "Well, my name is Robert Smith to-day"
    assert texts(changed(typed, unredact=["r1"]))[0] == "Well, my name is Robert Smith to-day"


def test_word_stays_hidden_where_typing_moves_its_estimated_time() -> None:
    document = edits.set_texts(interview(), {0: "my name is Bob Smith-Jones today"}, AT)
    after = redact(document, 0, "Smith-Jones")
    seen = texts(after)[0]
    typed = changed(after, texts={0: seen.replace("today", "lives here since a long time")})
    assert "Smith" not in texts(typed)[0]
    assert "Smith-Jones" in below(typed)[0]
    halves = changed(typed, splits=[(0, texts(typed)[0].index(SIGN))])
    assert "Smith" not in " ".join(texts(halves))


def test_sign_cannot_be_deleted_or_changed_by_typing() -> None:
    after = redact(redact(interview(), 0, "name"), 0, "Smith")
    for text in (f"my is Robert {SIGN} today", f"my [reXdacted] is Robert {SIGN} today", "my"):
        with pytest.raises(BadRequestError, match="by typing"):
            changed(after, texts={0: text})
    assert texts(changed(after, deletions=[0])) == texts(after)[1:]


def test_edges_beside_redacted_words_are_not_moved() -> None:
    document = interview()
    for segment in range(len(document.pieces)):
        assert changed(document, moves=[(segment, None, None)])
    after = redact(document, 0, "Smith")
    for segment in (0, 1):
        with pytest.raises(BadRequestError, match="cannot be moved"):
            changed(after, moves=[(segment, None, 2.5)])


def test_sign_is_no_text_to_find() -> None:
    after = redact(redact(interview(), 0, "Smith"), 1, "it")
    for query in (
        FindText("redacted"),
        FindText("[redacted] today"),
        FindText(r"d\W*t", regular_expression=True),
    ):
        assert find_replace.find(after, query) == ()
        assert find_replace.replace(after, query, "shown")[1] == 0
    assert [place.text for place in find_replace.find(after, FindText("today"))] == ["today"]
    typed = edits.set_texts(interview(), {0: f"my {SIGN} name"}, AT)
    assert len(find_replace.find(typed, FindText(SIGN))) == 1


def test_typed_sign_stays_a_sign() -> None:
    segment = said(0, f"a {SIGN} b secret")
    parts = RedactedParts([Redaction("r1", 3.1, 3.2)])
    shown = hide(segment, parts).text
    assert Typed(shown, segment, parts).text == segment.text
    assert Typed(f"{shown} {SIGN}", segment, parts).text == f"{segment.text} {SIGN}"


def test_retyped_paragraph_keeps_the_words_of_its_signs() -> None:
    after = redact(redact(interview(), 0, "Robert Smith"), 1, "it")
    seen = tuple(texts(after))
    paragraph = RetypedText(0, seen, f"my name is {SIGN}\ntoday. he said {SIGN} thrice")
    typed = changed(after, **_fields(with_retyped(Wanted({}), [paragraph])))
    assert below(typed) == ["my name is Robert Smith", "today.", "he said it thrice"]
    assert texts(typed) == [f"my name is {SIGN}", "today.", f"he said {SIGN} thrice"]


def _fields(wanted: Wanted) -> dict[str, object]:
    return {f.name: getattr(wanted, f.name) for f in dataclasses.fields(wanted)}


@pytest.mark.parametrize(("char", "left"), [(len("my name is "), "my name is")])
def test_split_beside_a_sign_keeps_the_words(char: int, left: str) -> None:
    after = redact(interview(), 0, "Robert Smith")
    halves = changed(after, splits=[(0, char + 1)])
    assert below(halves)[:2] == [left, "Robert Smith today"]
    behind = changed(after, splits=[(0, char + len(SIGN) + 1)])
    assert below(behind)[:2] == ["my name is Robert Smith", "today"]
    joined = changed(behind, joins=[0])
    assert (below(joined), texts(joined)) == (below(after), texts(after))


def test_redaction_across_segments_is_one_part() -> None:
    both = [RedactText(0, len("my name is Robert Smith "), 99), RedactText(1, 0, len("he"))]
    after = changed(interview(), redact=both)
    assert [(r.start_s, r.end_s) for r in after.document.redactions] == [(5.0, 7.0)]
    assert texts(after) == [f"my name is Robert Smith {SIGN}", f"{SIGN} said it twice"]


def test_redaction_reaches_into_pauses_and_not_into_words() -> None:
    document = opened(said(0, "one two"), said(5, "three"))
    [part] = redact(document, 0, "two").document.redactions
    assert (part.start_s, part.end_s) == (1.0, 2.15)


def test_stretch_without_words_is_refused() -> None:
    for text in (RedactText(0, 2, 2), RedactText(0, 2, 3), RedactText(1, 50, 60)):
        with pytest.raises(BadRequestError):
            changed(interview(), redact=[text])
    with pytest.raises(NotFoundError):
        changed(interview(), redact=[RedactText(7, 0, 1)])


def test_new_run_hides_what_it_hears_in_the_part() -> None:
    after = redact(interview(), 0, "Robert Smith")
    layers = (*after.document.layers, Layer(2, 0.0, None, finished=True))
    again = Segment(0.0, 6.0, " I am Rupert Smyth today", (
        Word(" I", 0.0, 1.0), Word(" am", 1.0, 2.9), Word(" Rupert", 2.9, 4.2),
        Word(" Smyth", 4.2, 4.9), Word(" today", 5.0, 6.0),
    ))  # fmt: skip
    document = dataclasses.replace(after.document, layers=layers)
    rerun = OpenDocument(document, {1: [], 2: [WindowRow(0, 0, 0, 6, (again,))]})
    assert texts(rerun) == [f"I am {SIGN} today"]


def test_find_and_replace_do_not_see_hidden_words() -> None:
    after = redact(interview(), 0, "Robert")
    assert find_replace.find(after, FindText("Robert")) == ()
    wanted, count = find_replace.replace(after, FindText("Smith"), "Smythe")
    assert (count, below(changed(after, **_fields(wanted)))[0]) == (
        1,
        "my name is Robert Smythe today",
    )


def test_deleted_sentence_over_a_redaction_is_not_listed_with_its_words() -> None:
    after = edits.delete(redact(interview(), 0, "Robert"), [0], AT)
    assert [each.text for each in edits.deleted(after)] == [SIGN]
    [part] = redaction_edits.listed(after)
    assert (part.segment, part.text) == (None, "")
    back = edits.restore(after, edits.deleted(after)[0].key, AT)
    assert below(back)[0] == "my name is Robert Smith today"


def test_list_tells_the_owner_the_hidden_words() -> None:
    after = redact(redact(interview(), 0, "Robert Smith"), 1, "he")
    assert [(p.id, p.segment, p.text) for p in redaction_edits.listed(after)] == [
        ("r1", 0, "Robert Smith"),
        ("r2", 1, "he"),
    ]


def test_words_are_given_to_a_speaker_beside_a_sign() -> None:
    after = redact(interview(), 0, "Robert Smith")
    text = clean(after.text(after.pieces[0]))
    begin = text.index("today")
    named, ann = speaker_edits.with_named(after, "Ann")
    split = speaker_edits.assign_words(named, (0, begin), (0, len(text)), ann, AT)
    assert below(split)[:2] == ["my name is Robert Smith", "today"]


WORDS = st.lists(st.sampled_from(["ab", "cde", "f", SIGN, "gh."]), min_size=1, max_size=8)


@given(WORDS, st.floats(0, 8), st.floats(0, 3), WORDS)
def test_typed_text_never_invents_or_loses_hidden_words(
    heard: list[str], start_s: float, long_s: float, typed: list[str]
) -> None:
    segment = said(0, " ".join(heard))
    parts = RedactedParts([Redaction("r1", start_s, start_s + long_s)])
    shown = hide(segment, parts).text
    assert Typed(shown, segment, parts).text == segment.text
    other = Typed(" ".join(typed), segment, parts)
    letters = len(other.text.replace(" ", ""))
    assert 0 <= other.letters(3) <= letters
    assert other.letters(10_000) == letters


# ---------------------------------------------------------------- made final


WORD = st.sampled_from(["one", "two", "three", "secret", "four"])
LINE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)


@given(
    st.lists(LINE, min_size=1, max_size=3),
    st.lists(LINE, min_size=1, max_size=3),
    st.dictionaries(st.integers(0, 2), LINE, max_size=2),
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 30)),
    st.booleans(),
)
def test_final_text_shows_nothing_that_was_hidden(
    first: list[str],
    second: list[str],
    corrected: dict[int, str],
    chosen: tuple[int, int, int],
    is_split: bool,
) -> None:
    runs = {
        number: [WindowRow(0, 0, 0.0, 40.0, tuple(said(7.0 * i, t) for i, t in enumerate(lines)))]
        for number, lines in ((1, first), (2, second))
    }
    layers = (Layer(1, finished=True), Layer(2, 0.0, 10.0, 10.0, finished=True))
    document = OpenDocument(Document("x", layers), runs)
    count = len(document.pieces)
    texts_ = {index: text for index, text in corrected.items() if index < count}
    document = edits.set_texts(document, texts_, AT)
    words = document.text(document.pieces[0]).split()
    if is_split and len(words) > 1:
        document = edits.split(document, 0, len(words[0]) + 1, AT)
    segment, begin, length = chosen
    segment %= len(document.pieces)
    text = clean(document.text(document.pieces[segment]))
    begin = min(begin, len(text) - 1)
    try:
        after = changed(document, redact=[RedactText(segment, begin, begin + length)])
    except BadRequestError:
        return
    shown = texts(after)
    final = made_final(after.document, runs, has_one_track=False)
    opened_ = OpenDocument(final.document, {**runs, **final.windows})
    assert texts_ or texts(opened_) == shown
    # Where a correction has estimated times, more may be hidden, and nothing more is shown.
    more = Counter(" ".join(texts(opened_)).split()) - Counter(" ".join(shown).split())
    assert {*more} <= {SIGN}
    assert all(each.final for each in final.document.redactions)


def test_final_text_of_another_run_has_no_word_near_the_part() -> None:
    runs = {
        1: [WindowRow(0, 0, 0.0, 40.0, (said(0, "my name is Robert"), said(9, "later on")))],
        2: [WindowRow(0, 0, 0.0, 40.0, (said(0.8, "name is Robert"), said(9, "later on")))],
    }
    layers = (Layer(1, finished=True), Layer(2, finished=True))
    after = redact(OpenDocument(Document("x", layers), runs), 0, "Robert")
    final = made_final(after.document, runs, has_one_track=False)
    assert "Robert" not in str(final)
    [row] = final.windows[1]
    assert row.segments[0].text.split() == [SIGN] * 4
    assert row.segments[1].text == " later on"
    assert final.removed == {"robert"}


def test_final_text_keeps_the_places_of_corrections() -> None:
    document = edits.set_texts(interview(), {1: "she said it twice"}, AT)
    document = edits.split(document, 0, len(" my name is"), AT)
    document = edits.delete(document, [2], AT)
    after = redact(document, 1, "Robert")
    rows = {1: [WindowRow(0, 0, 0.0, 40.0, interview().segments)]}
    final = made_final(after.document, rows, has_one_track=True)
    opened_ = OpenDocument(final.document, {**rows, **final.windows})
    assert texts(opened_) == ["my name is", f"{SIGN} Smith today"]
    [gone] = edits.deleted(opened_)
    back = edits.restore(opened_, gone.key, AT)
    assert texts(back) == ["my name is", f"{SIGN} Smith today", "she said it twice"]


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
    st.dictionaries(st.integers(0, 2), st.lists(st.booleans(), min_size=1, max_size=6), max_size=2),
    st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 20)),
    st.sampled_from(["", "split", "join", "delete"]),
)
def test_final_text_holds_no_hidden_word(
    counts: list[int],
    corrected: dict[int, list[bool]],
    chosen: tuple[int, int, int],
    also: str,
) -> None:
    # Each word is unlike all others. A correction keeps some words and types new ones.
    lines = [[f"h{i}x{n}" for n in range(count)] for i, count in enumerate(counts)]
    runs = {1: [WindowRow(0, 0, 0.0, 40.0, tuple(
        said(7.0 * i, " ".join(line)) for i, line in enumerate(lines)
    ))]}  # fmt: skip
    document = OpenDocument(Document("x", (Layer(1, finished=True),)), runs)
    texts_ = {
        index: " ".join(
            lines[index][n] if is_kept and n < len(lines[index]) else f"t{index}x{n}"
            for n, is_kept in enumerate(kept)
        )
        for index, kept in corrected.items()
        if index < len(lines)
    }
    document = edits.set_texts(document, texts_, AT)
    segment, begin, length = chosen
    segment %= len(document.pieces)
    try:
        document = changed(document, redact=[RedactText(segment, begin, begin + length)])
    except BadRequestError:
        return
    try:
        if also == "split":
            document = changed(document, splits=[(segment, 7)])
        elif also == "join":
            document = changed(document, joins=[0])
        elif also == "delete":
            document = changed(document, deletions=[segment])
    except (BadRequestError, NotFoundError):
        return
    seen = set(" ".join(texts(document)).split())
    parts = parts_of(document.document.redactions)
    hidden = {
        word.text.strip()
        for piece in document.pieces
        for word in document.unredacted(piece).words
        if parts.touch(word.start_s, word.end_s)
    }
    final = made_final(document.document, runs, has_one_track=False)
    stored = set(re.findall(r"[ht]\dx\d", str((final.document, {**runs, **final.windows}))))
    assert not stored & (hidden - seen)
