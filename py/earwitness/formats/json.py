"""JSON with everything in a transcript, so that reading it back loses nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, cast

from earwitness.errors import BadRequestError
from earwitness.formats import foreign_json
from earwitness.formats.foreign_json import Found
from earwitness.formats.limits import check_objects
from earwitness.formats.noted import with_only_highlights
from earwitness.messages import ExportOptions
from earwitness.serialization import from_newer_plain, to_plain
from earwitness.transcript import Segment, Transcript

VERSION = 1
"""Version of this layout, under the key `earwitness`."""


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write the whole transcript; `text` is for other programs and ignored when read."""
    if options is not None and options.highlights is False:
        transcript = dataclasses.replace(transcript, highlights=())
    elif options is not None and options.highlights_only:
        transcript = with_only_highlights(transcript)
    # The revision is the library's, and other programs need no empty fields.
    plain = to_plain(dataclasses.replace(transcript, revision=0), "set")
    head = {"earwitness": VERSION, "text": transcript.text}
    return json.dumps(head | plain, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read this layout, or one of `foreign_json`.

    Raises:
        BadRequestError: the text has another layout.
    """
    return read_any(text).segments


def read_any(text: str) -> Found | Transcript:
    """Return the transcript of this layout, or what a file of another program holds.

    Raises:
        BadRequestError: the text has an unknown layout, is damaged or too large.
    """
    data = _load(text)
    if isinstance(data, dict) and "earwitness" in data:
        return read_transcript(text)
    try:
        found = foreign_json.read(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise _bad(f"a part lacks something ({error!r})") from error
    if found is None:
        raise _bad("its layout is unknown")
    return found


def read_transcript(text: str) -> Transcript:
    """Read a whole transcript in this layout.

    Raises:
        BadRequestError: the text has another layout, or a newer version of this one.
    """
    data: Any = _load(text)
    if not isinstance(data, dict):
        raise _bad("it is not an object")
    data = cast("dict[str, Any]", data)
    if data.get("earwitness") != VERSION:
        raise _bad(f"its layout is {data.get('earwitness')!r:.20}, not {VERSION}")
    own = {key: value for key, value in data.items() if key not in ("earwitness", "text")}
    return from_newer_plain(Transcript, own)


def _load(text: str) -> Any:
    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is not a number")

    check_objects(text.count("{") + text.count("["))
    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise _bad(str(error)) from error


def _bad(why: str) -> BadRequestError:
    return BadRequestError(
        "This JSON file is not a transcript.",
        hint="Use a JSON file from Earwitness, Whisper or a transcription service.",
        detail=why[:200],
    )
