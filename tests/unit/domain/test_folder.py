"""A folder that is kept in step: what is added from it and written into it."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness.domain.folder import (
    FolderState,
    checked_formats,
    digest,
    is_backup_due,
    plan,
    with_added,
    with_written,
)
from earwitness.domain.records import Record
from earwitness.errors import BadRequestError
from earwitness.messages import FolderFile, FolderPlan, FolderText
from hypothesis import given
from hypothesis import strategies as st

TALK = FolderFile("talk.mp3", 1000, 5)
ADDED = with_added(FolderState(), TALK, "t1")


def plan_for(
    state: FolderState,
    *files: FolderFile,
    before: tuple[FolderFile, ...] | None = None,
    revision: int = 1,
    backup_due: bool = False,
) -> FolderPlan:
    """The plan where transcript `t1` is done; without `before` the files are as they were."""
    return plan(
        state,
        files,
        files if before is None else before,
        {"t1": revision},
        backup_due=backup_due,
        today="2026-12-01",
    )


def written(state: FolderState, text: FolderText, size: int = 20) -> tuple[FolderState, FolderFile]:
    """The state and the file after the text was written."""
    file = FolderFile(text.path, size, 9)
    return with_written(state, file, text), file


def test_recording_is_added_once_its_size_and_date_stay_the_same() -> None:
    grown = dataclasses.replace(TALK, bytes=2000)
    assert plan_for(FolderState(), TALK, before=()).add == ()
    assert plan_for(FolderState(), grown, before=(TALK,)).add == ()
    assert plan_for(FolderState(), grown, before=(grown,)).add == ("talk.mp3",)


def test_recording_is_added_again_only_when_its_file_has_changed() -> None:
    assert plan_for(ADDED, TALK).add == ()
    assert plan_for(ADDED, dataclasses.replace(TALK, modified_ms=6)).add == ("talk.mp3",)


@pytest.mark.parametrize("path", ["notes.txt", "mp3", ".mp3", "talk.mp3.part", "a/.wav"])
def test_other_files_are_not_added(path: str) -> None:
    assert plan_for(FolderState(), FolderFile(path, 10, 1)).add == ()


def test_empty_file_is_not_added() -> None:
    assert plan_for(FolderState(), FolderFile("talk.mp3", 0, 1)).add == ()


def test_text_is_written_beside_its_recording_in_each_chosen_format() -> None:
    deep = FolderFile("2026/May 1/Talk.M4A", 10, 1)
    state = with_added(FolderState(formats=("txt", "srt")), deep, "t1")
    assert plan_for(state, deep).write == (
        FolderText("2026/May 1/Talk.txt", "t1", "txt", 1, None),
        FolderText("2026/May 1/Talk.srt", "t1", "srt", 1, None),
    )
    assert plan_for(dataclasses.replace(state, formats=()), deep).write == ()


def test_text_is_written_again_when_it_has_changed() -> None:
    state, file = written(ADDED, plan_for(ADDED, TALK).write[0])
    assert plan_for(state, TALK, file).write == ()
    assert plan_for(state, TALK, file, revision=2).write == (
        FolderText("talk.txt", "t1", "txt", 2, file),
    )


def test_deleted_text_is_written_again_only_when_it_has_changed() -> None:
    state, _ = written(ADDED, plan_for(ADDED, TALK).write[0])
    assert plan_for(state, TALK).write == ()
    assert plan_for(state, TALK, revision=2).write == (
        FolderText("talk.txt", "t1", "txt", 2, None),
    )


def test_text_of_a_recording_that_left_the_folder_is_not_written() -> None:
    assert plan_for(ADDED).write == ()


@pytest.mark.parametrize("name", ["talk.txt", "TALK.TXT", "talk.mp3"])
def test_file_of_somebody_else_is_not_written_over(name: str) -> None:
    theirs = FolderFile(name, 7, 7)
    [text] = plan_for(ADDED, TALK, theirs).write
    assert text.replaces is None
    assert text.path == ("talk.txt" if name == "talk.mp3" else "talk.mp3.txt")


def test_file_that_somebody_changed_is_not_written_over() -> None:
    state, file = written(ADDED, plan_for(ADDED, TALK).write[0])
    changed = dataclasses.replace(file, bytes=21)
    [text] = plan_for(state, TALK, changed, revision=2).write
    assert (text.path, text.replaces) == ("talk.mp3.txt", None)
    state, second = written(state, text)
    [text] = plan_for(state, TALK, changed, second, revision=3).write
    assert (text.path, text.replaces) == ("talk.mp3.txt", second)


def test_two_recordings_of_one_name_have_texts_of_their_own() -> None:
    wav = FolderFile("talk.wav", 10, 1)
    state = with_added(ADDED, wav, "t2")
    found = plan(
        state, [TALK, wav], [], {"t1": 1, "t2": 1}, backup_due=False, today="2026-12-01"
    ).write
    assert [text.path for text in found] == ["talk.txt", "talk.wav.txt"]


@given(
    names=st.lists(st.sampled_from(["talk.txt", "Talk.TXT", "talk.mp3.txt", "talk.mp3 (2).txt"])),
    revision=st.integers(1, 3),
    size=st.integers(19, 21),
)
def test_written_file_is_new_or_untouched(names: list[str], revision: int, size: int) -> None:
    state, mine = written(ADDED, plan_for(ADDED, TALK).write[0])
    files = {name: FolderFile(name, size, 9) for name in names} | {"talk.mp3": TALK}
    for text in plan_for(state, *files.values(), revision=revision).write:
        if text.replaces is None:
            assert text.path.casefold() not in {path.casefold() for path in files}
        else:
            assert text.replaces == files[text.path] == mine


def test_backup_is_due_once_a_day_after_a_change() -> None:
    before = [Record("t1", "Talk", "2026-11-30T08:00:00Z", "base")]
    after = [dataclasses.replace(before[0], revision=1)]
    state = FolderState(backup_day="2026-11-30", backed_up=digest(before))
    assert digest(before) != digest(after)
    assert not is_backup_due(state, digest(before), "2026-12-01")
    assert is_backup_due(state, digest(after), "2026-12-01")
    assert not is_backup_due(state, digest(after), "2026-11-30")
    off = dataclasses.replace(state, backup="off")
    assert not is_backup_due(off, digest(after), "2026-12-01")


def test_backup_has_a_name_of_its_own() -> None:
    theirs = FolderFile("earwitness-2026-12-01.zip", 1, 1)
    assert plan_for(FolderState(), backup_due=True).backup == "earwitness-2026-12-01.zip"
    found = plan_for(FolderState(), theirs, backup_due=True).backup
    assert found == "earwitness-2026-12-01 (2).zip"
    assert plan_for(FolderState()).backup == ""


def test_only_offered_formats_are_accepted() -> None:
    assert checked_formats(["json", "txt", "txt"]) == ("txt", "json")
    with pytest.raises(BadRequestError, match="takes no docx"):
        checked_formats(["docx"])
