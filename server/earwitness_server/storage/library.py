"""Transcripts of many owners in the database: list, read, change, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from earwitness.domain import (
    edits,
    highlights,
    redaction_edits,
    speaker_edits,
    speakers,
    versions,
)
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Edited, Wanted
from earwitness.domain.final_redactions import made_final
from earwitness.domain.finished_transcript import finished_transcript
from earwitness.domain.jobs import with_one_track, without_words
from earwitness.domain.records import clean_name, clean_tags, iso
from earwitness.domain.transcription import revised, with_counts
from earwitness.domain.versions import Version
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import Hit, TextVersions, TranscribeOptions, TranscriptList
from earwitness.serialization import to_json
from earwitness.transcript import Redaction, Transcript

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.rows import (
    Entry,
    entry,
    find_entry,
    insert_transcript,
    joined,
    put_record,
    versions_of,
    windows_of,
)  # fmt: skip
from earwitness_server.storage.tables import jobs, transcripts, windows
from earwitness_server.storage.tables import versions as versions_table
from earwitness_server.storage.uploads import change_leftover

PAGE_MOST = 200
"""The most summaries in one answer."""


@dataclass(frozen=True, slots=True)
class SilencedObject:
    """A recording that is silent where words are redacted."""

    name: str
    bytes: int
    fingerprint: str
    media_type: str


def audio_names(transcript_id: str) -> tuple[str, str]:
    """Return the names that a recording may have among the objects: it has one of them.

    The other one is for a copy that takes its place.
    """
    return f"audio/{transcript_id}", f"silenced/{transcript_id}"


class Library:
    """Owners see their own transcripts and shared ones; they change only their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str, transcript_id: str, *, to_change: bool = False) -> Entry:
        """Return one transcript without its words.

        Raises:
            NotFoundError: there is none that this owner may see, or change where `to_change`.
        """
        with self._database.read() as connection:
            return _find(connection, owner, transcript_id, to_change=to_change)

    def read(self, owner: str, transcript_id: str) -> Transcript:
        """Return one transcript with its words.

        Raises:
            NotFoundError: there is none that this owner may see.
        """
        found = self.get(owner, transcript_id)
        with self._database.read() as connection:
            return found.transcript(windows_of(connection, transcript_id, found.job.run))

    def list(self, owner: str, before: str = "", limit: int = 50) -> TranscriptList:
        """Return a page, newest first; `before` is the `next` of the previous page.

        Raises:
            BadRequestError: the cursor is invalid.
        """
        limit = max(1, min(limit, PAGE_MOST))
        statement = (
            joined()
            .where(_visible_to(owner), transcripts.c.hidden.is_(False))
            .order_by(transcripts.c.created_at.desc(), transcripts.c.id.desc())
            .limit(limit + 1)
        )
        if before:
            created_at, mark, last_id = before.partition("~")
            if not mark:
                raise BadRequestError(
                    f"Invalid cursor: {before!r:.80}.", hint="Send the `next` of the previous page."
                )
            place = sa.tuple_(transcripts.c.created_at, transcripts.c.id)
            statement = statement.where(place < sa.tuple_(created_at, last_id))
        found = [entry(row) for row in self._database.rows(statement)]
        shown, more = found[:limit], len(found) > limit
        last = shown[-1].record if shown and more else None
        cursor = f"{last.created_at}~{last.id}" if last else ""
        return TranscriptList(tuple(each.summary for each in shown), cursor)

    def update(
        self,
        owner: str,
        transcript_id: str,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        shared: bool | None = None,
    ) -> Entry:
        """Change the name, the tags or the sharing; return the transcript.

        Raises:
            NotFoundError: the owner has no such transcript.
            BadRequestError: too many tags.
        """
        with self._database.write() as connection:
            found = _find(connection, owner, transcript_id, lock=True)
            record = revised(
                found.record,
                name=found.record.name if name is None else clean_name(name),
                tags=found.record.tags if tags is None else clean_tags(tags),
            )
            values: dict[str, Any] = {} if shared is None else {"shared": shared}
            put_record(connection, record, **values)
            self._database.changed(connection, transcript_id)
            return _find(connection, owner, transcript_id)

    def edit(
        self,
        owner: str,
        transcript_id: str,
        wanted: Wanted,
        revision: int | None = None,
        *,
        by: str = "",
        names: Mapping[str, str] | None = None,
        merged: Mapping[str, str] | None = None,
    ) -> None:
        """Change segments by index, highlights and speakers; the recognized text stays beneath.

        What was there before stays as a version. `revision`: of the text that the indices are of;
        None: of the text as it is now. `by`: who makes the change. `names`: new ones by the
        speakers' ids; `merged`: the id of the speaker that each speaker turned out to be.

        Raises:
            EditConflictError: a segment or highlight has changed since that revision.
            NotFoundError: the owner has no such transcript, or it has no such segment, highlight
                or speaker.
            BadRequestError: a change is not possible, or another speaker has a name.
        """
        with self._database.write() as connection:
            found, opened, known = self._opened(connection, owner, transcript_id)
            now = versions.rebased(wanted, revision, found.record, opened, known)
            at = iso(now_s())
            after = speaker_edits.apply(opened, now, at, found.record.duration_s)
            for speaker, into in (merged or {}).items():
                after = speaker_edits.merge(after, speaker, into)
            for speaker, name in (names or {}).items():
                after = speaker_edits.rename(after, speaker, name)
            made = edits.edited(found.record, opened, after)
            named = now.segments or now.highlights or now.unredact
            what = versions.described(now) if named else "Speakers corrected"
            self._put(connection, opened, made, known, what, at, by)

    def versions(self, owner: str, transcript_id: str, *, may_write: bool = True) -> TextVersions:
        """Return the versions of a text, newest first, and whether this owner may change it.

        `may_write`: whether the owner's key may change anything.

        Raises:
            NotFoundError: there is none that this owner may see.
        """
        found = self.get(owner, transcript_id)
        with self._database.read() as connection:
            known = versions_of(connection, transcript_id)
        record = found.record
        return TextVersions(
            versions.listed(known, record),
            record.revision,
            may_write and found.owner == owner,
            record.audio_bytes if record.audio_path else 0,
        )

    def restore(self, owner: str, transcript_id: str, number: int, by: str = "") -> Entry:
        """Go back to the text of a version; return the transcript. `by`: who does.

        Raises:
            NotFoundError: the owner has no such transcript, or it has no such version.
        """
        with self._database.write() as connection:
            found, opened, known = self._opened(connection, owner, transcript_id)
            document = versions.document_at(opened.document, known, number)
            after = redaction_edits.keep_hidden(opened, opened.with_document(document))
            made = edits.edited(found.record, opened, after)
            what = versions.restoring(number)
            self._put(connection, opened, made, known, what, iso(now_s()), by)
            return _find(connection, owner, transcript_id)

    def redact(
        self, owner: str, transcript_id: str, parts: Sequence[tuple[float, float]], by: str = ""
    ) -> Entry:
        """Redact parts of the recording, in seconds; return the transcript. `by`: who does.

        Raises:
            NotFoundError: the owner has no such transcript.
            BadRequestError: there are too many redactions.
        """
        with self._database.write() as connection:
            _, opened, known = self._opened(connection, owner, transcript_id)
            found = _find(connection, owner, transcript_id)
            after = redaction_edits.redact(opened, parts)
            made = edits.edited(found.record, opened, after)
            self._put(connection, opened, made, known, "Redacted", iso(now_s()), by)
            return _find(connection, owner, transcript_id)

    def make_final(
        self,
        owner: str,
        transcript_id: str,
        redactions: Sequence[Redaction],
        audio: SilencedObject | None,
    ) -> Entry:
        """Delete the words of these redactions and the versions of the text.

        `audio` takes the place of the recording. Return the transcript.

        Raises:
            NotFoundError: the owner has no such transcript.
            BadRequestError: its redactions or its recording have changed.
        """
        own = windows.c.transcript_id == transcript_id
        with self._database.write() as connection:
            found = _find(connection, owner, transcript_id, lock=True)
            if found.document.redactions != redactions or bool(audio) != bool(
                found.record.audio_path
            ):
                raise BadRequestError(
                    "The redactions have changed meanwhile.", hint="Look at them, and try again."
                )
            heard: dict[int, list[WindowRow]] = {layer.run: [] for layer in found.document.layers}
            heard.setdefault(found.job.run, [])
            for run in heard:
                heard[run] = windows_of(connection, transcript_id, run)
            final = made_final(found.document, heard, has_one_track=audio is not None)
            for run, rows in final.windows.items():
                for row in rows:
                    connection.execute(
                        sa.update(windows)
                        .where(own, windows.c.run == run, windows.c.window == row.window)
                        .values(value=to_json(row))
                    )
            connection.execute(
                sa.delete(versions_table).where(versions_table.c.transcript_id == transcript_id)
            )
            job = without_words(found.job, final.removed)
            job = with_one_track(job) if audio is not None else job
            connection.execute(
                sa.update(jobs)
                .where(jobs.c.transcript_id == transcript_id)
                .values(value=to_json(job))
            )
            opened = OpenDocument(final.document, {**heard, **final.windows})
            record = revised(found.record, redactions=final.document.redactions)
            record = speakers.with_speakers(with_counts(record, opened.segments), opened)
            values: dict[str, Any] = {}
            if audio is not None:
                record = replace(
                    record,
                    audio_path=audio.name,
                    audio_bytes=audio.bytes,
                    fingerprint=audio.fingerprint,
                    media_type=audio.media_type,
                    tracks=(),
                )
                values["audio_bytes"] = audio.bytes
                change_leftover(connection, transcript_id, found.record.audio_path)
            document = to_json(final.document, "set")
            put_record(connection, record, document=document, **values)
            self._database.changed(connection, transcript_id)
            return _find(connection, owner, transcript_id)

    def _opened(
        self, connection: sa.Connection, owner: str, transcript_id: str
    ) -> tuple[Entry, OpenDocument, list[Version]]:
        """Lock a transcript of this owner, and return it with its text and its versions."""
        found = _find(connection, owner, transcript_id, lock=True)
        opened = found.opened(windows_of(connection, transcript_id, found.job.run))
        return found, opened, versions_of(connection, transcript_id)

    def _put(
        self,
        connection: sa.Connection,
        before: OpenDocument,
        made: Edited,
        known: Sequence[Version],
        what: str,
        at: str,
        by: str,
    ) -> None:
        """Write a changed text, and what takes the change back."""
        if not made.change:
            return
        transcript_id = made.record.id
        recorded = versions.record_change(known, before.document, made, what, at, by=by)
        put_record(connection, made.record, document=to_json(made.opened.document, "set"))
        for version in recorded.put:
            values = {
                "transcript_id": transcript_id,
                "number": version.number,
                "value": to_json(version, "set"),
            }
            self._database.upsert(connection, versions_table, values, "transcript_id", "number")
        for number in recorded.removed:
            connection.execute(
                sa.delete(versions_table).where(
                    versions_table.c.transcript_id == transcript_id,
                    versions_table.c.number == number,
                )
            )
        self._database.changed(connection, transcript_id)

    def narrowed(
        self, owner: str, hits: Sequence[Hit], speaker: str = "", label: str = ""
    ) -> list[Hit]:
        """Return the hits that a speaker says, or that are in highlights with a label.

        Only those in transcripts that the owner sees. An empty name or label does not filter.
        """
        opened: dict[str, OpenDocument | None] = {}
        said: list[Hit] = []
        for hit in hits:
            if hit.transcript_id not in opened:
                opened[hit.transcript_id] = self._document(owner, hit.transcript_id, speaker, label)
            document = opened[hit.transcript_id]
            if document is None:
                continue
            is_said = not speaker or speakers.is_said_by(hit.segment, document, speaker)
            if is_said and (not label or highlights.is_labelled(hit.segment, document, label)):
                said.append(hit)
        return said

    def _document(
        self, owner: str, transcript_id: str, speaker: str, label: str
    ) -> OpenDocument | None:
        """Return a document with a speaker of this name, and this label; None: there is none."""
        try:
            with self._database.read() as connection:
                found = _find(connection, owner, transcript_id, to_change=False)
                if speaker and not speakers.has_speaker(found.record.speakers, speaker):
                    return None
                if label and not highlights.has_label(found.record.labels, label):
                    return None
                return found.opened(windows_of(connection, transcript_id, found.job.run))
        except NotFoundError:
            return None

    def add(self, owner: str, found: Transcript, expires_s: float | None) -> Entry:
        """Add a transcript that was made elsewhere, with a finished job; return it.

        Raises:
            BadRequestError: its id or tags are not valid.
        """
        moment = now_s()
        made = finished_transcript(found, TranscribeOptions(), created_s=moment)
        record = made.record
        columns = {"hidden": False, "expires_s": expires_s, "audio_bytes": 0, "audio_kept": False,
                   "keep_audio": False}  # fmt: skip
        times = {"created_s": moment, "changed_s": moment, "request_hash": ""}
        with self._database.write() as connection:
            insert_transcript(connection, owner, made.job, record, made.document, columns, times)
            connection.execute(
                sa.insert(windows).values(
                    transcript_id=record.id, run=1, window=0, value=to_json(made.row)
                )
            )
            self._database.changed(connection, record.id)
            return _find(connection, owner, record.id)

    def delete(self, transcript_ids: Sequence[str]) -> None:
        """Delete every row of these transcripts, whoever owns them.

        The caller deletes their audio first.
        """
        with self._database.write() as connection:
            for table, column in (
                (windows, windows.c.transcript_id),
                (versions_table, versions_table.c.transcript_id),
                (jobs, jobs.c.transcript_id),
                (transcripts, transcripts.c.id),
            ):
                connection.execute(sa.delete(table).where(column.in_(transcript_ids)))
            for transcript_id in transcript_ids:
                self._database.changed(connection, transcript_id)

    def expired(self, limit: int = 100) -> list[str]:
        """Return the ids of transcripts that have expired."""
        statement = sa.select(transcripts.c.id).where(transcripts.c.expires_s < now_s())
        return [row.id for row in self._database.rows(statement.limit(limit))]


def _visible_to(owner: str) -> sa.ColumnElement[bool]:
    return sa.or_(transcripts.c.owner == owner, transcripts.c.shared.is_(True))


def _find(
    connection: sa.Connection,
    owner: str,
    transcript_id: str,
    *,
    to_change: bool = True,
    lock: bool = False,
) -> Entry:
    found = find_entry(connection, transcript_id, lock=lock)
    if found is None or not (found.owner == owner or (found.shared and not to_change)):
        raise NotFoundError(
            f"There is no transcript {transcript_id!r:.80}.",
            hint="It may have been deleted; list them with GET /api/transcripts.",
        )
    return found
