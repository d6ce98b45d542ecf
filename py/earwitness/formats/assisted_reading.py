"""Reading files that the standard library alone cannot read: with packages of the tools worker.

The page has these packages; the server does without.
"""

from __future__ import annotations

import re

from earwitness.errors import EarwitnessError
from earwitness.formats.encodings import decode, is_unsure
from earwitness.formats.limits import check_bytes
from earwitness.formats.reading import read, read_segments
from earwitness.tool_messages import DetectEncoding, RareFormat, ReadCues, Tools
from earwitness.transcript import Transcript

_RARE: tuple[tuple[RareFormat, re.Pattern[str]], ...] = (
    ("mpl2", re.compile(r"\[\d{1,9}\]\[\d{0,9}\]")),
    ("tmp", re.compile(r"\d{1,2}:\d\d:\d\d[:,=]\S")),
)
"""What each line of a format begins with."""
_LINES = 20


async def read_with_tools(data: bytes, name: str, tools: Tools) -> Transcript:
    """Return the transcript in a file, as `formats.read` does, of more formats and encodings.

    Raises:
        BadRequestError: the file is too large, damaged, in no known format, or has no text.
        EarwitnessError: it is in a format whose package cannot be loaded.
    """
    check_bytes(data)
    if data.startswith(b"PK\x03\x04"):
        return read(data, name)
    if is_unsure(data):
        data = await _in_utf8(data, tools)
    format = rare_format(data[: 64 * 1024])
    if format is None:
        return read(data, name)
    cues = await tools.ask(ReadCues(format), [decode(data).encode()])
    return read_segments(cues.segments, name)


def rare_format(head: bytes) -> RareFormat | None:
    """Return which rare format the beginning of a file is in, if in any."""
    lines = head.decode("latin-1").lstrip("\ufeffï»¿").split("\n")[:_LINES]
    lines = [line.strip() for line in lines if line.strip()]
    for format, sign in _RARE:
        if lines and all(map(sign.match, lines)):
            return format
    return None


async def _in_utf8(data: bytes, tools: Tools) -> bytes:
    """Return a text in UTF-8 if its encoding can be found out, else as it is."""
    try:
        found = await tools.ask(DetectEncoding(), [data])
        return data.decode(found.encoding).encode() if found.encoding else data
    except (EarwitnessError, LookupError, UnicodeDecodeError):
        return data  # Without a connection our own guess is better than no text.
