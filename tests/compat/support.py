"""What the tests of compatibility need of the product and of the other tests, named once.

Fixtures are data in plain JSON; this module turns messages and stores of today into the same.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tarfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psycopg
from earwitness import messages
from earwitness.errors import EarwitnessError
from earwitness.serialization import from_plain, to_plain

from tests.compat.conversation import RefusedError
from tests.compat.origin import content_of
from tests.support.network_library import Page
from tests.unit.library.harness import PageLibrary

FIXTURES = Path(__file__).with_name("v0_1_0")
ACTIVE = ("queued", "loading", "transcribing")
"""States of a job that goes on by itself."""


def load(name: str) -> Any:
    """A fixture that is JSON."""
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def unpack(name: str, audio: dict[str, Any], folder: Path) -> Path:
    """Unpack a data folder, recordings of the corpus included; returns it."""
    with tarfile.open(FIXTURES / name) as archive:
        archive.extractall(folder, filter="data")
    for path, entry in audio.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content_of(entry))
    return folder


def restore(url: str, name: str) -> None:
    """Run a dump, a script of INSERT statements, in the empty database of that address."""
    script = gzip.decompress((FIXTURES / name).read_bytes())
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(script)


def assert_holds(found: Any, expected: Any, where: str = "") -> None:
    """Everything expected is there with the same value; fields that came later do not count."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for name, value in expected.items():
            assert name in found, f"{where}.{name} is missing"
            assert_holds(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        assert len(found) == len(expected), where
        for i, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_holds(one, other, f"{where}[{i}]")
    else:
        assert found == expected, where


def request(type_: str, **fields: Any) -> Any:
    """A message to the library from its plain form."""
    return from_plain(messages.Request, {"type": type_, **fields})  # type: ignore[arg-type]


def plain(value: Any) -> Any:
    """A reply as JSON has it."""
    return json.loads(json.dumps(to_plain(value)))


def fill(house: PageLibrary, library: dict[str, Any]) -> None:
    """Put what an origin kept into the stores of a library in this process."""
    house.store.tables = {
        table: {key: json.dumps(value) for key, value in rows.items()}
        for table, rows in library["stores"].items()
    }
    for path, entry in library["files"].items():
        house.audio_store.files[path.removeprefix("audio/")] = content_of(entry)


def stores_of(house: PageLibrary) -> dict[str, dict[str, Any]]:
    """The tables of a library in this process, as plain data."""
    return {
        table: {key: json.loads(text) for key, text in rows.items()}
        for table, rows in house.store.tables.items()
    }


class LibraryThread:
    """The page's library on a real network, in a thread of its own; asked by plain messages."""

    def __init__(self, origin: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.page = Page(origin)
        self._run(self.page.open())

    def ask(self, type_: str, file: bytes | None = None, **fields: Any) -> Any:
        """Send a message to the library; its reply as plain data.

        Raises:
            RefusedError: the library answered with an error.
        """
        attachments = () if file is None else (file,)
        try:
            return plain(self._run(self.page.ask(request(type_, **fields), *attachments)))
        except EarwitnessError as error:
            view = error.view()
            raise RefusedError(f"{view.type}: {view.message}") from error

    def stores(self) -> dict[str, dict[str, Any]]:
        """What the library has written down."""
        return stores_of(self.page)

    def close(self) -> None:
        """Let what is under way end, then end the thread."""
        self._run(self._settle())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _settle(self) -> None:
        await self.page.service.remote.settle()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(300)


Story = Callable[[PageLibrary], Coroutine[Any, Any, None]]


def live(story: Story) -> None:
    """Run a story on a library in this process that is not open yet."""
    asyncio.run(asyncio.wait_for(story(PageLibrary()), 60))
