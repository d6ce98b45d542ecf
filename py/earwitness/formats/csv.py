"""Comma-separated, for spreadsheets: start, end (seconds), speaker, text."""

from __future__ import annotations

import csv
import io

from earwitness.formats.cues import spoken, tidy
from earwitness.formats.times import sane
from earwitness.transcript import Segment, Transcript

_COLUMNS = ("start_s", "end_s", "speaker", "text")
_FORMULA = ("=", "+", "-", "@")
"""A cell that begins so would be computed by a spreadsheet; an apostrophe prevents that."""


def write(transcript: Transcript) -> str:
    """Write one segment a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for segment in spoken(transcript.segments):
        start_s = sane(segment.start_s)
        end_s = max(start_s, sane(segment.end_s))
        cells = (_guarded(tidy(segment.speaker or "")), _guarded(tidy(segment.text)))
        writer.writerow((f"{start_s:.3f}", f"{end_s:.3f}", *cells))
    return out.getvalue()


def read(text: str) -> tuple[Segment, ...]:
    """Read rows under our header; columns are found by their names, in any order."""
    found: list[Segment] = []
    try:
        for row in csv.DictReader(io.StringIO(text)):
            segment = _segment(row)
            if segment is not None:
                found.append(segment)
    except csv.Error:
        return ()
    return tuple(found)


def _segment(row: dict[str, str]) -> Segment | None:
    try:
        start_s, end_s = sane(float(row["start_s"])), sane(float(row["end_s"]))
        body = _unguarded(row["text"].strip())
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
    speaker = _unguarded((row.get("speaker") or "").strip()) or None
    return Segment(start_s, max(start_s, end_s), body, speaker=speaker) if body else None


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or _unguarded(cell) != cell else cell


def _unguarded(cell: str) -> str:
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(_FORMULA) else cell
