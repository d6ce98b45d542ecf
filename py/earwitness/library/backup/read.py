"""Reading a backup, which anyone may have made.

Only the names of `manifest` count, sizes are limited before and while unpacking, every value goes
through the same strict reader as a message, and an id is never used as a path.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
import struct
import zipfile
import zlib
from typing import IO, Any, cast

from earwitness.domain.changes import Change
from earwitness.domain.documents import Document
from earwitness.domain.highlights import labels_of, taken_over
from earwitness.domain.jobs import Job
from earwitness.domain.known_voices import KnownVoices
from earwitness.domain.records import clean_name, clean_tags, seconds, without_audio
from earwitness.domain.speaker_edits import NAME_MAX
from earwitness.domain.terms import clean_tag_terms, clean_terms
from earwitness.domain.versions import Version
from earwitness.errors import BadRequestError
from earwitness.library.backup.manifest import (
    KIND,
    MANIFEST,
    VERSION,
    Corrections,
    Saved,
    Terms,
)
from earwitness.serialization import from_plain

JSON_MAX_BYTES = 256 * 1024 * 1024
"""Of one transcript, unpacked; ten hours with word times take 15 MB."""
TOTAL_JSON_MAX_BYTES = 4 * 1024 * 1024 * 1024
ENTRIES_MAX = 200_000
RATIO_MAX = 200
"""Unpacked to packed bytes of a JSON file; ours stay below 20."""
RUNS_MAX = 9999
VECTOR_MAX = 4096
"""Numbers of a remembered voice; ours has 192."""
_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Before an entry's content: mark, and the lengths of its name and of what follows the name."""
_LOCAL_MARK = b"PK\x03\x04"

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
)
"""What `zipfile` and `json` raise for files that are damaged or not meant for them."""
_TRANSCRIPT = re.compile(r"transcripts/([A-Za-z0-9_-]{1,64})\.json")
_KEY = re.compile(r"\d{1,4}/\d{1,6}/\d{1,6}(:\d{1,6})?")
_PART_KEY = re.compile(rf"{_KEY.pattern}(~\d{{1,9}})?")
"""Of a segment that may be a part of a passage."""
_AUDIO = re.compile(r"audio/([A-Za-z0-9_-]{1,64})")


