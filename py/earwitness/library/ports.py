"""What the library needs from where it runs: engines, an audio store, models, a host, a clock.

`earwitness.browser` brings these for the page, the tests bring scripted ones.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import IO, Protocol

from earwitness.engine_messages import FindSpeakers, Transcribe, WarmUp, WindowsSaved
from earwitness.messages import BackupFile, Event, ExportedFile, ExportFormat, ExportOptions
from earwitness.transcript import Transcript

Attachment = object
"""A Blob in the page; never looked into here, only handed to the audio store."""
Emit = Callable[[Event], None]
"""Send an event to every open page. Must not raise and must not block."""
Exporter = Callable[[Transcript, ExportFormat, ExportOptions], ExportedFile]
"""`earwitness.formats.export`, given from outside: the library does not import formats."""

TranscriptReader = Callable[[bytes, str], Awaitable[Transcript]]
"""`earwitness.formats.read_with_tools`, given from outside as well."""


class Engines(Protocol):
    """The engine worker: at most one, at most one job. What it says goes to
    `LibraryService.on_engine_event`; after `terminate` nothing of the old one may still arrive.
    When a worker dies by itself, report `EngineFailed(…, engine_lost=True)` for its job.
    """

    async def start(self, request: Transcribe) -> None:
        """Start or continue a job, in a fresh worker when there is none.

        Raises:
            ModelError: no worker could be started.
        """
        ...

    async def find_speakers(self, request: FindSpeakers) -> None:
        """Start or continue the analysis of speakers, in a fresh worker when there is none.

        Raises:
            ModelError: no worker could be started.
        """
        ...

    async def acknowledge(self, saved: WindowsSaved) -> None:
        """The batch is committed: the engine may go on."""
        ...

    async def pause(self) -> None:
        """Ask the engine to stop after the batch in flight; it answers `Finished(paused=True)`."""
        ...

    async def warm_up(self, request: WarmUp) -> None:
        """Load a model ahead of the first job."""
        ...

    async def terminate(self) -> None:
        """Kill the worker now. Nothing happens when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """A recording in the audio store."""

    path: str
    """In the origin's private file system."""
    bytes: int
    fingerprint: str
    """SHA-256 of the content, hex: recognises the same file given again, seeds sampling."""
    media_type: str = ""


def id_of(path: str) -> str:
    """Return the transcript's id in the path of a recording."""
    return path.rpartition("/")[2].partition(".")[0]


class AudioStore(Protocol):
    """Audio, under its transcript's id."""

    async def save(self, transcript_id: str, attachment: Attachment) -> StoredAudio:
        """Stream a file in; it is safe on return. Where it fails, nothing is left behind.

        Raises:
            StorageError: it does not fit, or the audio store cannot be written.
            NotFoundError: the file cannot be read any more.
            MediaError: the file is empty.
        """
        ...

    async def delete(self, transcript_id: str) -> None:
        """Delete, with what the player made of it; nothing happens when it is not there."""
        ...

    async def delete_older(self, transcript_id: str, path: str) -> None:
        """Delete the files of a recording except this path, and what the player made of it."""
        ...

    async def delete_player_files_except(self, transcript_ids: Collection[str]) -> None:
        """Delete what the player made of other recordings than these."""
        ...

    async def list(self) -> dict[str, int]:
        """Every path in the audio store with its size in bytes.

        A path is `audio/` and the transcript's id; that of a recording that was silenced goes on
        with a point and a number.
        """
        ...

    def read(self, path: str) -> AsyncIterator[bytes]:
        """The content in pieces, for a backup.

        Raises:
            NotFoundError: it is not in the audio store.
        """
        ...


class BackupFiles(Protocol):
    """Where a backup is written for the user to take, and how one they bring is read."""

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> BackupFile:
        """Stream a file in, in the place of the last one. A failed write leaves nothing behind.

        Raises:
            StorageError: it does not fit, or cannot be written.
        """
        ...

    async def clear(self) -> None:
        """Delete what was written last.

        Raises:
            StorageError: it cannot be deleted.
        """
        ...

    def open(self, attachment: Attachment) -> IO[bytes]:
        """A file that was brought, to be read anywhere in it."""
        ...

    def part(self, attachment: Attachment, start: int, stop: int) -> Attachment:
        """Bytes [start, stop) of it, as a file for the audio store."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model of the catalogue, and whether this device has it whole."""

    id: str
    title: str
    bytes: int
    multilingual: bool
    cached: bool


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models of the catalogue."""

    models: tuple[ModelInfo, ...]
    """Speech models, in the order to show them."""
    speakers: ModelInfo | None = None
    """Those that tell speakers apart, one download; None: this build has none."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the platform knows at this moment."""

    isolated: bool = False
    persisted: bool = False
    storage_used_bytes: int = 0
    storage_quota_bytes: int = 0
    metered: bool = False
    """The connection counts bytes, or the user asked to save data."""
    marks_ms: dict[str, float] = field(default_factory=dict[str, float])
    version: str = ""


class Host(Protocol):
    """The page and the browser around the library."""

    async def facts(self) -> HostFacts:
        """Ask now; cheap enough for every status."""
        ...

    async def models(self) -> ModelList:
        """The catalogue.

        Raises:
            ModelError: the catalogue cannot be read.
        """
        ...

    async def persist(self) -> bool:
        """Ask the browser not to evict our data; True when it promised."""
        ...

    def wake_lock(self, on: bool) -> None:
        """While work is under way: keep the screen awake, and warn before the tab is closed."""
        ...


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def today(self) -> str:
        """Return the user's date, ISO 8601."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Let others run for that long."""
        ...
