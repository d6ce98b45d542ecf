"""Transactions: complete and written before they are visible, or without effect."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable

import pytest
from earwitness import messages as m
from earwitness.domain.documents import Document
from earwitness.domain.jobs import Job, cancel, fail, pause
from earwitness.domain.records import Record
from earwitness.engine_messages import WindowRow
from earwitness.errors import ErrorView, NotFoundError, StorageError
from earwitness.library.repository import LibraryRepository
from earwitness.transcript import Segment

from tests.unit.library.memory import MemoryStore

CREATED = "2026-11-22T10:00:00.000Z"


def record(id_: str) -> Record:
    return Record(id_, f"{id_}.wav", CREATED, "base", audio_path=f"audio/{id_}")


async def add(repository: LibraryRepository, *ids: str) -> None:
    async with repository.transaction() as t:
        for id_ in ids:
            job = Job(id_, m.TranscribeOptions(), 1.0)
            t.put(record(id_), job, Document(id_))
            t.put_windows(id_, 1, [WindowRow(0, 0, 0.0, 1.0, (Segment(0.0, 1.0, "Hello."),))])


def seen(repository: LibraryRepository) -> object:
    """Everything that the repository returns."""
    everything = [repository.records(), repository.records(in_bin=True)]
    return everything, repository.jobs_and_bin(), repository.settings, repository.speeds


def with_store(
    story: Callable[[LibraryRepository, MemoryStore], Awaitable[None]],
) -> Callable[[], None]:
    """Make a test of a coroutine that gets a repository with `a` and `b`."""

    async def whole() -> None:
        store = MemoryStore()
        repository = LibraryRepository(store, "https://page.example")
        await repository.load()
        await add(repository, "a", "b")
        await story(repository, store)

    return lambda: asyncio.run(whole())


async def change_everything(repository: LibraryRepository) -> None:
    async with repository.transaction() as t:
        t.put(dataclasses.replace(record("a"), name="changed"), cancel(repository.job("a")))
        t.put(m.Settings(model="tiny"), repository.speeds.learned("base", 1.0, 2.0))
        t.put(record("c"), Job("c", m.TranscribeOptions(), 1.0))
        t.delete("b")


@with_store
async def test_transaction_changes_store_and_memory(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    await change_everything(repository)
    assert repository.record("a").name == "changed"
    assert repository.job("a").state == "cancelled"
    assert repository.settings.model == "tiny"
    assert repository.speeds.measured("base") == 0.5
    assert "b" not in repository
    assert [key for key in store.tables["windows"] if key.startswith("b/")] == []
    again = LibraryRepository(store)
    await again.load()
    assert seen(again) == seen(repository)


@with_store
async def test_failed_write_changes_nothing(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    before, tables = seen(repository), json.dumps(store.tables)
    store.fails = 1
    with pytest.raises(StorageError):
        await change_everything(repository)
    assert (seen(repository), json.dumps(store.tables)) == (before, tables)


@with_store
async def test_error_inside_a_transaction_changes_nothing(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    async def fail_half_way() -> None:
        async with repository.transaction() as t:
            t.put(m.Settings(model="tiny"))
            t.delete("a")
            raise ZeroDivisionError

    before, writes = seen(repository), store.writes
    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert (seen(repository), store.writes) == (before, writes)


@with_store
async def test_changes_are_visible_after_they_are_written(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    async with repository.transaction() as t:
        t.put(m.Settings(model="tiny"), pause(repository.job("a")))
        assert repository.settings.model == "base"
        assert repository.job("a").state == "queued"
    assert repository.settings.model == "tiny"
    assert repository.job("a").state == "paused"


@with_store
async def test_empty_transaction_writes_nothing(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    writes = store.writes
    async with repository.transaction():
        pass
    await repository.change_job("a", lambda job: job)
    assert store.writes == writes


@with_store
async def test_concurrent_transactions_run_one_after_the_other(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    async def count() -> None:
        async with repository.transaction() as t:
            settings = repository.settings
            await asyncio.sleep(0)
            t.put(dataclasses.replace(settings, threads=settings.threads + 1))

    await asyncio.gather(*(count() for _ in range(20)))
    assert repository.settings.threads == 20


@with_store
async def test_repository_returns_copies(repository: LibraryRepository, store: MemoryStore) -> None:
    repository.records().clear()
    repository.jobs().clear()
    repository.jobs_and_bin().clear()
    assert len(repository.records()) == len(repository.jobs()) == 2


@with_store
async def test_ended_job_is_shown_if_it_cannot_be_written(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    error = ErrorView("StorageError", "The disk is full.")
    store.fails = 2
    with pytest.raises(StorageError):
        await repository.change_job("a", lambda job: fail(job, error=error))
    assert repository.job("a").state == "queued"
    await repository.change_job("a", lambda job: fail(job, error=error), even_unsaved=True)
    assert repository.summary("a").job.error == error
    again = LibraryRepository(store)
    await again.load()
    assert again.job("a").state == "queued"


@with_store
async def test_bin_is_listed_only_on_request(
    repository: LibraryRepository, store: MemoryStore
) -> None:
    async with repository.transaction() as t:
        t.put(dataclasses.replace(record("a"), removed_at=CREATED))
    with pytest.raises(NotFoundError):
        repository.job("a")
    assert repository.job("a", in_bin=True).transcript_id == "a"
    assert [each.id for each in repository.records(in_bin=True)] == ["a"]
    assert [job.transcript_id for job in repository.jobs()] == ["b"]
    with pytest.raises(NotFoundError):
        repository.record("nobody", in_bin=True)
