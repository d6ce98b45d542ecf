"""`transcribe`: recordings to files, on this machine or on a server."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError
from earwitness.transcript import Transcript

from earwitness_server.cli import terminal
from earwitness_server.cli.exit_codes import DONE, INTERRUPTED, REFUSED, UNREACHABLE, of_files
from earwitness_server.cli.files import expanded
from earwitness_server.cli.network import connected
from earwitness_server.cli.on_server import ServerTranscriber
from earwitness_server.cli.options import export_options, formats_of, transcribe_options
from earwitness_server.cli.output import Output
from earwitness_server.cli.report import FileResult, report, result_of
from earwitness_server.cli.transcriber import FileTranscriber
from earwitness_server.cli.watch import Watch
from earwitness_server.settings import Settings

LOOK_S = 2.0
"""Time between two looks into a watched folder."""
AWAY_S = 30.0
"""Before a watched file is tried again after the server was away."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Transcribe the files, or those that appear in the watched folder; return the exit code.

    Raises:
        EarwitnessError: nothing can be transcribed with these arguments.
    """
    _check(parsed)
    try:
        return asyncio.run(_until_stopped(_transcribe(parsed, settings)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        # A signal is how the watch of a folder ends.
        return DONE if parsed.watch else INTERRUPTED


def _check(parsed: argparse.Namespace) -> None:
    """Refuse arguments that have no effect."""
    if not parsed.files and not parsed.watch:
        raise BadRequestError("No file is named.", hint="Name files, or a folder with --watch.")
    if parsed.files and parsed.watch:
        raise BadRequestError("Files have no effect with --watch.", hint="Leave one of them out.")
    if parsed.stdout and parsed.watch:
        raise BadRequestError("--stdout has no effect with --watch.", hint="Leave it out.")
    if parsed.server and "models" in parsed:
        raise BadRequestError("--models has no effect with a server.", hint="Leave it out.")
    if parsed.key_file and not parsed.server:
        raise BadRequestError("--key-file has no effect without a server.", hint="Name --server.")


async def _until_stopped(work: Coroutine[Any, Any, int]) -> int:
    """Await the work; SIGTERM cancels it, as SIGINT does."""
    task = asyncio.ensure_future(work)
    with suppress(NotImplementedError):  # Windows ends the process by itself.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _transcribe(parsed: argparse.Namespace, settings: Settings) -> int:
    output = Output(formats_of(parsed), export_options(parsed), to=parsed.to, stdout=parsed.stdout)
    if parsed.watch:
        watch = Watch(parsed.watch)
        async with _transcriber(parsed, settings) as transcriber:
            files = _Files(transcriber, output, as_json=parsed.json, is_allowed=watch.is_inside)
            return await _follow(watch, files)
    files = expanded(parsed.files)
    async with _transcriber(parsed, settings) as transcriber:
        each = _Files(transcriber, output, as_json=parsed.json)
        return of_files([(await each.transcribe(path)).code for path in files])


@asynccontextmanager
async def _transcriber(
    parsed: argparse.Namespace, settings: Settings
) -> AsyncGenerator[FileTranscriber]:
    options = transcribe_options(parsed)
    if parsed.server:
        async with connected(parsed.server, parsed.key_file) as client:
            yield ServerTranscriber(client, options)
        return
    # Imported here: a client of a server needs no engine.
    from earwitness_server.cli.on_device import device_transcriber

    yield device_transcriber(settings, options)


async def _follow(watch: Watch, files: _Files) -> int:
    """Transcribe what appears in the folder; return only if the server refuses the key."""
    terminal.note(f"Watching {watch.folder}. Stop with Ctrl+C.")
    while True:
        for path in watch.ready():
            if not watch.is_inside(path):
                continue
            result = await files.transcribe(path)
            if result.code == REFUSED:
                return REFUSED
            if result.code == UNREACHABLE:
                await asyncio.sleep(AWAY_S)
                break
            watch.record(path, result.written, result.error)
        await asyncio.sleep(LOOK_S)


class _Files:
    """Transcribes, writes and reports file after file."""

    def __init__(
        self,
        transcriber: FileTranscriber,
        output: Output,
        *,
        as_json: bool,
        is_allowed: Callable[[Path], bool] = lambda _path: True,
    ) -> None:
        """`is_allowed`: whether files may be written beside a recording, now that it is done."""
        self._transcriber = transcriber
        self._output = output
        self._as_json = as_json
        self._is_allowed = is_allowed

    async def transcribe(self, path: Path) -> FileResult:
        """Transcribe one file; an error is reported and returned."""
        transcript: Transcript | None = None
        written: tuple[Path, ...] = ()
        error: Exception | None = None
        try:
            transcript, why_no_speakers = await self._transcribed(path)
            if not self._is_allowed(path):
                raise NotFoundError("The recording was moved meanwhile.", hint="Try it again.")
            written = self._output.write(transcript, path.parent)
            if why_no_speakers:
                error = EarwitnessError("The speakers are unknown.", hint=why_no_speakers)
        except (EarwitnessError, OSError) as raised:
            error = raised
        result = result_of(error, written)
        report(str(path), result, transcript, as_json=self._as_json)
        return result

    async def _transcribed(self, path: Path) -> tuple[Transcript, str]:
        _check_file(path)
        progress = terminal.Progress(path.name)
        try:
            done = await self._transcriber.transcribe(path, progress)
        finally:
            progress.close()
        return done.transcript, done.why_no_speakers


def _check_file(path: Path) -> None:
    if not path.exists():
        raise NotFoundError("There is no such file.", hint="Correct the name.")
    if not path.is_file():
        raise BadRequestError(
            "This is not a file.", hint="Name the recordings in a folder, or use --watch."
        )
