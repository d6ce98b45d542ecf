"""A watched folder: complete files, links, the history, and files that are written beside."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from earwitness.errors import BadRequestError, ErrorView, StorageError
from earwitness_server.cli.files import expanded, write_new
from earwitness_server.cli.watch import HISTORY, SETTLE_S, Watch


class Clock:
    """A clock that a test moves."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


def settled(watch: Watch, clock: Clock) -> list[str]:
    """The names of the recordings that are ready after a quiet time."""
    watch.ready()
    clock.now_s += SETTLE_S
    return [path.relative_to(watch.folder).as_posix() for path in watch.ready()]


def test_recording_is_ready_once_it_has_stopped_growing(folder: Path, clock: Clock) -> None:
    watch = Watch(folder, clock)
    path = folder / "talk.MP3"
    path.write_bytes(b"one")
    assert watch.ready() == []
    clock.now_s += SETTLE_S - 1
    path.write_bytes(b"one two")
    assert watch.ready() == []
    clock.now_s += SETTLE_S - 1
    assert watch.ready() == []
    clock.now_s += 1
    assert watch.ready() == [path]


def test_other_hidden_and_empty_files_are_left_alone(folder: Path, clock: Clock) -> None:
    for name in ("notes.txt", ".hidden.wav", ".Trash/old.wav", "talk.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"sound")
    (folder / "empty.wav").touch()
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "deep.wav").write_bytes(b"sound")
    assert settled(Watch(folder, clock), clock) == ["a/b/deep.wav"]


def test_links_are_never_followed(folder: Path, tmp_path: Path, clock: Clock) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.wav").write_bytes(b"sound")
    (folder / "file.wav").symlink_to(outside / "secret.wav")
    (folder / "folder").symlink_to(outside)
    (folder / "circle").symlink_to(folder)
    watch = Watch(folder, clock)
    assert settled(watch, clock) == []
    inside = folder / "day"
    inside.mkdir()
    (inside / "secret.wav").write_bytes(b"sound")
    assert settled(watch, clock) == ["day/secret.wav"]
    assert watch.is_inside(inside / "secret.wav")
    inside.rename(folder / "moved")
    inside.symlink_to(outside)
    assert not watch.is_inside(inside / "secret.wav")


def test_folder_may_be_named_by_a_link(folder: Path, tmp_path: Path, clock: Clock) -> None:
    (folder / "talk.wav").write_bytes(b"sound")
    link = tmp_path / "link"
    link.symlink_to(folder)
    watch = Watch(link, clock)
    assert settled(watch, clock) == ["talk.wav"]
    assert watch.is_inside(watch.folder / "talk.wav")


def test_finished_recording_is_skipped_until_it_changes(folder: Path, clock: Clock) -> None:
    good, bad = folder / "good.wav", folder / "bad.wav"
    good.write_bytes(b"sound")
    bad.write_bytes(b"noise")
    watch = Watch(folder, clock)
    assert sorted(settled(watch, clock)) == ["bad.wav", "good.wav"]
    watch.record(good, [folder / "good.txt"], None)
    watch.record(bad, [], ErrorView("MediaError", "This is not a recording.", "Send another."))
    assert settled(watch, clock) == []
    again = Watch(folder, clock)
    assert settled(again, clock) == []
    bad.write_bytes(b"a recording now")
    assert settled(again, clock) == ["bad.wav"]
    done, failed = map(json.loads, (folder / HISTORY).read_text().splitlines())
    assert (done["state"], done["written"]) == ("done", [str(folder / "good.txt")])
    assert (failed["state"], failed["error"]["hint"]) == ("failed", "Send another.")


def test_damaged_lines_of_the_history_do_not_count(folder: Path, clock: Clock) -> None:
    (folder / "talk.wav").write_bytes(b"sound")
    (folder / HISTORY).write_text('[]\n{"file": "talk.wav"}\n{"file": "talk.wa')
    watch = Watch(folder, clock)
    assert settled(watch, clock) == ["talk.wav"]
    watch.record(folder / "talk.wav", [], None)
    assert settled(Watch(folder, clock), clock) == []


def test_history_is_no_link(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("kept")
    (folder / HISTORY).symlink_to(other)
    with pytest.raises(StorageError, match="history"):
        Watch(folder)
    assert other.read_text() == "kept"
    with pytest.raises(BadRequestError, match="not a folder"):
        Watch(other)


def test_patterns_are_expanded_and_names_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.wav", "a.wav", "[1].wav"):
        Path(name).touch()
    Path("c.wav").mkdir()
    found = expanded(["?.wav", "a.wav", "[1].wav", "none*.wav", "gone.wav"])
    assert list(map(str, found)) == ["a.wav", "b.wav", "[1].wav", "none*.wav", "gone.wav"]


def test_new_file_gets_a_free_name(tmp_path: Path) -> None:
    (tmp_path / "talk.openai.json").symlink_to(tmp_path / "nowhere")
    first = write_new(tmp_path, "talk.openai.json", b"1")
    second = write_new(tmp_path, "talk.openai.json", b"2")
    assert (first.name, second.name) == ("talk.openai (2).json", "talk.openai (3).json")
    assert sorted(os.listdir(tmp_path)) == sorted(["talk.openai.json", first.name, second.name])
    assert not (tmp_path / "nowhere").exists()


def test_writers_of_one_name_at_once_each_get_a_file(tmp_path: Path) -> None:
    contents = [str(n).encode() for n in range(8)]
    threads = [
        threading.Thread(target=write_new, args=(tmp_path, "talk.srt", content))
        for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == contents


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"talk\.srt could not be written to .*--to"):
        write_new(tmp_path / "file", "talk.srt", b"")
