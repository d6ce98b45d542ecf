"""What a key may have at once: unfinished jobs and direct requests in flight, and bytes kept.

Whoever takes some of it counts and writes in one transaction, and one such transaction runs at a
time: between a look and a write of their own, many requests would all still find room.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa
from earwitness.errors import StorageError

from earwitness_server.errors import ApiError
from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.rows import FINISHED
from earwitness_server.storage.tables import counters, jobs, transcripts, uploads

LEASE_S = 120.0
"""A direct request whose process died counts for so long; a living one says again that it lives."""


class Quotas:
    """The limits of keys and of the queue; counts are those of all processes together."""

    def __init__(self, database: Database, queue_limit: int) -> None:
        self._database = database
        self._queue_limit = queue_limit

    def check_job(self, connection: sa.Connection, caller: Caller) -> None:
        """One more job; inside the transaction that writes it, or just to ask.

        Raises:
            ApiError: 503, the queue is full; 429, the key has as many as it may.
        """
        if _unfinished(connection) >= self._queue_limit:
            raise ApiError(
                503,
                "The queue is full.",
                hint="Your upload is kept: send the job again later.",
                code="queue_full",
                retry_after_s=60,
            )
        _check_concurrent(connection, caller, "Wait until one is done. Your upload is kept.")

    def check_bytes(self, connection: sa.Connection, caller: Caller, length: int) -> None:
        """Some more bytes; inside the transaction that promises them.

        Raises:
            ApiError: 507, the key's storage is used up.
        """
        if caller.storage_bytes is not None and length > _left(connection, caller):
            raise storage_full(caller)

    @asynccontextmanager
    async def direct(self, caller: Caller, length: int | None) -> AsyncGenerator[int | None]:
        """A direct request in flight, of so many bytes (None: it does not say); gives how many
        it may have (None: as many as anyone).

        Raises:
            ApiError: 429, the key has as many as it may; 507, its storage is used up.
        """
        if caller.concurrent is None and caller.storage_bytes is None:
            yield None
            return
        name = f"{_prefix(caller)}{secrets.token_hex(8)}"
        most = await asyncio.to_thread(self._begin, name, caller, length)
        renewing = asyncio.create_task(self._renew(name))
        try:
            yield most
        finally:
            renewing.cancel()
            with suppress(StorageError):
                await asyncio.to_thread(self._end, name)

    def _begin(self, name: str, caller: Caller, length: int | None) -> int | None:
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            _check_concurrent(connection, caller, "Wait until one is done.")
            most = None
            if caller.storage_bytes is not None:
                left = _left(connection, caller)
                most = left if length is None else length
                if most > left or left <= 0:
                    raise storage_full(caller)
            row = {"name": name, "value": most or 0, "expires_s": now_s() + LEASE_S}
            connection.execute(sa.insert(counters).values(row))
        return most

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(LEASE_S / 4)
            with suppress(StorageError):
                await asyncio.to_thread(self._extend, name)

    def _extend(self, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(counters)
                .where(counters.c.name == name)
                .values(expires_s=now_s() + LEASE_S)
            )

    def _end(self, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(sa.delete(counters).where(counters.c.name == name))


def storage_full(caller: Caller) -> ApiError:
    """The key keeps as much as it may."""
    return ApiError(
        507,
        f"This key may keep {_size(caller.storage_bytes or 0)}, and this would be more.",
        hint="Delete transcripts or their audio first.",
        code="storage_quota_exceeded",
    )


def _check_concurrent(connection: sa.Connection, caller: Caller, hint: str) -> None:
    if caller.concurrent is None:
        return
    direct = _number(connection, sa.func.count(), *_in_flight(caller))
    if _unfinished(connection, caller.owner) + direct >= caller.concurrent:
        raise ApiError(
            429,
            f"This key may have {caller.concurrent} unfinished jobs and direct requests.",
            hint=hint,
            code="too_many_jobs",
            retry_after_s=30,
        )


def _unfinished(connection: sa.Connection, owner: str | None = None) -> int:
    whose = [jobs.c.owner == owner] if owner is not None else []
    return _number(connection, sa.func.count(), jobs.c.state.not_in(FINISHED), *whose)


def _left(connection: sa.Connection, caller: Caller) -> int:
    """Bytes that the key may still add; what was announced counts as if it were here."""
    stored = _number(
        connection,
        sa.func.sum(transcripts.c.audio_bytes),
        transcripts.c.owner == caller.owner,
        transcripts.c.audio_kept.is_(True),
    )
    promised = _number(connection, sa.func.sum(uploads.c.length), uploads.c.owner == caller.owner)
    direct = _number(connection, sa.func.sum(counters.c.value), *_in_flight(caller))
    return (caller.storage_bytes or 0) - stored - promised - direct


def _in_flight(caller: Caller) -> tuple[sa.ColumnElement[bool], ...]:
    mine = counters.c.name.startswith(_prefix(caller), autoescape=True)
    return mine, counters.c.expires_s > now_s()


def _prefix(caller: Caller) -> str:
    return f"direct/{caller.owner}/"


def _number(
    connection: sa.Connection, what: sa.ColumnElement[int], *where: sa.ColumnElement[bool]
) -> int:
    return int(connection.execute(sa.select(what).where(*where)).scalar() or 0)


def _size(count: int) -> str:
    """In the largest unit that leaves something before the point."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << shift:
            return f"{count / (1 << shift):.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} bytes"
