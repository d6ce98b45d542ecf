"""CSV for spreadsheets: start and end in seconds, speaker, text."""

from __future__ import annotations

import csv
import io

from earwitness.domain.clock import valid_time_s
from earwitness.formats.cues import spoken, tidy, valid_span_s
from earwitness.formats.noted import Noted, noted
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_COLUMNS = ("start_s", "end_s", "speaker", "text")
_OF_HIGHLIGHTS = ("colour", "label", "note")
_MARK = "\ufeff"
"""Tells Excel that the file is UTF-8; without it umlauts are garbled."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""Beginnings of cells that spreadsheets compute; an apostrophe before them prevents it."""


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write one segment or highlight a row, after a byte order mark if the options want one."""
    out = io.StringIO()
    if options is None or options.byte_order_mark:
        out.write(_MARK)
    writer = csv.writer(out, lineterminator="\n")
    if options is not None and options.highlights_only:
        writer.writerow((*_COLUMNS, *_OF_HIGHLIGHTS))
        writer.writerows(map(_row, noted(transcript, options, usual=False)))
        return out.getvalue()
    writer.writerow(_COLUMNS)
    for segment in spoken(transcript.segments):
        start_s, end_s = valid_span_s(segment)
        cells = (_guarded(tidy(segment.speaker or "")), _guarded(tidy(segment.text)))
        writer.writerow((f"{start_s:.3f}", f"{end_s:.3f}", *cells))
    return out.getvalue()


def _row(highlight: Noted) -> tuple[str, ...]:
    start_s, end_s = valid_time_s(highlight.start_s), valid_time_s(highlight.end_s)
    texts = (highlight.speaker or "", highlight.text, highlight.colour, highlight.label)
    cells = (*map(tidy, texts), highlight.note)
    return (f"{start_s:.3f}", f"{end_s:.3f}", *map(_guarded, cells))


def read(text: str) -> tuple[Segment, ...]:
    """Read rows below this header; the columns may have any order."""
    found: list[Segment] = []
    try:
        for row in csv.DictReader(io.StringIO(text.removeprefix(_MARK))):
            segment = _segment(row)
            if segment is not None:
                found.append(segment)
    except csv.Error:
        return ()
    return tuple(found)


def _segment(row: dict[str, str]) -> Segment | None:
    try:
        start_s, end_s = valid_time_s(float(row["start_s"])), valid_time_s(float(row["end_s"]))
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
