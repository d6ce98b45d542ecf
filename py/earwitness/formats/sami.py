"""SAMI, subtitles in HTML: `<sync start=…>` before each text. Read only."""

from __future__ import annotations

import html
import re

from earwitness.domain.clock import valid_time_s
from earwitness.formats.cues import join_lines
from earwitness.transcript import Segment

_SYNC = re.compile(r"<sync\b[^<>]*?\bstart\s*=\s*[\"']?(-?\d{1,12})[^<>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b([^<>]*)>", re.IGNORECASE)
_CLASS = re.compile(r"\bclass\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LAST_S = 4.0
"""The last text has no end in the file."""


def read(text: str) -> tuple[Segment, ...]:
    """Read the texts of the first language; each lasts until the next time."""
    text = _COMMENT.sub("", text)
    syncs = list(_SYNC.finditer(text))
    language: str | None = None
    rows: list[tuple[float, str]] = []
    for sync, after in zip(syncs, [*syncs[1:], None], strict=True):
        body = text[sync.end() : after.start() if after else len(text)]
        pieces = _PARAGRAPH.split(body)
        for attributes, piece in zip(pieces[1::2] or [""], pieces[2::2] or [body], strict=True):
            kind = _CLASS.search(attributes)
            name = kind[1].lower() if kind else ""
            language = name if language is None else language
            if name == language:
                rows.append((valid_time_s(int(sync[1]) / 1000), _plain(piece)))
    rows.sort(key=lambda row: row[0])
    ends = [start_s for start_s, _ in rows[1:]] + [start_s + _LAST_S for start_s, _ in rows[-1:]]
    return tuple(
        Segment(start_s, end_s, said)
        for (start_s, said), end_s in zip(rows, ends, strict=True)
        if said
    )


def _plain(piece: str) -> str:
    lines = (html.unescape(_TAG.sub("", line)).replace("\xa0", " ") for line in _BREAK.split(piece))
    return join_lines([" ".join(line.split()) for line in lines])