class BackupReader:
    """Reads a backup. Nothing is unpacked before it is asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look through the table of contents.

        Raises:
            BadRequestError: no backup of ours, damaged, or made to do harm.
        """
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
        except _DAMAGE as error:
            raise refused("it is damaged or no zip file", str(error)) from error
        if len(entries) > ENTRIES_MAX:
            raise refused(f"it has {len(entries)} entries")
        self._transcripts: dict[str, zipfile.ZipInfo] = {}
        self._audio: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._admit(entry)
        json_bytes = sum(entry.file_size for entry in self._transcripts.values())
        if json_bytes > TOTAL_JSON_MAX_BYTES:
            raise refused(f"its texts would take {json_bytes:,} bytes")
        self._check_manifest()
        self.ids = tuple(self._transcripts)
        """The recordings in it."""

    def read(self, transcript_id: str) -> Saved:
        """A recording, checked in every value.

        Raises:
            BadRequestError: a value is not what it should be.
        """
        data = self._json(self._transcripts[transcript_id], JSON_MAX_BYTES)
        saved = from_plain(Saved, data, f"transcripts/{transcript_id}")
        corrections = self._corrections_of(transcript_id)
        passages = saved.document.passages | corrections.passages
        highlights = taken_over(corrections.highlights, 0.0)
        document = dataclasses.replace(saved.document, passages=passages, highlights=highlights)
        record = dataclasses.replace(saved.record, labels=labels_of(highlights.values()))
        saved = dataclasses.replace(saved, record=record, document=document)
        return _checked(saved, transcript_id)

    def versions(self, transcript_id: str) -> tuple[Version, ...]:
        """The versions of a recording's text, oldest first.

        Raises:
            BadRequestError: a value is not what it should be.
        """
        versions = self._corrections_of(transcript_id).versions
        numbers = [version.number for version in versions]
        if numbers != sorted({*numbers}) or (numbers and not 0 < numbers[0] <= numbers[-1] < 10**9):
            raise refused(f"{transcript_id!r} has versions without an order")
        if not all(_are_of_segments(version.undo) for version in versions):
            raise refused(f"{transcript_id!r} has corrections of nothing")
        return versions

    def _corrections_of(self, transcript_id: str) -> Corrections:
        data = self._corrections.get(transcript_id, {})
        return from_plain(Corrections, data, f"corrections/{transcript_id}")

    def job(self, transcript_id: str) -> Job | None:
        """The job of a recording that was not done; None: it was, or 0.1.0 made the backup.

        Raises:
            BadRequestError: a value is not what it should be.
        """
        data = self._jobs.get(transcript_id)
        if data is None:
            return None
        job = from_plain(Job, data, f"jobs/{transcript_id}")
        numbers = (job.order, job.position_s, job.start_s, job.end_s or 0.0)
        if job.transcript_id != transcript_id or not 1 <= job.run <= RUNS_MAX:
            raise refused(f"the job of {transcript_id!r} calls itself differently inside")
        if job.state == "done" or min(job.resume.window, job.resume.sample, *numbers) < 0:
            raise refused(f"the job of {transcript_id!r} is nowhere")
        return job

    def audio(self, transcript_id: str) -> tuple[int, int] | None:
        """Where a recording's audio lies: bytes [start, stop) of the file; None: there is none.

        Raises:
            BadRequestError: it is damaged.
        """
        entry = self._audio.get(transcript_id)
        if entry is None:
            return None
        try:
            self._file.seek(entry.header_offset)
            header = self._file.read(_LOCAL_HEADER.size)
            mark, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
            start = entry.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes
            end = self._file.seek(0, io.SEEK_END)
        except _DAMAGE as error:
            raise refused("an audio file in it is damaged", str(error)) from error
        if mark != _LOCAL_MARK or start + entry.file_size > end:
            raise refused("an audio file in it is damaged", transcript_id)
        return start, start + entry.file_size

    def _admit(self, entry: zipfile.ZipInfo) -> None:
        transcript, audio = _TRANSCRIPT.fullmatch(entry.filename), _AUDIO.fullmatch(entry.filename)
        if entry.filename == MANIFEST:
            return
        if transcript is None and audio is None:
            raise refused(f"it holds {entry.filename[:80]!r}, which does not belong there")
        if entry.flag_bits & 1:
            raise refused("it is encrypted")
        if audio is not None:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise refused("audio in it is compressed, which ours never is")
            table, key = self._audio, audio[1]
        else:
            limit = min(JSON_MAX_BYTES, max(1 << 16, entry.compress_size * RATIO_MAX))
            if entry.file_size > limit:
                raise refused(f"{entry.filename!r} would unpack to {entry.file_size:,} bytes")
            table, key = self._transcripts, cast("re.Match[str]", transcript)[1]
        if key in table:
            raise refused(f"it holds {entry.filename!r} twice")
        table[key] = entry

    def _check_manifest(self) -> None:
        try:
            manifest = self._json(self._zip.getinfo(MANIFEST), JSON_MAX_BYTES)
        except KeyError as error:
            raise refused("it is a zip file of something else") from error
        if not isinstance(manifest, dict):
            raise refused("its first file is damaged")
        about = cast("dict[str, Any]", manifest)
        if about.get("kind") != KIND:
            raise refused("it is a zip file of something else")
        if about.get("version") != VERSION:
            raise BadRequestError(
                "This backup was made by a newer Earwitness.", hint="Update this one first."
            )
        self.has_jobs = "jobs" in about
        """Whether it names the jobs that were not done; 0.1.0 did not."""
        jobs = about.get("jobs", {})
        if not isinstance(jobs, dict):
            raise refused("its list of jobs is damaged")
        self._jobs = cast("dict[str, Any]", jobs)
        corrections = about.get("corrections", {})
        if not isinstance(corrections, dict):
            raise refused("its list of corrections is damaged")
        self._corrections = cast("dict[str, Any]", corrections)
        terms = from_plain(Terms, about.get("terms", {}), "terms")
        self.terms = Terms(clean_terms(terms.everything), clean_tag_terms(terms.by_tag))
        """Lists of names and terms; empty ones where an older version made the backup."""
        self.voices = _checked_voices(from_plain(KnownVoices, about.get("voices", {}), "voices"))
        """Remembered voices; none where an older version made the backup."""
        stray = set(self._audio) - set(self._transcripts)
        if stray:
            raise refused(f"it has audio without a transcript ({min(stray)})")

    def _json(self, entry: zipfile.ZipInfo, limit: int) -> Any:
        """A JSON file, never more of it unpacked than its entry promised."""
        size = min(entry.file_size, limit)
        try:
            with self._zip.open(entry) as file:
                data = file.read(size + 1)
            if len(data) > size:
                raise refused(f"{entry.filename!r} is larger than it says")
            return json.loads(data, parse_constant=_no_number)
        except BadRequestError:
            raise
        except _DAMAGE as error:
            raise refused(f"{entry.filename!r} is damaged", str(error)) from error


