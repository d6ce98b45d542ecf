"""The library worker: connects `LibraryService` to the browser. JavaScript calls `main` once."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from pyodide.ffi import create_proxy

from earwitness.browser.backup_files import OpfsBackups, PlatformBackups
from earwitness.browser.bridge import error_view
from earwitness.browser.engine_client import EngineClient, PlatformEngineClient
from earwitness.browser.host import PageHost, PlatformHost, WallClock
from earwitness.browser.host_messages import HostNotice
from earwitness.browser.http_client import FetchClient, PlatformFetch
from earwitness.browser.opfs_audio import OpfsAudio, PlatformAudioFiles
from earwitness.browser.store import IndexedDbStore, PlatformStore
from earwitness.browser.tools_client import PlatformTools, ToolsClient
from earwitness.engine_messages import EngineEvent
from earwitness.library.background import BackgroundTasks
from earwitness.library.queue.watchdog import CHECK_S
from earwitness.library.service import LibraryService
from earwitness.messages import ExportedFile, ExportFormat, ExportOptions, Request
from earwitness.serialization import from_plain, to_json
from earwitness.transcript import Transcript

Receive = Callable[[str, int, str, Any], None]


class LibraryPlatform(PlatformHost, PlatformEngineClient, Protocol):
    """`LibraryWorker.platform` in web/workers/library-worker.js."""

    store: PlatformStore
    audio: PlatformAudioFiles
    http: PlatformFetch
    backups: PlatformBackups
    tools: PlatformTools

    def open(self, receive: Receive) -> None: ...

    def reply(self, id: int, text: str) -> None: ...

    def emit(self, text: str) -> None: ...


class LibraryWorker:
    """Handles requests, engine events and messages of the page, in their order."""

    def __init__(self, platform: LibraryPlatform) -> None:
        self._platform = platform
        self._host = PageHost(platform)
        self._events: asyncio.Queue[EngineEvent] = asyncio.Queue()
        self._engines = EngineClient(platform, self._host, self._events.put_nowait)
        self._tools = ToolsClient(platform.tools)
        self._tasks = BackgroundTasks()
        self._service = LibraryService(
            store=IndexedDbStore(platform.store),
            audio_store=OpfsAudio(platform.audio),
            backups=OpfsBackups(platform.backups),
            engines=self._engines,
            host=self._host,
            http=FetchClient(platform.http),
            clock=WallClock(),
            emit=lambda event: platform.emit(to_json(event)),
            export=_export,
            read=self._read,
            tools=self._tools,
            new_id=lambda: str(uuid.uuid4()),
        )

    async def _read(self, data: bytes, name: str) -> Transcript:
        from earwitness.formats.assisted_reading import read_with_tools  # Not needed to start.

        return await read_with_tools(data, name, self._tools)

    async def open(self) -> None:
        """Start the library; requests wait until it is ready."""
        self._platform.open(create_proxy(self._receive))
        self._tasks.spawn(self._pass_events_on())
        await self._service.boot()
        self._tasks.spawn(self._watch())

    def _receive(self, kind: str, number: int, text: str, attachments: Any) -> None:
        message = json.loads(text)
        if kind == "request":
            self._tasks.spawn(self._answer(number, message, list(attachments)))
        elif kind == "engine":
            self._engines.on_message(number, message)
        else:
            self._receive_notice(message["host"], number, message)

    def _receive_notice(self, notice: HostNotice, number: int, message: Any) -> None:
        match notice:
            case "engine-port":
                self._engines.on_port(number)
            case "engine-lost":
                self._engines.on_lost(message["id"], str(message.get("detail", "")))
            case "persisted":
                self._host.persisted(message)
            case "online":
                self._service.connection_restored()

    async def _answer(self, number: int, message: Any, attachments: Sequence[object]) -> None:
        try:
            request: Request = from_plain(cast(Any, Request), message)
            reply = await self._service.handle(request, attachments)
            text = to_json({"reply": reply})
        except Exception as error:
            text = to_json({"error": error_view(error)})
        self._platform.reply(number, text)

    async def _pass_events_on(self) -> None:
        """Handle engine events one after the other, in their order."""
        while True:
            event = await self._events.get()
            try:
                await self._service.on_engine_event(event)
            except Exception:
                logging.exception("The library failed on %s", type(event).__name__)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                await self._service.check_engine()
            except Exception:
                logging.exception("The library failed to check the engine")


def _export(transcript: Transcript, format: ExportFormat, options: ExportOptions) -> ExportedFile:
    from earwitness import formats  # Not needed to start.

    # Without a zone Python asks the browser for its own.
    return formats.export(transcript, format, None, options)


async def main(platform: LibraryPlatform) -> str:
    """Start the library; return an empty text when it is ready, or the error as JSON."""
    try:
        await LibraryWorker(platform).open()
    except Exception as error:
        return to_json(error_view(error))
    return ""
