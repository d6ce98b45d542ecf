"""Page and server make the same transcript from the same batches, edits and finish."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.domain.edits import Wanted
from earwitness.domain.jobs import start
from earwitness.engine_messages import AudioOpened, Finished, ResumePoint, WindowRow, WindowsReady
from earwitness.speech.transcribe import Batch
from earwitness.transcript import Segment, Transcript, Word
from earwitness_server.storage.database import Database
from earwitness_server.storage.library import Library
from earwitness_server.storage.queue import JobSpec, Queue
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.library.harness import PageLibrary

WINDOW_S = 30.0
OPTIONS = m.TranscribeOptions(model="base")
OWNER = "owner"

TEXTS = st.lists(
    st.sampled_from(
        ["word", "Hello,", "東京都", "สวัสดี", "ខ្មែរ", "…", "wait…", "e\u0301", "\u3000", "-"]
    ),
    max_size=30,
).map(" ".join)
WINDOWS = st.lists(st.lists(TEXTS, max_size=3), min_size=1, max_size=3)
"""Texts of the segments of each window of a batch."""
LANGUAGES = st.sampled_from([("en", 0.9), ("ja", 0.5), ("th", None)])
EDITS = st.dictionaries(st.integers(0, 3), TEXTS, max_size=2)


def made_batches(texts: list[list[list[str]]], language: tuple[str, float | None]) -> list[Batch]:
    batches: list[Batch] = []
    windows = 0
    for number, batch in enumerate(texts, 1):
        rows = tuple(row(windows + i, number - 1, window) for i, window in enumerate(batch))
        windows += len(batch)
        end_s = windows * WINDOW_S
        point = ResumePoint(number, windows, int(end_s * 16_000), *language)
        batches.append(Batch(rows, point, end_s, 3.0, finished=number == len(texts)))
    return batches


def row(window: int, batch: int, texts: list[str]) -> WindowRow:
    start_s = window * WINDOW_S
    segments = tuple(
        Segment(
            start_s + i,
            start_s + i + 1,
            text,
            tuple(Word(f" {word}", start_s + i, start_s + i + 1, 0.5) for word in text.split()),
        )
        for i, text in enumerate(texts)
    )
    return WindowRow(window, batch, start_s, start_s + WINDOW_S, segments)


class Page:
    """The library in memory, as the page runs it, with one recording."""

    def __init__(self) -> None:
        self.library = PageLibrary()

    async def open(self, duration_s: float) -> None:
        await self.library.open()
        self.id = await self.library.add(model="base")
        await self.library.hear(AudioOpened(self.id, duration_s))

    async def take(self, batch: Batch) -> None:
        await self.library.hear(
            WindowsReady(self.id, 1, batch.windows, batch.resume, batch.position_s, batch.compute_s)
        )
        if batch.finished:
            await self.library.hear(Finished(self.id, 1, batch.position_s))

    async def edit(self, edits: dict[int, str]) -> None:
        for segment, text in edits.items():
            await self.library.ask(m.EditSegment(self.id, segment, text))

    async def result(self) -> tuple[Transcript, m.TranscriptSummary]:
        transcript = await self.library.ask(m.GetTranscript(self.id))
        listed = await self.library.ask(m.ListTranscripts())
        return transcript, listed.transcripts[0]


class Server:
    """The server's tables, with one recording of this id."""

    def __init__(self, database: Database, id_: str) -> None:
        self.queue, self.library, self.id = Queue(database), Library(database), id_
        spec = JobSpec(
            transcript_id=id_,
            owner=OWNER,
            name="talk.wav",
            options=OPTIONS,
            audio="audio/x",
            audio_bytes=5,
            media_type="",
            fingerprint="f",
        )
        self.queue.accept(spec)
        self.queue.change(id_, lambda job: start(job, loaded=True))

    def take(self, batch: Batch, duration_s: float) -> None:
        self.queue.commit(self.id, batch, duration_s)

    def edit(self, edits: dict[int, str]) -> None:
        self.library.edit(OWNER, self.id, Wanted(edits))

    def result(self) -> tuple[Transcript, m.TranscriptSummary]:
        return self.library.read(OWNER, self.id), self.library.get(OWNER, self.id).summary


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('server') / 'server.db'}")
    database.migrate()
    yield database
    database.engine.dispose()


IDS = itertools.count()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(WINDOWS, min_size=1, max_size=4),
    language=LANGUAGES,
    edits_between=EDITS,
    edits_after=EDITS,
    opened_s=st.sampled_from([0.0, 45.0, 90.0]),
)
def test_page_and_server_make_the_same_transcript(
    database: Database,
    texts: list[list[list[str]]],
    language: tuple[str, float | None],
    edits_between: dict[int, str],
    edits_after: dict[int, str],
    opened_s: float,
) -> None:
    batches = made_batches(texts, language)
    asyncio.run(
        story(Server(database, f"t{next(IDS)}"), batches, opened_s, edits_between, edits_after)
    )


async def story(
    server: Server,
    batches: list[Batch],
    opened_s: float,
    edits_between: dict[int, str],
    edits_after: dict[int, str],
) -> None:
    page = Page()
    await page.open(opened_s)
    for batch in batches:
        for _ in range(2):  # A batch may arrive twice.
            await page.take(batch)
            server.take(batch, opened_s)
        edits = edits_after if batch.finished else edits_between
        there = len(server.result()[0].segments)
        edits = {i: text for i, text in edits.items() if i < there}
        await page.edit(edits)
        server.edit(edits)
        assert seen(*await page.result()) == seen(*server.result())


def seen(transcript: Transcript, summary: m.TranscriptSummary) -> dict[str, Any]:
    """All that both sides must agree on."""
    job = summary.job
    return {
        "segments": transcript.segments,
        "duration": (transcript.duration_s, summary.duration_s, job.duration_s),
        "language": (transcript.language, transcript.language_probability),
        "summary": (summary.language, summary.preview, summary.word_count, summary.ends_s),
        "model": (transcript.model, transcript.task, summary.model, summary.nothing_heard),
        "job": (job.state, job.position_s, job.error),
    }
