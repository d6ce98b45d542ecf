"""Transcripts of many owners in the database: list, read, change, delete."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import apply_edits
from earwitness.domain.records import Record, clean_name, clean_tags, iso
from earwitness.domain.transcription import revised
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import TranscriptSummary
from earwitness.transcript import Transcript

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.rows import Entry, dump, entry, joined, load
from earwitness_server.storage.tables import jobs, transcripts, windows

PAGE_MOST = 200
"""Summaries in one answer."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the history, and where the next one begins (empty: this is the end)."""

    transcripts: tuple[TranscriptSummary, ...]
    next: str


class Library:
    """What an owner may see is their own and what is shared; they change only their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str, transcript_id: str, *, to_change: bool = False) -> Entry:
        """One transcript without its words.

        Raises:
            NotFoundError: there is none that this owner may see (or change).
        """
        with self._database.read() as connection:
            found = self._get(connection, transcript_id)
        if found is None or not _allowed(found, owner, to_change):
            raise _missing(transcript_id)
        return found

    def read(self, owner: str, transcript_id: str) -> Transcript:
        """One transcript with its words.

        Raises:
            NotFoundError: there is none that this owner may see.
        """
        found = self.get(owner, transcript_id)
        with self._database.read() as connection:
            return found.transcript(self._windows(connection, found))

    def list(self, owner: str, before: str = "", limit: int = 50) -> Page:
        """The newest first; `before` is the `next` of the page before.

        Raises:
            BadRequestError: the cursor is not one.
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
                    f"{before!r:.80} is no cursor.", hint="Send the `next` of the page before."
                )
            place = sa.tuple_(transcripts.c.created_at, transcripts.c.id)
            statement = statement.where(place < sa.tuple_(created_at, last_id))
        with self._database.read() as connection:
            found = [entry(row) for row in connection.execute(statement)]
        shown, more = found[:limit], len(found) > limit
        last = shown[-1].record if shown and more else None
        cursor = f"{last.created_at}~{last.id}" if last else ""
        return Page(tuple(each.summary for each in shown), cursor)

    def describe(
        self,
        owner: str,
        transcript_id: str,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        shared: bool | None = None,
    ) -> Entry:
        """Change the name, the tags or who may see it.

        Raises:
            NotFoundError: the owner has no such transcript.
            BadRequestError: too many tags.
        """
        with self._database.write() as connection:
            found = self._own(connection, owner, transcript_id)
            record = revised(
                found.record,
                name=found.record.name if name is None else clean_name(name),
                tags=found.record.tags if tags is None else clean_tags(tags),
            )
            values: dict[str, Any] = {} if shared is None else {"shared": shared}
            self._put_record(connection, record, **values)
            changed = self._get(connection, transcript_id)
        assert changed is not None
        return changed

    def edit(self, owner: str, transcript_id: str, edits: dict[int, str]) -> Transcript:
        """Replace the text of segments, by their index; what the machine heard stays.

        Raises:
            NotFoundError: the owner has no such transcript, or it has no such segment.
        """
        with self._database.write() as connection:
            found = self._own(connection, owner, transcript_id)
            heard = self._windows(connection, found)
            opened = OpenDocument(found.document, {found.job.run: heard})
            record, opened = apply_edits(found.record, opened, edits, iso(now_s()))
            self._put_record(connection, record, document=dump(opened.document))
            found = dataclasses.replace(found, record=record, document=opened.document)
            return found.transcript(heard)

    def delete(self, owner: str, transcript_id: str) -> None:
        """Delete every row of a transcript; its audio is the caller's to delete first.

        Raises:
            NotFoundError: the owner has no such transcript.
        """
        with self._database.write() as connection:
            self._own(connection, owner, transcript_id)
            self._forget(connection, [transcript_id])

    def forget(self, transcript_ids: Iterable[str]) -> None:
        """Delete every row of these, whoever owns them."""
        with self._database.write() as connection:
            self._forget(connection, list(transcript_ids))

    def expired(self, limit: int = 100) -> list[str]:
        """Transcripts whose time is over."""
        statement = sa.select(transcripts.c.id).where(transcripts.c.expires_s < now_s())
        with self._database.read() as connection:
            return list(connection.execute(statement.limit(limit)).scalars())

    def _forget(self, connection: sa.Connection, transcript_ids: list[str]) -> None:
        for table, column in (
            (windows, windows.c.transcript_id),
            (jobs, jobs.c.transcript_id),
            (transcripts, transcripts.c.id),
        ):
            connection.execute(sa.delete(table).where(column.in_(transcript_ids)))
        for transcript_id in transcript_ids:
            self._database.changed(connection, transcript_id)

    def _own(self, connection: sa.Connection, owner: str, transcript_id: str) -> Entry:
        found = self._get(connection, transcript_id, lock=True)
        if found is None or found.owner != owner:
            raise _missing(transcript_id)
        return found

    def _get(
        self, connection: sa.Connection, transcript_id: str, *, lock: bool = False
    ) -> Entry | None:
        statement = joined().where(transcripts.c.id == transcript_id)
        if lock:
            statement = statement.with_for_update()
        row = connection.execute(statement).one_or_none()
        return entry(row) if row is not None else None

    def _windows(self, connection: sa.Connection, found: Entry) -> list[WindowRow]:
        statement = (
            sa.select(windows.c.value)
            .where(windows.c.transcript_id == found.record.id, windows.c.run == found.job.run)
            .order_by(windows.c.window)
        )
        return [load(WindowRow, value) for value in connection.execute(statement).scalars()]

    def _put_record(self, connection: sa.Connection, record: Record, **values: Any) -> None:
        connection.execute(
            sa.update(transcripts)
            .where(transcripts.c.id == record.id)
            .values(record=dump(record), **values)
        )
        self._database.changed(connection, record.id)


def _visible_to(owner: str) -> sa.ColumnElement[bool]:
    return sa.or_(transcripts.c.owner == owner, transcripts.c.shared.is_(True))


def _allowed(found: Entry, owner: str, to_change: bool) -> bool:
    return found.owner == owner or (found.shared and not to_change)


def _missing(transcript_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no transcript {transcript_id!r:.80}.",
        hint="It may have been deleted; list them with GET /api/transcripts.",
    )
