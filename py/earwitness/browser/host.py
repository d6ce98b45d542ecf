"""The page and the browser around the library."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Protocol

from earwitness.browser.bridge import answer, read, write
from earwitness.browser.host_messages import HostCall
from earwitness.library.ports import HostFacts, ModelInfo
from earwitness.serialization import from_plain

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
        """Ask the browser now."""
        return from_plain(HostFacts, read(await answer(self._platform.facts())))

    async def models(self) -> tuple[ModelInfo, ...]:
        """The catalogue, and what this device has of it."""
        catalogue = read(await answer(self._platform.models.list()))
        return tuple(
            ModelInfo(
                id=entry["id"],
                title=entry["title"],
                bytes=entry["bytes"],
                multilingual=entry["multilingual"],
                cached=entry["cached"],
            )
            for entry in catalogue["models"]
        )

    async def persist(self) -> bool:
        """Have the page ask the browser; False when it does not answer."""
        if self._persisted is None:
            self._persisted = asyncio.get_running_loop().create_future()
            self.tell("persist")
        try:
            return await asyncio.wait_for(asyncio.shield(self._persisted), _PERSIST_WAIT_S)
        except TimeoutError:
            return False
        finally:
            self._persisted = None

    def wake_lock(self, on: bool) -> None:
        """Keep the screen awake while a job runs."""
        self.tell("wake-lock", on=on)

    def saving(self, on: bool) -> None:
        """Warn before the tab is closed."""
        self.tell("saving", on=on)

    def tell(self, what: HostCall, **more: object) -> None:
        """Send a host call to the page."""
        self._platform.host(write({"host": what, **more}))

    def hear(self, message: dict[str, Any]) -> None:
        """Take the page's answer to `persist`."""
        if self._persisted is not None and not self._persisted.done():
            self._persisted.set_result(message.get("granted") is True)


class WallClock:
    """Implements `earwitness.library.ports.Clock`."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    async def sleep(self, delay_s: float) -> None:
        """Let others run for that long."""
        await asyncio.sleep(delay_s)
