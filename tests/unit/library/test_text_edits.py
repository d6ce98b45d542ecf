"""Changes of a text in the page's library: saved, shown, found, taken back, listed."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.domain.versions import EditConflictError
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError, StorageError
from earwitness.transcript import Segment
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.library.harness import (
    CZECH,
    PageLibrary,
    again,
    batch,
    finished,
    opened,
    ready,
    revision,
    summary,
    transcribed,
    with_library,
)


def with_changes(segments: list[Segment], updated: m.Updated) -> list[Segment]:
    """The segments after a change, as a page makes them of its reply."""
    after = list(segments)
    for change in reversed(updated.changes):
        after[change.first : change.first + change.removed] = change.segments
    return after


async def segments(library: PageLibrary, id_: str) -> list[Segment]:
    return list((await library.ask(m.GetTranscript(id_))).segments)


async def spoken(library: PageLibrary, *texts: str) -> str:
    """A finished recording of one window, with words."""
    id_ = await library.add("talk.wav", b"talk.wav")
    await library.hear(ready())
    await library.hear(opened(id_, 30.0))
    await library.hear(batch(id_, 1, *texts, words=True))
    await library.hear(finished(id_, duration_s=30.0))
    return id_


@with_library
async def test_change_is_saved_shown_found_and_exported(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone. The bugdet.", "It is fine.", "Bye now.")
    before = await segments(library, id_)
    request = m.Update(
        id_,
        segments={"1": "It is good."},
        split=(m.SplitAt(0, len(" Hello everyone.")),),
        delete=(),
        revision=await revision(library, id_),
    )
    updated = await library.ask(request)
    expected = ["Hello everyone.", "The bugdet.", "It is good.", " Bye now."]
    assert await library.texts(id_) == expected
    assert with_changes(before, updated) == await segments(library, id_)
    assert updated.transcript.revision == await revision(library, id_)
    assert dataclasses.replace(updated.transcript, revision=0) == await summary(library, id_)
    assert updated.transcript.preview == "Hello everyone. The bugdet. It is good. Bye now."
    assert (updated.can_undo, updated.can_redo) == (True, False)
    for query, segment in (("everyone", 0), ("bugdet", 1), ("good", 2), ("bye", 3)):
        assert await library.find(query) == [(id_, segment)]
    assert await library.find("it is fine") == []
    file = await library.ask(m.Export(id_, "txt"))
    assert file.text.splitlines() == [text.strip() for text in expected]
    await library.restart()
    assert await library.texts(id_) == expected
    assert await library.find("bye") == [(id_, 3)]


@with_library
async def test_every_change_is_undone_and_redone(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.", "Four.")
    heard = await segments(library, id_)
    for request in (
        m.EditSegment(id_, 0, "One, two."),
        m.Update(id_, split=(m.SplitAt(0, 4),)),
        m.Update(id_, join=(1,)),
        m.Update(id_, delete=(2,)),
        m.Update(id_, move=(m.MoveEdges(0, 1.0),)),
    ):
        await library.ask(request)
    changed = await segments(library, id_)
    shown = changed
    while True:
        updated = await library.ask(m.Undo(id_))
        shown = with_changes(shown, updated)
        if not updated.can_undo:
            break
    assert shown == await segments(library, id_) == heard
    assert (await library.ask(m.Undo(id_))).changes == ()
    while (await library.ask(m.Redo(id_))).can_redo:
        pass
    assert await segments(library, id_) == changed
    gone = (await library.ask(m.ListDeleted(id_))).segments
    assert [each.text for each in gone] == ["Four."]
    await library.ask(m.Update(id_, restore=(gone[0].key,)))
    assert (await library.texts(id_))[-1] == " Four."


@with_library
async def test_versions_outlive_the_visit_and_can_be_restored(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    await library.ask(m.Update(id_, segments={"0": "One, two."}))
    library.clock.time_s += 100
    await library.ask(m.Update(id_, join=(0,)))
    await library.restart()
    versions = (await library.ask(m.ListVersions(id_))).versions
    assert [(each.id, each.what) for each in versions] == [
        (2, "Sentence 1 joined with the next"),
        (1, "Sentence 1 corrected"),
        (0, "Recognised"),
    ]
    assert versions[0].at > versions[1].at
    differences = (await library.ask(m.CompareVersions(id_, 0, 1))).differences
    assert [[(words.kind, words.text) for words in each.words] for each in differences] == [
        [("removed", "One"), ("added", "One,"), ("same", "two.")]
    ]
    await library.ask(m.RestoreVersion(id_, 1))
    assert await library.texts(id_) == ["One, two.", " Three."]
    await library.ask(m.RestoreVersion(id_, 0))
    assert await library.texts(id_) == [" One two.", " Three."]
    await library.ask(m.RestoreVersion(id_, 2))
    assert await library.texts(id_) == ["One, two. Three."]
    await library.ask(m.Undo(id_))
    assert await library.texts(id_) == [" One two.", " Three."]
    with pytest.raises(NotFoundError):
        await library.ask(m.RestoreVersion(id_, 99))


@with_library
async def test_two_tabs_change_different_sentences_and_never_overwrite_one(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "One two.", "Three.", "Four.")
    seen = await revision(library, id_)
    await library.ask(m.Update(id_, split=(m.SplitAt(0, 4),), revision=seen))
    await library.ask(m.Update(id_, segments={"2": "Four!"}, revision=seen))
    assert await library.texts(id_) == ["One", "two.", " Three.", "Four!"]
    with pytest.raises(EditConflictError) as raised:
        await library.ask(m.Update(id_, segments={"2": "Vier.", "1": "x"}, revision=seen))
    now = await revision(library, id_)
    assert json.loads(raised.value.detail) == {
        "revision": now,
        "conflicts": [{"segment": 3, "yours": "Vier.", "theirs": "Four!"}],
    }
    assert await library.texts(id_) == ["One", "two.", " Three.", "Four!"]
    with pytest.raises(EditConflictError):
        await library.ask(m.Update(id_, segments={"0": "x"}, revision=now + 1))
    await library.ask(m.Update(id_, segments={"3": "Vier."}, revision=now))
    assert (await library.texts(id_))[3] == "Vier."


@with_library
async def test_change_during_a_first_run_keeps_its_place(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One.", "Two."))
    seen = await revision(library, id_)
    await library.hear(batch(id_, 2, "Three."))
    await library.ask(m.Update(id_, segments={"1": "Two!"}, join=(0,), revision=seen))
    await library.restart()
    await library.hear(ready())
    await library.hear(batch(id_, 3, "Four."))
    await library.hear(finished(id_))
    assert await library.texts(id_) == ["One. Two!", " Three.", " Four."]
    assert await library.find("four") == [(id_, 2)]


@with_library
async def test_change_on_the_text_before_a_run_over_a_part_is_refused(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    for i in range(1, 5):
        await library.hear(batch(id_, i, f"Window {i} first.", f"Window {i} second."))
    await library.hear(finished(id_))
    await library.ask(m.Update(id_, join=(0,)))
    await library.ask(m.Update(id_, split=(m.SplitAt(5, 9),)))
    seen = await revision(library, id_)
    await library.ask(m.Retranscribe(id_, CZECH, 30.0, 60.0))
    await library.hear(batch(id_, 1, "Better.", run=2, offset_s=30.0))
    await library.hear(finished(id_, run=2))
    assert await library.texts(id_) == [
        "Window 1 first. Window 1 second.", " Better.", " Window 3 first.",
        " Window 3 second.", "Window 4", "first.", " Window 4 second.",
    ]  # fmt: skip
    with pytest.raises(EditConflictError):
        await library.ask(m.Update(id_, segments={"2": "x"}, revision=seen))
    await library.ask(m.Update(id_, join=(0,)))
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert (await library.texts(id_))[-3:] == ["Window 4", "first.", " Window 4 second."]


@with_library
async def test_a_run_asks_before_it_hides_splits_and_deletions(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    await library.ask(m.Update(id_, split=(m.SplitAt(0, 4),)))
    await library.ask(m.Update(id_, delete=(2,)))
    with pytest.raises(BadRequestError, match="2 sentences"):
        await library.ask(m.Retranscribe(id_, CZECH))
    await again(library, id_, "Jedna.")
    await library.ask(m.GoBack(id_))
    assert await library.texts(id_) == ["One", "two."]


@with_library
async def test_failed_write_changes_nothing(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    await library.ask(m.Update(id_, segments={"1": "Drei."}))
    before = await segments(library, id_)
    for request in (
        m.Update(id_, split=(m.SplitAt(0, 4),)),
        m.Undo(id_),
        m.RestoreVersion(id_, 0),
    ):
        library.store.fails = 1
        with pytest.raises(StorageError):
            await library.ask(request)
        assert await segments(library, id_) == before
    await library.ask(m.Undo(id_))
    assert await library.texts(id_) == [" One two.", " Three."]


@with_library
async def test_one_change_is_one_write(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    library.clock.sleep = never  # type: ignore[method-assign]
    writes = library.store.writes
    await library.service.handle(m.Update(id_, split=(m.SplitAt(0, 4),)))
    assert library.store.writes == writes + 1


async def never(_delay_s: float) -> None:
    """A clock that stands still: nothing is written behind."""
    await asyncio.get_running_loop().create_future()


@with_library
async def test_found_text_is_replaced_in_one_change(library: PageLibrary) -> None:
    id_ = await spoken(library, "Mr Novak spoke.", "Then novak left, and Mr", "Novak came.")
    query = m.FindText("Mr Novak", across_segments=True)
    found = await library.ask(m.Find(id_, query, "Mrs Nováková"))
    assert [(each.segment, each.text) for each in found.places] == [
        (0, "Mr Novak"),
        (1, "Mr Novak"),
    ]
    await library.ask(m.Replace(id_, query, "Mrs Nováková"))
    assert await library.texts(id_) == [
        "Mrs Nováková spoke.", "Then novak left, and Mrs Nováková", "came.",
    ]  # fmt: skip
    words = m.FindText("nov[a-z]+", regular_expression=True, whole_words=True)
    found = await library.ask(m.Find(id_, words, "X"))
    assert [each.text for each in found.places] == ["novak"]
    await library.ask(m.Undo(id_))
    assert await library.texts(id_) == [
        " Mr Novak spoke.", " Then novak left, and Mr", " Novak came.",
    ]  # fmt: skip
    only = m.FindText("novak")
    found = await library.ask(m.Find(id_, only))
    await library.ask(m.Replace(id_, only, "Novák", only=(2,), revision=found.revision))
    assert (await library.texts(id_))[1:] == [" Then novak left, and Mr", "Novák came."]
    with pytest.raises(BadRequestError, match="Search again"):
        await library.ask(m.Replace(id_, only, "x", only=(0,), revision=found.revision))
    endless = m.FindText("(a+)+b", regular_expression=True)
    with pytest.raises(BadRequestError, match="for ever"):
        await library.ask(m.Find(id_, endless))


@with_library
async def test_backup_has_splits_and_versions(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    await library.ask(m.Update(id_, segments={"1": "Drei."}))
    library.clock.time_s += 100
    await library.ask(m.Update(id_, split=(m.SplitAt(0, 4),)))
    file = await library.ask(m.SaveBackup())
    other = PageLibrary()
    await other.open()
    await other.ask(m.LoadBackup(), library.backups.files[file.name])
    assert await segments(other, id_) == await segments(library, id_)
    versions = (await library.ask(m.ListVersions(id_))).versions
    assert (await other.ask(m.ListVersions(id_))).versions == versions
    await other.ask(m.RestoreVersion(id_, 1))
    assert await other.texts(id_) == [" One two.", "Drei."]


@with_library
async def test_deletion_leaves_no_version(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two.", "Three.")
    await library.ask(m.Update(id_, segments={"1": "Secret."}))
    await library.ask(m.Update(id_, segments={"1": "Gone."}))
    await library.ask(m.Remove((id_,)))
    await library.ask(m.EmptyBin())
    assert not any("Secret" in text for table in library.store.tables.values()
                   for text in table.values())  # fmt: skip


@with_library
async def test_indices_and_speakers_are_checked(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    for request in (
        m.Update(id_, segments={"x": "y"}),
        m.Update(id_, segments={"-1": "y"}),
        m.Update(id_, speakers={"0": "  "}),
    ):
        with pytest.raises(BadRequestError):
            await library.ask(request)
    with pytest.raises(NotFoundError):
        await library.ask(m.Update(id_, segments={"1": "y"}))


async def names(library: PageLibrary, id_: str) -> list[str | None]:
    """Who says each sentence, by name."""
    whole = await library.ask(m.GetTranscript(id_))
    known = {speaker.id: speaker.name for speaker in whole.speakers}
    return [known.get(segment.speaker) for segment in whole.segments]


@with_library
async def test_speakers_are_named_without_a_model_and_undone_with_the_text(
    library: PageLibrary,
) -> None:
    id_ = await spoken(library, "One two.", "Three.", "Four five.")
    heard = await segments(library, id_)
    updated = await library.ask(m.Update(id_, speakers={"0": "Ann", "1": "Bob", "2": "ann"}))
    assert await names(library, id_) == ["Ann", "Bob", "Ann"]
    assert with_changes(heard, updated) == await segments(library, id_)
    assert [speaker.name for speaker in updated.transcript.speakers] == ["Ann", "Bob"]
    await library.ask(m.Update(id_, split=(m.SplitAt(0, 5),), speakers={"1": None}))
    assert await names(library, id_) == ["Ann", "Ann", None, "Ann"]
    await library.ask(m.Update(id_, split=(m.SplitAt(3, 6),)))
    await library.ask(m.Update(id_, speakers={"4": "Cyd"}))
    await library.ask(m.RenameSpeaker(id_, updated.transcript.speakers[0].id, "Anna"))
    assert await names(library, id_) == ["Anna", "Anna", None, "Anna", "Cyd"]
    file = await library.ask(m.Export(id_, "csv"))
    assert "Cyd" in file.text
    assert [each.what for each in (await library.ask(m.ListVersions(id_))).versions] == [
        "Speaker renamed",
        "Sentence 5 given a speaker",
        "Sentence 4 split",
        "Sentence 1 split, sentence 2 given a speaker",
        "3 sentences given a speaker",
        "Recognised",
    ]
    for _ in range(3):
        await library.ask(m.Undo(id_))
    assert await names(library, id_) == ["Ann", "Ann", None, "Ann"]
    for _ in range(2):
        await library.ask(m.Undo(id_))
    assert await segments(library, id_) == heard
    for _ in range(5):
        await library.ask(m.Redo(id_))
    assert await names(library, id_) == ["Anna", "Anna", None, "Anna", "Cyd"]
    await library.restart()
    await library.ask(m.RestoreVersion(id_, 1))
    assert await names(library, id_) == ["Ann", "Bob", "Ann"]
    await library.ask(m.RestoreVersion(id_, 0))
    assert await segments(library, id_) == heard


# ---------------------------------------------------------------- in any order

STEPS = st.lists(
    st.tuples(
        st.sampled_from([
            "text", "split", "join", "delete", "undo", "redo", "restore", "stale", "crash",
            "reload", "batch", "again", "back", "speaker", "type", "words",
        ]),
        st.integers(0, 5),
        st.integers(0, 12),
    ),
    max_size=14,
)  # fmt: skip


def request_of(
    name: str, id_: str, segment: int, number: int, seen: int, shown: list[Segment]
) -> m.Request:
    match name:
        case "type":
            before = tuple(each.text.strip() for each in shown[segment : segment + 2])
            said = " ".join(before).split() or ["Nothing."]
            at = number % len(said)
            typed = [*said[:at], ("", "new.", "\n", "new\nline")[number % 4], *said[at + 1 :]]
            join = (segment,) if number % 5 == 0 and len(before) == 2 else ()
            paragraph = m.RetypedText(segment, before, " ".join(typed), join)
            return m.Update(id_, retype=(paragraph,), revision=seen if number % 2 else None)
        case "words":
            last = min(segment + number % 2, max(0, len(shown) - 1))
            return m.AssignWords(id_, segment, number % 4, last, number, "", "Cyd")
        case "text":
            return m.EditSegment(id_, segment, f"Text {number}.")
        case "split":
            return m.Update(id_, split=(m.SplitAt(segment, number),))
        case "join":
            return m.Update(id_, join=(segment,))
        case "delete":
            return m.Update(id_, delete=(segment,))
        case "speaker":
            return m.Update(id_, speakers={str(segment): (None, "Ann", "Bob")[number % 3]})
        case "undo":
            return m.Undo(id_)
        case "redo":
            return m.Redo(id_)
        case "stale":
            return m.Update(id_, segments={str(segment): f"Other tab {number}."}, revision=seen)
        case _:
            return m.RestoreVersion(id_, number)


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_saved_changes_explain_the_text(steps: list[tuple[str, int, int]]) -> None:
    asyncio.run(story(steps))


async def story(steps: list[tuple[str, int, int]]) -> None:
    """After each step the text is that of the last saved change, in memory and in the store."""
    library = PageLibrary()
    await library.open()
    id_ = await spoken(library, "One two three.", "Four five.", "Six.")
    runs, seen = 1, await revision(library, id_)
    shown = await segments(library, id_)
    for step, segment, number in steps:
        name = step
        try:
            if name == "reload":
                await library.restart()
            elif name == "again":
                runs += 1
                await again(library, id_, f"Run {runs} here.", run=runs)
                shown = await segments(library, id_)
            elif name == "back":
                await library.ask(m.GoBack(id_, replace_corrections=True))
                shown = await segments(library, id_)
            elif name == "batch":
                await library.hear(batch(id_, 1, "Late.", run=runs))
            else:
                if name == "crash":
                    library.store.fails = 1
                request = request_of(
                    "text" if name == "crash" else name, id_, segment, number, seen, shown
                )
                reply: Any = await library.ask(request)
                if isinstance(reply, m.Updated):
                    shown = with_changes(shown, reply)
                else:
                    shown = list(reply.segments)
        except EarwitnessError:
            await library.service.settle()
        library.store.fails = 0
        if number % 3 == 0:
            seen = await revision(library, id_)
        assert await segments(library, id_) == shown
        check(shown)
    texts = [segment.text for segment in shown]
    await library.restart()
    assert await library.texts(id_) == texts
    for segment, text in enumerate(texts):
        word = text.split()[-1].strip(".") if text.split() else ""
        assert not word or (id_, segment) in await library.find(word)
    await library.ask(m.RestoreVersion(id_, 0))
    assert all(segment.heard is None for segment in await segments(library, id_))


def check(shown: list[Segment]) -> None:
    at_s = 0.0
    for segment in shown:
        assert at_s <= segment.start_s <= segment.end_s <= 30.0
        at_s = segment.start_s
        for word in segment.words:
            assert at_s <= word.start_s <= word.end_s <= segment.end_s
            at_s = word.start_s
        at_s = segment.end_s


@with_library
async def test_typed_paragraph_is_one_change_and_can_be_sent_again(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One two three.", "Four five.", "Six.")
    before = await segments(library, id_)
    seen = await revision(library, id_)
    said = ("One two three.", "Four five.")
    typed = m.RetypedText(0, said, "One two\nthree. Four fife.")
    request = m.Update(id_, revision=seen, retype=(typed,))
    updated = await library.ask(request)
    assert await library.texts(id_) == ["One two", "three.", "Four fife.", " Six."]
    assert updated.what == "Sentence 2 corrected, sentence 1 split"
    assert with_changes(before, updated) == await segments(library, id_)
    again_sent = m.RetypedText(1, ("Four five.",), "Four fife.")
    same = await library.ask(m.Update(id_, revision=seen, retype=(again_sent,)))
    assert (same.changes, same.what) == ((), "")
    with pytest.raises(EditConflictError) as refused:
        await library.ask(
            m.Update(id_, revision=seen, retype=(m.RetypedText(1, ("Four five.",), "Four."),))
        )
    conflicts = json.loads(refused.value.detail)["conflicts"]
    assert conflicts == [{"segment": 2, "yours": "Four.", "theirs": "Four fife."}]
    undone = await library.ask(m.Undo(id_))
    assert undone.what == "Undone: Sentence 2 corrected, sentence 1 split"
    assert await segments(library, id_) == before
    # Another sentence of the paragraph may have changed: only what differs is compared.
    await library.ask(m.EditSegment(id_, 1, "Four and five."))
    await library.ask(
        m.Update(id_, revision=seen, retype=(m.RetypedText(0, said, "One. Four five."),))
    )
    assert await library.texts(id_) == ["One.", "Four and five.", " Six."]


@with_library
async def test_undo_of_one_change_never_takes_a_later_one_back(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    made = await library.ask(m.Update(id_, segments={"0": "First."}))
    revision_made = made.transcript.revision
    await library.ask(m.Update(id_, segments={"1": "Second."}))
    with pytest.raises(BadRequestError, match="not the latest"):
        await library.ask(m.Undo(id_, revision_made))
    assert [text.strip() for text in await library.texts(id_)] == ["First.", "Second."]
    await library.ask(m.Undo(id_))
    await library.ask(m.Undo(id_, revision_made))
    assert [text.strip() for text in await library.texts(id_)] == ["One.", "Two."]
    with pytest.raises(BadRequestError):
        await library.ask(m.Undo(id_, revision_made))


_THEIRS = {
    "corrected": m.Update("", segments={"1": "Theirs."}),
    "split": m.Update("", split=(m.SplitAt(1, 4),)),
    "joined with the next": m.Update("", join=(1,)),
    "joined with the one before": m.Update("", join=(0,)),
    "deleted": m.Update("", delete=(1,)),
    "all deleted but the last": m.Update("", delete=(0, 1, 2)),
}


@pytest.mark.parametrize("theirs", list(_THEIRS))
@with_library
async def test_text_that_overwrites_another_wins_in_one_step(
    library: PageLibrary, theirs: str
) -> None:
    said = ("One.", "Two to.", "Three.", "Four.")
    id_ = await transcribed(library, *said)
    seen = await revision(library, id_)
    await library.ask(dataclasses.replace(_THEIRS[theirs], transcript_id=id_))
    between = await library.texts(id_)
    typed = m.RetypedText(0, said[:3], "One. Mine\nand mine. Three.")
    with pytest.raises(EditConflictError):
        await library.ask(m.Update(id_, retype=(typed,), revision=seen))
    await library.ask(m.Update(id_, retype=(typed,), revision=seen, overwrite=True))
    texts = [text.strip() for text in await library.texts(id_)]
    if theirs == "all deleted but the last":
        # Two of these sentences were the user's only to read: they stay deleted.
        assert texts == ["Mine", "and mine.", "Four."]
    else:
        assert texts == ["One.", "Mine", "and mine.", "Three.", "Four."]
    await library.ask(m.Undo(id_))
    assert await library.texts(id_) == between


@with_library
async def test_joined_paragraphs_overwrite_what_another_made_of_one(library: PageLibrary) -> None:
    said = ("One.", "Two.", "Three.")
    id_ = await transcribed(library, *said)
    seen = await revision(library, id_)
    await library.ask(m.Update(id_, segments={"1": "Theirs."}))
    typed = m.RetypedText(0, said, "One, two. Three.", (0,))
    request = m.Update(id_, retype=(typed,), revision=seen)
    with pytest.raises(EditConflictError):
        await library.ask(request)
    await library.ask(dataclasses.replace(request, overwrite=True))
    assert [text.strip() for text in await library.texts(id_)] == ["One, two.", "Three."]
    listed = (await library.ask(m.ListVersions(id_))).versions
    await library.ask(m.RestoreVersion(id_, listed[1].id))
    assert [text.strip() for text in await library.texts(id_)] == ["One.", "Theirs.", "Three."]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_overwriting_text_is_never_refused_and_never_lost(data: st.DataObject) -> None:
    @with_library
    async def check(library: PageLibrary) -> None:
        said = tuple(f"Sentence {i} here." for i in range(5))
        id_ = await transcribed(library, *said)
        seen = await revision(library, id_)
        for step in range(data.draw(st.integers(1, 3))):
            count = len(await library.texts(id_))
            if count < 2:
                break
            i = data.draw(st.integers(0, count - 2))
            await library.ask(
                data.draw(
                    st.sampled_from(
                        [
                            m.Update(id_, segments={str(i): f"Other {step} words."}),
                            m.Update(id_, split=(m.SplitAt(i, 6),)),
                            m.Update(id_, join=(i,)),
                            m.Update(id_, delete=(i,)),
                        ]
                    )
                )
            )
        first = data.draw(st.integers(0, 3))
        own = said[first : data.draw(st.integers(first + 1, 5))]
        mine = [f"Mine {i}." if data.draw(st.booleans()) else text for i, text in enumerate(own)]
        joins = [first + i for i in range(len(own) - 1) if data.draw(st.booleans())]
        typed = m.RetypedText(first, own, " ".join(mine), tuple(joins))
        await library.ask(m.Update(id_, retype=(typed,), revision=seen, overwrite=True))
        text = " ".join(each.strip() for each in await library.texts(id_))
        places = [text.find(each) for each in mine if each.startswith("Mine")]
        assert -1 not in places
        assert places == sorted(places)

    check()
