"""`export`: transcripts of a server, or saved ones, in other formats."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from earwitness import formats
from earwitness.errors import EarwitnessError, NotFoundError
from earwitness.extensions import installed
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.transcript import Transcript

from earwitness_server.cli.exit_codes import of_files
from earwitness_server.cli.network import asked, connected
from earwitness_server.cli.options import export_options, formats_of
from earwitness_server.cli.output import Output
from earwitness_server.cli.report import report, result_of


def run(parsed: argparse.Namespace) -> int:
    """Write each transcript in each format; return the exit code.

    Raises:
        EarwitnessError: nothing can be exported with these arguments.
    """
    return asyncio.run(_export(parsed))


async def _export(parsed: argparse.Namespace) -> int:
    output = Output(formats_of(parsed), export_options(parsed), to=parsed.to, stdout=parsed.stdout)
    async with AsyncExitStack() as stack:
        client: EarwitnessClient | None = None
        if parsed.server and not all(map(_is_file, parsed.transcripts)):
            client = await stack.enter_async_context(connected(parsed.server, parsed.key_file))
        codes: list[int] = []
        for name in parsed.transcripts:
            transcript: Transcript | None = None
            written: tuple[Path, ...] = ()
            error: Exception | None = None
            try:
                transcript = await _transcript(name, client)
                beside = Path(name).parent if _is_file(name) else Path()
                written = output.write(transcript, beside)
            except (EarwitnessError, OSError) as raised:
                error = raised
            result = result_of(error, written)
            report(name, result, transcript, as_json=parsed.json)
            codes.append(result.code)
        return of_files(codes)


async def _transcript(name: str, client: EarwitnessClient | None) -> Transcript:
    """Return the transcript of a file, or the one with this id on the server."""
    if _is_file(name):
        return _read(Path(name))
    if client is None:
        raise NotFoundError(
            "There is no such file.",
            hint="Correct the name, or name the server that has the transcript with --server.",
        )
    try:
        return await asked(lambda: client.transcript(name))
    except NotFoundError as error:
        raise NotFoundError(
            "The server has no such transcript.", hint="Look for its id: earwitness search."
        ) from error


def _read(path: Path) -> Transcript:
    return formats.read(path.read_bytes(), path.name, installed().formats)


def _is_file(name: str) -> bool:
    return Path(name).is_file()
