"""Uploads in pieces: what has arrived is stored, the rest may come later."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from earwitness.errors import NotFoundError

from earwitness_server.storage.database import Admit, Database, now_s
from earwitness_server.storage.errors import OffsetMismatchError
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.tables import upload_parts, uploads

_LEFTOVER_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that is being uploaded."""

    id: str
    owner: str
    length: int
    received: int
    name: str
    media_type: str
    expires_s: float


class Uploads:
    """The table of uploads, with their bytes in the object store."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def create(
        self,
        owner: str,
        length: int,
        name: str,
        media_type: str,
        days: float,
        admit: Admit,
    ) -> Upload:
        """Announce a file of that length; `admit` may refuse it by raising an error."""
        upload = Upload(
            secrets.token_urlsafe(16).replace("-", "a"),
            owner,
            length,
            0,
            name[:300],
            media_type[:100],
            now_s() + days * 86400,
        )
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            admit(connection)
            connection.execute(sa.insert(uploads).values(asdict(upload)))
        return upload

    def get(self, owner: str, upload_id: str) -> Upload:
        """Return an upload of this owner.

        Raises:
            NotFoundError: there is none, or it has expired.
        """
        statement = sa.select(uploads).where(uploads.c.id == upload_id, uploads.c.owner == owner)
        row = next(iter(self._database.rows(statement)), None)
        if row is None or row.expires_s < now_s():
            raise _missing(upload_id)
        return Upload(**row._asdict())

    def append(self, upload: Upload, offset: int, data: bytes) -> int:
        """Store a piece that begins at `offset`; return the number of bytes stored now.

        Raises:
            OffsetMismatchError: the piece does not begin where the previous one ended.
            StorageError: the piece was not stored.
        """
        name = f"uploads/{upload.id}/{offset:015d}-{secrets.token_hex(4)}"
        self._objects.put(name, data)
        with self._database.write() as connection:
            moved = connection.execute(
                sa.update(uploads)
                .where(uploads.c.id == upload.id, uploads.c.received == offset)
                .values(received=offset + len(data))
            )
            if moved.rowcount == 1:
                part = {"upload_id": upload.id, "position": offset, "bytes": len(data)}
                connection.execute(sa.insert(upload_parts).values(object=name, **part))
                return offset + len(data)
        self._objects.delete(name)
        raise OffsetMismatchError(offset)

    def join(self, upload: Upload, name: str) -> str:
        """Write the whole file as object `name` and return its SHA-256; the pieces stay.

        Raises:
            StorageError: it was not written.
        """
        return self._objects.join(self._parts(upload.id), name)

    def claim(self, connection: sa.Connection, upload_id: str) -> None:
        """Take the upload, inside the transaction that makes a job of it, so that no other can.

        Its pieces stay until `delete`, or until the next cleanup.

        Raises:
            NotFoundError: another request took it first.
        """
        claimed = connection.execute(
            sa.update(uploads)
            .where(uploads.c.id == upload_id, uploads.c.expires_s >= now_s())
            .values(expires_s=0.0)
        )
        if claimed.rowcount != 1:
            raise _missing(upload_id)

    def delete(self, upload_id: str) -> None:
        """Delete an upload and its pieces, if there is one."""
        self._objects.delete(*self._parts(upload_id))
        with self._database.write() as connection:
            connection.execute(sa.delete(upload_parts).where(upload_parts.c.upload_id == upload_id))
            connection.execute(sa.delete(uploads).where(uploads.c.id == upload_id))

    def expect_leftover(self, owner: str, transcript_id: str, name: str) -> None:
        """Remember that an object of a transcript is to be deleted in a day, unless told sooner.

        A worker deletes the object as it does those of uploads that have expired.
        """
        id_ = _leftover(transcript_id)
        upload = Upload(id_, owner, 0, 0, "", "", now_s() + _LEFTOVER_S)
        with self._database.write() as connection:
            connection.execute(sa.insert(uploads).values(asdict(upload)))
            part = {"upload_id": id_, "position": 0, "bytes": 0, "object": name}
            connection.execute(sa.insert(upload_parts).values(part))

    def delete_leftover(self, transcript_id: str) -> None:
        """Delete the object that is to be deleted of a transcript, if there is one."""
        self.delete(_leftover(transcript_id))

    def expired(self, limit: int = 100) -> list[str]:
        """Return the ids of uploads that have expired."""
        statement = sa.select(uploads.c.id).where(uploads.c.expires_s < now_s()).limit(limit)
        return [row.id for row in self._database.rows(statement)]

    def _parts(self, upload_id: str) -> list[str]:
        statement = (
            sa.select(upload_parts.c.object)
            .where(upload_parts.c.upload_id == upload_id)
            .order_by(upload_parts.c.position)
        )
        return [row.object for row in self._database.rows(statement)]


def change_leftover(connection: sa.Connection, transcript_id: str, name: str) -> None:
    """Let another object of a transcript be deleted instead, at once."""
    id_ = _leftover(transcript_id)
    connection.execute(
        sa.update(upload_parts).where(upload_parts.c.upload_id == id_).values(object=name)
    )
    connection.execute(sa.update(uploads).where(uploads.c.id == id_).values(expires_s=0.0))


def _leftover(transcript_id: str) -> str:
    """Return an id for what is left of a transcript's audio; no upload has such an id."""
    return hashlib.sha256(transcript_id.encode()).hexdigest()


def _missing(upload_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no upload {upload_id!r:.80}.", hint="Begin it again: POST /api/uploads."
    )
