"""WebVTT (W3C): cues with the times of their words."""

from __future__ import annotations

import html
import re
from bisect import bisect_right

from earwitness.domain.clock import clock, parse_clock
from earwitness.formats.cues import Cue, join_lines
from earwitness.formats.subtitles import subtitle_cues
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript, Word

_TIMING = re.compile(r"\s*([\d:.]+)[ \t]+-->[ \t]+([\d:.]+)")
_ROLL_S = 0.05
"""A cue that only moves a line up is shorter."""
_TAG = re.compile(r"<([^<>]*)>")


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write subtitles, with a time before each word but a cue's first where it is known.

    A cue in another language than the transcript's is inside `<lang>`.
    """
    blocks = ["WEBVTT\n"]
    starts_s = [segment.start_s for segment in transcript.segments]
    for cue in subtitle_cues(transcript, options or ExportOptions()):
        voice = f"<v {_name(cue.speaker)}>" if cue.speaker else ""
        times = f"{clock(cue.start_s)} --> {clock(cue.end_s)}"
        at = max(0, bisect_right(starts_s, cue.start_s) - 1)
        language = transcript.segments[at].language
        body = f"<lang {language}>{_body(cue)}</lang>" if language else _body(cue)
        blocks.append(f"{times}\n{voice}{body}\n")
    return "\n".join(blocks)


def read(text: str) -> tuple[Segment, ...]:
    """Read subtitles with the times of words; notes, styles and settings are skipped."""
    found: list[Segment] = []
    shown = ""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines[:2]) if _TIMING.match(line)), None)
        match = _TIMING.match(lines[at]) if at is not None else None
        if match is None or at is None or lines[0].startswith("NOTE"):
            continue
        start_s, end_s = parse_clock(match[1]), parse_clock(match[2])
        if start_s is None or end_s is None:
            continue
        body = lines[at + 1 :]
        if shown and _is_rolling(body, shown, end_s - start_s):
            # The line before moves up and stays on the screen, as YouTube's captions do.
            body = body[1:]
        shown = _plain(lines[-1])
        segment = _segment(start_s, max(start_s, end_s), join_lines(body))
        if segment.text:
            found.append(segment)
    return tuple(found)


def _is_rolling(body: list[str], shown: str, length_s: float) -> bool:
    """Return whether a cue begins with the line that the cue before ended with."""
    is_repeated = bool(body) and _plain(body[0]) == shown
    return is_repeated and (len(body) > 1 or length_s < _ROLL_S)


def _plain(line: str) -> str:
    return html.unescape(_TAG.sub("", line)).strip()


def _body(cue: Cue) -> str:
    stamped: dict[int, float] = {}
    text = "\n".join(cue.lines)
    at, last_s = 0, cue.start_s
    for i, word in enumerate(cue.words):
        token = word.text.strip()
        found = text.find(token, at)
        if found < 0:
            return _escape(text)
        if i and round(last_s, 3) < round(word.start_s, 3) < round(cue.end_s, 3):
            stamped[found] = last_s = word.start_s
        at = found + len(token)
    parts: list[str] = []
    at = 0
    for offset, time_s in stamped.items():
        parts += [_escape(text[at:offset]), f"<{clock(time_s)}>"]
        at = offset
    return "".join([*parts, _escape(text[at:])])


def _segment(start_s: float, end_s: float, body: str) -> Segment:
    pieces: list[tuple[float, str]] = []
    speaker: str | None = None
    language: str | None = None
    at, time_s, piece = 0, start_s, ""
    for tag in _TAG.finditer(body):
        piece += body[at : tag.start()]
        at = tag.end()
        stamp = parse_clock(tag[1])
        if stamp is not None:
            pieces.append((time_s, piece))
            time_s, piece = stamp, ""
        elif tag[1].startswith("v ") and speaker is None:
            speaker = html.unescape(tag[1][2:]).strip() or None
        elif tag[1].startswith("lang ") and language is None:
            language = tag[1][5:].strip() or None
    pieces.append((time_s, piece + body[at:]))
    starts = [start for start, _ in pieces]
    words = tuple(
        Word(html.unescape(text), start, max(start, stop))
        for (start, text), stop in zip(pieces, [*starts[1:], end_s], strict=True)
        if text.strip()
    )
    text = " ".join(html.unescape("".join(text for _, text in pieces)).split())
    own = words if len(pieces) > 1 else ()
    return Segment(start_s, end_s, text, own, speaker, language=language)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _name(speaker: str) -> str:
    return _escape(" ".join(speaker.split()))
