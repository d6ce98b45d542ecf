"""`search`: find words in the library of a server."""

from __future__ import annotations

import argparse
import asyncio

from earwitness.domain.clock import clock
from earwitness.errors import BadRequestError
from earwitness.messages import Hit, Search, SearchResult
from earwitness.serialization import to_plain

from earwitness_server.cli import terminal
from earwitness_server.cli.exit_codes import DONE
from earwitness_server.cli.network import asked, connected

_MARKS = str.maketrans("", "", "\ue000\ue001")
"""Around the matched parts of a snippet."""


def run(parsed: argparse.Namespace) -> int:
    """Print the hits, a line each: the transcript's id, the time, its name, the words.

    Raises:
        BadRequestError: no server is named.
        ServerError: the server refuses or does not answer.
    """
    if not parsed.server:
        raise BadRequestError(
            "No server is named.", hint="Name it with --server, or in EARWITNESS_SERVER."
        )
    found = asyncio.run(_search(parsed))
    if parsed.json:
        terminal.json_line(to_plain(found))
        return DONE
    for hit in found.hits:
        terminal.result(_line(hit))
    if not found.hits:
        terminal.note("Nothing was found.")
    return DONE


async def _search(parsed: argparse.Namespace) -> SearchResult:
    async with connected(parsed.server, parsed.key_file) as client:
        request = Search(
            parsed.query,
            parsed.limit,
            parsed.language,
            parsed.tag,
            speaker=parsed.speaker,
            label=parsed.label,
        )
        return await asked(lambda: client.search(request))


def _line(hit: Hit) -> str:
    snippet = " ".join(hit.snippet.translate(_MARKS).split())
    return f"{hit.transcript_id}  {clock(hit.start_s, digits=0, hours=None)}  {hit.name}: {snippet}"
