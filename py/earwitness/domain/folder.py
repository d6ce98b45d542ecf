"""What to do in a folder of the user's: which recordings to add, which files to write, and where.

Nothing here deletes a file, or names one to write over that Earwitness did not write itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

from earwitness.domain.media_types import RECORDING_EXTENSIONS
from earwitness.domain.records import Record
from earwitness.errors import BadRequestError
from earwitness.messages import (
    ExportFormat,
    FolderBackup,
    FolderFile,
    FolderPlan,
    FolderText,
)

FolderFormat = Literal["txt", "srt", "json"]
"""Formats that are offered: their texts are enough for other programs."""
FORMATS: tuple[FolderFormat, ...] = get_args(FolderFormat)


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A recording of the folder that the library has."""

    bytes: int
    modified_ms: int
    transcript_id: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that Earwitness wrote, as it was then."""

    bytes: int
    modified_ms: int
    transcript_id: str = ""
    """Empty: it is a backup."""
    format: ExportFormat = "txt"
    revision: int = 0


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is kept of a folder between two looks."""

    name: str = ""
    formats: tuple[ExportFormat, ...] = ("txt",)
    backup: FolderBackup = "texts"
    added: dict[str, AddedFile] = field(default_factory=dict[str, AddedFile])
    """By path."""
    written: dict[str, WrittenFile] = field(default_factory=dict[str, WrittenFile])
    """By path."""
    backup_day: str = ""
    """Date of the last backup in it; empty: there is none."""
    backed_up: str = ""
    """`digest` of the library at that time."""


def plan(
    state: FolderState,
    files: Sequence[FolderFile],
    before: Iterable[FolderFile],
    revisions: Mapping[str, int],
    *,
    backup_due: bool,
    today: str,
) -> FolderPlan:
    """Return what to do in a folder with these files.

    `before` are the files of the look before. `revisions` are those of all finished texts, by
    transcript id.
    """
    stable = set(before)
    add = [
        file.path
        for file in files
        if file in stable and is_recording(file) and not _is_added(state, file)
    ]
    here = {file.path: file for file in files}
    taken = {_folded(path) for path in here}
    write: list[FolderText] = []
    for path, added in state.added.items():
        revision = revisions.get(added.transcript_id)
        for kind in state.formats if revision is not None and path in here else ():
            last, written = _last_written(state, added.transcript_id, kind)
            if revision is None or (written and written.revision == revision):
                continue
            there = here.get(last)
            if written and there and _is_same(there, written):
                write.append(FolderText(last, added.transcript_id, kind, revision, there))
                continue
            free = _free(_texts_beside(path, kind), taken)
            taken.add(_folded(free))
            write.append(FolderText(free, added.transcript_id, kind, revision, None))
    name = f"earwitness-{today}"
    backup = _free(_numbered(name, ".zip"), taken) if backup_due else ""
    return FolderPlan(tuple(add), tuple(write), backup)


def is_backup_due(state: FolderState, library: str, today: str) -> bool:
    """Return whether a backup is due: one a day, if the library has changed since the last one.

    `library` is the `digest` of the library as it is.
    """
    return state.backup != "off" and state.backup_day != today and state.backed_up != library


def digest(records: Iterable[Record]) -> str:
    """Return a short text that changes whenever the words, names or places of recordings do."""
    parts = sorted(
        (each.id, each.name, each.revision, each.runs, each.tags, each.removed_at, each.audio_path)
        for each in records
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def with_added(state: FolderState, file: FolderFile, transcript_id: str) -> FolderState:
    """Return the state after a recording was added."""
    added = AddedFile(file.bytes, file.modified_ms, transcript_id)
    return dataclasses.replace(state, added={**state.added, file.path: added})


def with_written(state: FolderState, file: FolderFile, text: FolderText | None) -> FolderState:
    """Return the state after a text, or without one a backup, was written."""
    written = {
        path: each
        for path, each in state.written.items()
        if not text or (each.transcript_id, each.format) != (text.transcript_id, text.format)
    }
    written[file.path] = (
        WrittenFile(file.bytes, file.modified_ms, text.transcript_id, text.format, text.revision)
        if text
        else WrittenFile(file.bytes, file.modified_ms)
    )
    return dataclasses.replace(state, written=written)


def checked_formats(formats: Iterable[ExportFormat]) -> tuple[ExportFormat, ...]:
    """Return the formats, each once, in the order in which they are offered.

    Raises:
        BadRequestError: one of them is not offered.
    """
    asked = set(formats)
    if unknown := asked - set(FORMATS):
        raise BadRequestError(
            f"A folder takes no {', '.join(sorted(unknown))}.",
            hint=f"Choose among {', '.join(FORMATS)}.",
        )
    return tuple(each for each in FORMATS if each in asked)


def is_recording(file: FolderFile) -> bool:
    """Return whether a file is a recording by its name, and not empty."""
    stem, _, ending = file.path.rpartition("/")[2].rpartition(".")
    return bool(stem and file.bytes) and ending.lower() in RECORDING_EXTENSIONS


def _is_added(state: FolderState, file: FolderFile) -> bool:
    added = state.added.get(file.path)
    return added is not None and (added.bytes, added.modified_ms) == (file.bytes, file.modified_ms)


def _is_same(file: FolderFile, written: WrittenFile) -> bool:
    return (file.bytes, file.modified_ms) == (written.bytes, written.modified_ms)


def _last_written(
    state: FolderState, transcript_id: str, kind: ExportFormat
) -> tuple[str, WrittenFile | None]:
    for path, each in state.written.items():
        if (each.transcript_id, each.format) == (transcript_id, kind):
            return path, each
    return "", None


def _texts_beside(path: str, kind: str) -> Iterable[str]:
    folder, slash, name = path.rpartition("/")
    yield f"{folder}{slash}{name.rpartition('.')[0]}.{kind}"
    yield from _numbered(path, f".{kind}")


def _numbered(stem: str, ending: str) -> Iterable[str]:
    yield f"{stem}{ending}"
    for number in count(2):
        yield f"{stem} ({number}){ending}"


def _free(paths: Iterable[str], taken: set[str]) -> str:
    return next(path for path in paths if _folded(path) not in taken)


def _folded(path: str) -> str:
    """Some file systems take names for the same that differ in case or in how accents are put."""
    return unicodedata.normalize("NFC", path).casefold()
