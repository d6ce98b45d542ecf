"""The tools worker and the extension worker: install packages and use them.

JavaScript calls `main` once. Everything here may take long, may fail, and may be ended: the library
waits for it and has the time limit.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, assert_never, cast

from pyodide.ffi import create_proxy

from earwitness import tool_messages as tm
from earwitness.browser.bridge import error_view, settled
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.serialization import from_json, to_json

_MICROPIP = "/tmp/micropip.whl"  # noqa: S108 (in the memory of Pyodide)
_SAMPLE_BYTES = 65_536
"""As much of a file tells its encoding."""
_ENCODINGS = [
    "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "cp949", "koi8_r", "koi8_u", "cp866",
    "cp874",
]  # fmt: skip
"""Those that `formats.encodings` does not know, and Thai, for which it takes them."""
_JAMO = re.compile("[\u3131-\u318e]")


class Platform(Protocol):
    """`ToolRole.platform` in web/workers/tool-role.js."""

    indexURL: str  # noqa: N815 (JavaScript's name)
    """Address of the index, with `{package_name}` in it."""

    def open(self, receive: Callable[[int, str, Any], None]) -> None: ...

    def micropip(self) -> Awaitable[Any]: ...

    def answer(self, id: int, text: str) -> None: ...


class ToolsWorker:
    """Does one request after the other."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, number: int, text: str, files: Any) -> None:
        """Start to handle a request of the library."""
        data = [bytes(file.to_bytes()) for file in files]
        task = asyncio.ensure_future(self._handle(number, text, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, number: int, text: str, files: Sequence[bytes]) -> None:
        try:
            request: tm.ToolRequest | tm.ExtensionRequest = from_json(
                cast(Any, tm.ToolRequest | tm.ExtensionRequest), text
            )
            answer = to_json({"reply": await self._reply(request, files)})
        except BaseException as error:  # An extension may raise SystemExit.
            known = error if isinstance(error, Exception) else RuntimeError(repr(error))
            answer = to_json({"error": error_view(known)})
        self._platform.answer(number, answer)

    async def _reply(
        self, request: tm.ToolRequest | tm.ExtensionRequest, files: Sequence[bytes]
    ) -> tm.ToolReply:
        match request:
            case tm.DetectEncoding():
                await self._install(["charset-normalizer"])
                return tm.EncodingDetected(_encoding(files[0]))
            case tm.ReadCues():
                await self._install(["pysubs2"])
                from earwitness.browser.rare_formats import read_cues  # Needs pysubs2.

                return tm.CuesRead(tuple(read_cues(files[0].decode(), request.format)))
            case (
                tm.DescribeExtension()
                | tm.ReadByExtension()
                | tm.WriteByExtension()
                | tm.ApplyRule()
            ):
                from earwitness.browser import extension_runner

                wheels = extension_runner.stored_wheels(request.wheels, files)
                if wheels:
                    await self._install(wheels)
                return extension_runner.run(request, files[len(request.wheels) :])
            case _:
                assert_never(request)

    async def _install(self, requirements: Sequence[str]) -> None:
        """Install packages by name from the page's index, or by their `emfs:` address.

        Raises:
            BadRequestError: a package of the user's, or one that it needs, cannot be installed.
            EarwitnessError: a package of the page's cannot be loaded.
        """
        if _MICROPIP not in sys.path:
            data = await settled(self._platform.micropip())
            _write(_MICROPIP, data.to_bytes())
            sys.path.append(_MICROPIP)
        import micropip

        try:
            await micropip.install(list(requirements), index_urls=[self._platform.indexURL])
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"[:500]
            if requirements[0].startswith("emfs:"):
                raise BadRequestError(
                    "This extension cannot be installed.",
                    hint="Add the pure-Python wheels that it needs together with it.",
                    detail=detail,
                ) from error
            raise EarwitnessError(
                f"The package {requirements[0]} could not be loaded.",
                hint="Check the connection and try again.",
                detail=detail,
            ) from error


def _write(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


def _encoding(data: bytes) -> str:
    """Return the likeliest of `_ENCODINGS`, or '' where none fits."""
    from charset_normalizer import from_bytes

    found = list(from_bytes(data[:_SAMPLE_BYTES], cp_isolation=_ENCODINGS))
    # Kana in another encoding look like single letters of Korean, which no text has.
    best = min(
        found, key=lambda each: (each.chaos, -each.coherence, _JAMO.search(str(each)) is not None),
        default=None,
    )  # fmt: skip
    return best.encoding if best is not None else ""


async def main(platform: Platform) -> str:
    """Start to receive requests. Returns no error."""
    platform.open(create_proxy(ToolsWorker(platform).receive))
    return ""
