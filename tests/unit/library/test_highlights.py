"""Highlights in the page's library: saved, taken back, kept by runs, backups and copies."""

from __future__ import annotations

import json

import pytest
from earwitness import messages as m
from earwitness.domain.versions import EditConflictError
from earwitness.errors import BadRequestError
from earwitness.transcript import Highlight

from tests.unit.library.harness import (
    PageLibrary,
    again,
    revision,
    summary,
    transcribed,
    with_library,
)
from tests.unit.library.test_backup import elsewhere, saved

HELLO = m.NewHighlight(0.0, 1.0, "green", "budget", "Ask again.", "h")


def marking(id_: str, *add: m.NewHighlight, **changes: object) -> m.Update:
    return m.Update(id_, highlights=m.HighlightChanges(add, **changes))  # pyright: ignore[reportArgumentType]


async def highlights(library: PageLibrary, id_: str) -> tuple[Highlight, ...]:
    return (await library.ask(m.GetTranscript(id_))).highlights


@with_library
async def test_highlight_is_saved_told_and_taken_back(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "It is fine.")
    before = await revision(library, id_)
    updated = await library.ask(marking(id_, HELLO))
    [made] = updated.highlights
    assert made == Highlight("h", 0.0, 1.0, "green", "budget", "Ask again.")
    assert (updated.changes, updated.can_undo, updated.what) == ((), True, "Highlight added")
    assert updated.transcript.revision == before + 1
    assert updated.transcript.labels == ("budget",)
    await library.restart()
    assert await highlights(library, id_) == (made,)
    assert (await summary(library, id_)).labels == ("budget",)
    removed = await library.ask(marking(id_, remove=("h",)))
    assert removed.highlights == ()
    undone = await library.ask(m.Undo(id_))
    assert (undone.highlights, undone.changes) == ((made,), ())
    assert (await library.ask(m.Redo(id_))).highlights == ()
    versions = (await library.ask(m.ListVersions(id_))).versions
    added = next(version for version in versions if version.what == "Highlight added")
    restored = await library.ask(m.RestoreVersion(id_, added.id))
    assert restored.highlights == (made,)
    corrected = await library.ask(m.Update(id_, segments={"1": "It is good."}))
    assert corrected.highlights is None


@with_library
async def test_highlight_and_text_change_at_once_or_not_at_all(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "It is fine.")
    long = m.NewHighlight(0.0, 1.0, note="x" * 1_000_000)
    changes = m.HighlightChanges((long,))
    with pytest.raises(BadRequestError, match="10,000 characters, not 1,000,000"):
        await library.ask(m.Update(id_, segments={"0": "Bye."}, highlights=changes))
    assert (await library.texts(id_))[0].strip() == "Hello everyone."
    changes = m.HighlightChanges((HELLO,))
    await library.ask(m.Update(id_, segments={"0": "Bye."}, highlights=changes))
    assert (await library.texts(id_))[0] == "Bye."
    await library.ask(m.Undo(id_))
    assert (await library.texts(id_))[0].strip() == "Hello everyone."
    assert await highlights(library, id_) == ()


@with_library
async def test_note_of_another_tab_is_not_overwritten(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.")
    await library.ask(marking(id_, HELLO))
    seen = await revision(library, id_)
    theirs = m.HighlightChanges(change={"h": m.ChangedHighlight(note="theirs")})
    await library.ask(m.Update(id_, highlights=theirs))
    mine = m.HighlightChanges(change={"h": m.ChangedHighlight(note="mine")})
    with pytest.raises(EditConflictError) as caught:
        await library.ask(m.Update(id_, highlights=mine, revision=seen))
    [conflict] = json.loads(caught.value.detail)["conflicts"]
    assert conflict == {
        "segment": -1, "yours": "mine", "theirs": "budget\ntheirs", "highlight": "h",
    }  # fmt: skip
    [kept] = await highlights(library, id_)
    assert kept.note == "theirs"


@with_library
async def test_highlights_outlive_another_run(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "It is fine.")
    await library.ask(marking(id_, HELLO))
    await again(library, id_, "Hello, everybody.", "It is fine.")
    assert [each.note for each in await highlights(library, id_)] == ["Ask again."]
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert [each.note for each in await highlights(library, id_)] == ["Ask again."]


@with_library
async def test_backup_holds_highlights_and_their_versions(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.")
    await library.ask(marking(id_, HELLO))
    await library.ask(m.Update(id_, highlights=m.HighlightChanges(remove=("h",))))
    await library.ask(m.Undo(id_))
    other, _ = await elsewhere(await saved(library))
    assert [each.note for each in await highlights(other, id_)] == ["Ask again."]
    assert (await summary(other, id_)).labels == ("budget",)
    versions = (await other.ask(m.ListVersions(id_))).versions
    assert [version.what for version in versions][:3] == [
        "Undone: Highlight removed", "Highlight removed", "Highlight added",
    ]  # fmt: skip


async def found(library: PageLibrary, query: str) -> list[tuple[int | None, bool, str]]:
    hits = (await library.ask(m.Search(query))).hits
    return [(hit.segment, hit.note, hit.snippet) for hit in hits]


@with_library
async def test_labels_and_notes_are_found(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "It is fine.")
    second = (await library.ask(m.GetTranscript(id_))).segments[1]
    note = "Ask the treasurer\nagain."
    new = m.NewHighlight(second.start_s, second.end_s, label="budget", note=note, id="h")
    await library.ask(marking(id_, new))
    assert await found(library, "treasurer again") == [
        (1, True, "budget: Ask the \ue000treasurer\ue001 \ue000again\ue001.")
    ]
    assert [hit[:2] for hit in await found(library, "budget")] == [(1, True)]
    await library.ask(m.Rename(id_, "Council"))
    await library.ask(m.Update(id_, split=(m.SplitAt(0, 6),)))
    assert [hit[:2] for hit in await found(library, "budget")] == [(2, True)]
    assert [hit[:2] for hit in await found(library, "fine")] == [(2, False)]
    await library.restart()
    assert [hit[:2] for hit in await found(library, "budget")] == [(2, True)]
    labelled = (await library.ask(m.Search("fine", label="Budget"))).hits
    assert [hit.segment for hit in labelled] == [2]
    for query, label in (("Hello", "budget"), ("fine", "money")):
        assert (await library.ask(m.Search(query, label=label))).hits == ()
    change = m.HighlightChanges(change={"h": m.ChangedHighlight(note="", label="money")})
    await library.ask(m.Update(id_, highlights=change))
    assert await found(library, "treasurer") == []
    assert [hit[:2] for hit in await found(library, "money")] == [(2, True)]
    await library.ask(m.Undo(id_))
    assert [hit[:2] for hit in await found(library, "treasurer")] == [(2, True)]
    await library.ask(m.Remove((id_,)))
    assert await found(library, "treasurer") == []