def _checked(saved: Saved, transcript_id: str) -> Saved:
    """What the strict reader cannot see: ids that agree, times that are times, clean names."""
    record, document = saved.record, saved.document
    if record.id != transcript_id or document.transcript_id != transcript_id:
        raise refused(f"{transcript_id!r} calls itself differently inside")
    if not all(run.isascii() and run.isdigit() and len(run) <= 4 for run in saved.windows):
        raise refused(f"{transcript_id!r} has runs that are no numbers")
    runs = {int(run) for run in saved.windows} | {layer.run for layer in document.layers}
    if len(runs) > 1000 or any(not 0 <= run <= RUNS_MAX for run in runs):
        raise refused(f"{transcript_id!r} has too many runs")
    try:
        seconds(record.created_at)
        if record.removed_at:
            seconds(record.removed_at)
    except ValueError as error:
        raise refused(f"{transcript_id!r} was made at no known time", str(error)) from error
    if not _are_of_segments(document):
        raise refused(f"{transcript_id!r} has corrections of nothing")
    numbers = [row.window for rows in saved.windows.values() for row in rows]
    if any(not 0 <= number < 1_000_000 for number in numbers):
        raise refused(f"{transcript_id!r} has windows that are no numbers")
    record = dataclasses.replace(
        without_audio(record),
        name=clean_name(record.name),
        tags=clean_tags(record.tags),
        runs=max(1, *runs) if runs else 1,
    )
    return dataclasses.replace(saved, record=record)


def _are_of_segments(corrections: Document | Change) -> bool:
    """Return whether all keys of corrections are those of segments."""
    passages = [each for each in corrections.passages.values() if each is not None]
    keys = [*corrections.edits, *corrections.passages]
    keys += [key for passage in passages for key in passage.keys or ("",)]
    if isinstance(corrections, Document):
        marks = corrections.speakers
        keys += [*marks.found, *marks.splits]
        chosen = marks.chosen
    else:
        chosen = corrections.chosen
    return all(map(_KEY.fullmatch, keys)) and all(map(_PART_KEY.fullmatch, chosen))


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def refused(why: str, detail: str = "") -> BadRequestError:
    """What to say of a file that cannot be loaded."""
    return BadRequestError(
        f"This file is not a backup that can be read: {why}.",
        hint="Choose a file that Earwitness saved. Nothing was changed.",
        detail=detail[:300],
    )


def _checked_voices(known: KnownVoices) -> KnownVoices:
    for each in known.voices:
        try:
            vector = base64.b64decode(each.voice, validate=True)
        except ValueError:
            vector = b""
        if not 0 < len(vector) <= VECTOR_MAX or not 0 < len(each.name) <= NAME_MAX:
            raise refused("a remembered voice in it is damaged", each.name[:NAME_MAX])
    return known
