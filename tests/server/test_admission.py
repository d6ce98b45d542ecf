"""Admission of direct requests: one counter of places, whoever holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.errors import ServerBusyError
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.quotas import Quotas

ANYONE = Caller()


@pytest.fixture
def admission(tmp_path: Path) -> Iterator[Admission]:
    """Two places."""
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    yield Admission(2, Quotas(database, 10))
    database.close()


async def assert_full(admission: Admission) -> None:
    with pytest.raises(ServerBusyError):
        async with admission.acquire(ANYONE, None):
            raise AssertionError("there was a place")


def test_a_place_is_free_again_when_its_request_ends(admission: Admission) -> None:
    async def fail() -> None:
        async with admission.acquire(ANYONE, 5):
            await assert_full(admission)
            raise ValueError("broken")

    async def story() -> None:
        async with admission.acquire(ANYONE, None):
            with pytest.raises(ValueError, match="broken"):
                await fail()
            async with admission.acquire(ANYONE, None) as limit_bytes:
                assert limit_bytes is None
                await assert_full(admission)

    asyncio.run(story())


def test_work_that_outlives_its_request_holds_a_place(admission: Admission) -> None:
    async def story() -> None:
        work = asyncio.get_running_loop().create_future()
        async with admission.acquire(ANYONE, None):
            admission.hold_until(work)
        async with admission.acquire(ANYONE, None):
            await assert_full(admission)
            work.set_result(None)
            await asyncio.sleep(0)
            async with admission.acquire(ANYONE, None):
                pass

    asyncio.run(story())
