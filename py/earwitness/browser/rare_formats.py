"""Subtitles in formats that few programs write, read by pysubs2. Only the tools worker has it."""

from __future__ import annotations

from collections.abc import Iterator

import pysubs2

from earwitness.errors import BadRequestError
from earwitness.tool_messages import RareFormat
from earwitness.transcript import Segment


def read_cues(text: str, format: RareFormat) -> Iterator[Segment]:
    """Yield the cues of a file in their order.

    Raises:
        BadRequestError: pysubs2 cannot read it.
    """
    try:
        cues = pysubs2.SSAFile.from_string(text, format_=format)
    except Exception as error:  # It raises what its parsers happen to raise.
        raise BadRequestError(
            "pysubs2 could not read this file.",
            hint="Save it as SubRip (.srt) with the program that made it.",
            detail=repr(error)[:200],
        ) from error
    for cue in cues:
        spoken = cue.plaintext.strip()
        if spoken:
            yield Segment(cue.start / 1000, cue.end / 1000, spoken)
