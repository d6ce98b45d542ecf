"""JSON with everything in a transcript, so that reading it back loses nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, cast

from earwitness.domain.clock import valid_time_s
from earwitness.errors import BadRequestError
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Segment, Transcript, Word

VERSION = 1
"""Version of this layout, under the key `earwitness`."""


def write(transcript: Transcript) -> str:
    """Write the whole transcript; `text` is for other programs and ignored when read."""
    # The revision is the library's, and other programs need no empty fields.
    plain = to_plain(dataclasses.replace(transcript, revision=0), "set")
    head = {"earwitness": VERSION, "text": transcript.text}
    return json.dumps(head | plain, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read this layout, or the layout of Whisper's command line.

    Raises:
        BadRequestError: the text has another layout.
    """
    data = _load(text)
    if "earwitness" in data:
        return read_transcript(text).segments
    rows = data.get("segments")
    if not isinstance(rows, list):
        raise _bad("it has no list of segments")
    try:
        return tuple(_foreign(row) for row in cast("list[Any]", rows))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad(f"a segment lacks something ({error})") from error


def read_transcript(text: str) -> Transcript:
    """Read a whole transcript in this layout.

    Raises:
        BadRequestError: the text has another layout, or a newer version of this one.
    """
    data = _load(text)
    if data.get("earwitness") != VERSION:
        raise _bad(f"its layout is {data.get('earwitness')!r:.20}, not {VERSION}")
    own = {key: value for key, value in data.items() if key not in ("earwitness", "text")}
    return from_plain(Transcript, own)


def _load(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is not a number")

    try:
        data = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise _bad(str(error)) from error
    if not isinstance(data, dict):
        raise _bad("it is not an object")
    return cast("dict[str, Any]", data)


def _foreign(row: dict[str, Any]) -> Segment:
    words = tuple(
        Word(str(word["word"]), _time_s(word["start"]), _time_s(word["end"]), _number(word))
        for word in row.get("words") or ()
    )
    start_s, end_s = _time_s(row["start"]), _time_s(row["end"])
    return Segment(start_s, max(start_s, end_s), str(row["text"]), words)


def _time_s(value: Any) -> float:
    return valid_time_s(float(value))


def _number(word: dict[str, Any]) -> float | None:
    value = word.get("probability")
    return None if value is None else float(value)


def _bad(why: str) -> BadRequestError:
    return BadRequestError(
        "This JSON file is not a transcript.",
        hint="Use a JSON file from Earwitness or Whisper.",
        detail=why[:200],
    )
