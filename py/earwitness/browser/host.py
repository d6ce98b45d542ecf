"""The page and the browser, as the library uses them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Protocol

from earwitness.browser.bridge import settled, settled_json
from earwitness.browser.host_messages import HostCall
from earwitness.domain.records import day
from earwitness.library.ports import HostFacts, ModelInfo, ModelList
from earwitness.serialization import from_json, from_newer_plain, to_json

_PERSIST_WAIT_S = 10.0


class PlatformModels(Protocol):
    """`ModelFiles` in web/workers/model-files.js."""

    def list(self) -> Awaitable[str]: ...


class PlatformHost(Protocol):
    """The part of `LibraryWorker.platform` (web/workers/library-worker.js) for the page."""

    models: PlatformModels

    def facts(self) -> Awaitable[str]: ...

    def host(self, text: str) -> None: ...


class PageHost:
    """Implements `earwitness.library.ports.Host`."""

    def __init__(self, platform: PlatformHost) -> None:
        self._platform = platform
        self._persisted: asyncio.Future[bool] | None = None

    async def facts(self) -> HostFacts:
        """Return what the browser says now."""
        return from_json(HostFacts, await settled(self._platform.facts()))

    async def models(self) -> ModelList:
        """Return the catalogue, and which of its models are on this device."""
        catalogue = await settled_json(self._platform.models.list())
        speakers = catalogue.get("speakers")
        return ModelList(
            tuple(from_newer_plain(ModelInfo, entry) for entry in catalogue["models"]),
            None if speakers is None else from_newer_plain(ModelInfo, speakers),
        )

    async def persist(self) -> bool:
        """Ask the browser to keep the storage; return whether it agreed in time."""
        self._persisted = asyncio.get_running_loop().create_future()
        self.send("persist")
        try:
            return await asyncio.wait_for(self._persisted, _PERSIST_WAIT_S)
        except TimeoutError:
            return False

    def wake_lock(self, on: bool) -> None:
        """Keep the screen awake and have the page warn before the tab is closed, or not."""
        self.send("wake-lock", on=on)

    def send(self, what: HostCall, **more: object) -> None:
        """Send a call to the page."""
        self._platform.host(to_json({"host": what, **more}))

    def persisted(self, message: dict[str, Any]) -> None:
        """Take the page's answer to the call `persist`."""
        if self._persisted is not None and not self._persisted.done():
            self._persisted.set_result(message.get("granted") is True)


class WallClock:
    """Implements `earwitness.library.ports.Clock`."""

    def now(self) -> float:
        """Return the seconds since 1970, UTC."""
        return time.time()

    def today(self) -> str:
        """Return the date in the browser's time zone."""
        return day(time.time(), None)

    async def sleep(self, delay_s: float) -> None:
        """Let other tasks run for that long."""
        await asyncio.sleep(delay_s)
