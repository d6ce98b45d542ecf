"""Limits of keys: unfinished jobs and direct requests at the same time, and bytes of audio.

A use counts and writes in one transaction, and one such transaction runs at a time: between a
count and a write of their own, many requests would all still find room.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa
from earwitness.errors import StorageError

from earwitness_server.storage.database import Database, now_s
from earwitness_server.storage.errors import QueueFullError, QuotaExceededError, TooManyJobsError
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.rows import FINISHED
from earwitness_server.storage.tables import counters, jobs, transcripts, uploads

LEASE_S = 120.0
"""How long a direct request counts whose process died; a living process extends its lease."""


class Quotas:
    """The limits of keys and of the queue; counts are those of all processes together."""

    def __init__(self, database: Database, queue_limit: int) -> None:
        self._database = database
        self._queue_limit = queue_limit

    def check_job(self, connection: sa.Connection, caller: Caller) -> None:
        """Check for one more job, inside the transaction that writes the job or just to ask.

        Raises:
            QueueFullError: the queue holds as many jobs as it may.
            TooManyJobsError: the owner of the key has as many as the key allows.
        """
        if _unfinished(connection) >= self._queue_limit:
            raise QueueFullError
        _check_concurrent(connection, caller, "Wait until one is done. Your upload is kept.")

    def check_bytes(self, connection: sa.Connection, caller: Caller, length: int) -> None:
        """Check for some more bytes, inside the transaction that promises them.

        Raises:
            QuotaExceededError: the key does not allow them.
        """
        if caller.storage_bytes is not None and length > _left(connection, caller):
            raise QuotaExceededError(caller.storage_bytes)

    @asynccontextmanager
    async def direct_request(
        self, caller: Caller, length: int | None
    ) -> AsyncGenerator[int | None]:
        """Count a direct request of `length` bytes (None: unknown) until the block ends.

        The block is given the number of bytes that the key allows (None: no limit).

        Raises:
            TooManyJobsError: the key allows no further request at the same time.
            QuotaExceededError: the key allows no further bytes.
        """
        if caller.concurrent is None and caller.storage_bytes is None:
            yield None
            return
        name = f"{_prefix(caller)}{secrets.token_hex(8)}"
        limit_bytes = await asyncio.to_thread(self._begin, name, caller, length)
        renewing = asyncio.create_task(self._renew(name))
        try:
            yield limit_bytes
        finally:
            renewing.cancel()
            with suppress(StorageError):
                mine = counters.c.name == name
                await asyncio.to_thread(self._database.execute, sa.delete(counters).where(mine))

    def _begin(self, name: str, caller: Caller, length: int | None) -> int | None:
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            _check_concurrent(connection, caller, "Wait until one is done.")
            limit_bytes = None
            if caller.storage_bytes is not None:
                left = _left(connection, caller)
                limit_bytes = left if length is None else length
                if limit_bytes > left or left <= 0:
                    raise QuotaExceededError(caller.storage_bytes)
            row = {"name": name, "value": limit_bytes or 0, "expires_s": now_s() + LEASE_S}
            connection.execute(sa.insert(counters).values(row))
        return limit_bytes

    async def _renew(self, name: str) -> None:
        lease = sa.update(counters).where(counters.c.name == name)
        while True:
            await asyncio.sleep(LEASE_S / 4)
            extended = lease.values(expires_s=now_s() + LEASE_S)
            with suppress(StorageError):
                await asyncio.to_thread(self._database.execute, extended)


def _check_concurrent(connection: sa.Connection, caller: Caller, hint: str) -> None:
    if caller.concurrent is None:
        return
    direct = _number(connection, sa.func.count(), *_in_flight(caller))
    if _unfinished(connection, caller.owner) + direct >= caller.concurrent:
        raise TooManyJobsError(caller.concurrent, hint)


def _unfinished(connection: sa.Connection, owner: str | None = None) -> int:
    whose = [jobs.c.owner == owner] if owner is not None else []
    return _number(connection, sa.func.count(), jobs.c.state.not_in(FINISHED), *whose)


def _left(connection: sa.Connection, caller: Caller) -> int:
    """Return the bytes that the key still allows; what was announced counts as stored."""
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
