"""Markdown for notes: heading, facts, and a paragraph with a time for each segment."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo

from earwitness.domain.clock import parse_clock
from earwitness.formats.blocks import blocks
from earwitness.formats.cues import tidy
from earwitness.formats.facts import fact_lines
from earwitness.formats.noted import HEADING, noted
from earwitness.formats.plain_transcript import timed
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&])")
_TIME = re.compile(r"\*\*\[([\d:]+)\]\*\* ")
_SPEAKER = re.compile(r"\*\*((?:[^*\\]|\\.)+):\*\* ")


def write(
    transcript: Transcript, options: ExportOptions | None = None, zone: tzinfo | None = UTC
) -> str:
    """Write a note, with the day of the recording in a time zone; None: this process's zone."""
    parts = [f"# {_escape(tidy(transcript.name))}", *map(_escape, fact_lines(transcript, zone))]
    options = options or ExportOptions()
    made = blocks(transcript, options, speakers=True, times=True, paragraphs=False)
    for block in [] if options.highlights_only else made:
        time = f"**[{block.time}]** " if block.time else ""
        speaker = f"**{_escape(block.speaker)}:** " if block.speaker else ""
        parts.append(f"{time}{speaker}{_escape(block.text)}")
    highlights = noted(transcript, options, usual=True)
    parts += [f"## {HEADING}"] if highlights else []
    for each in highlights:
        speaker = f"**{_escape(each.speaker)}:** " if each.speaker else ""
        label = f" *({_escape(each.label)})*" if each.label else ""
        quoted = f"> **[{each.time}]** {speaker}{_escape(each.text)}{label}"
        parts += [quoted.rstrip(), *map(_escape, filter(None, each.notes))]
    return "\n\n".join(parts) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read the paragraphs between head and highlights; each lasts until the next time.

    In a note without times, all paragraphs below the title and the facts have the time 0.
    """
    lines = [line.strip() for line in text.split("\n")]
    if f"## {HEADING}" in lines:
        lines = lines[: lines.index(f"## {HEADING}")]
    filled = [line for line in lines if line and not line.startswith("#")]
    is_ours = lines[0].startswith("# ")
    if not any(_is_timed(line) for line in filled):
        body = filled[1:] if is_ours else filled
        rows = [_row(line, 0.0) for line in body if not line.startswith("Tags: ")]
        return tuple(Segment(0.0, 0.0, said, speaker=speaker) for _, speaker, said in rows)
    rows = list[tuple[float, str | None, str]]()
    for line in filled:
        if rows or _is_timed(line):
            rows.append(_row(line, rows[-1][0] if rows else 0.0))
    return timed(rows)


def _is_timed(line: str) -> bool:
    return _TIME.match(line) is not None


def _row(line: str, time_s: float) -> tuple[float, str | None, str]:
    """Return time, speaker and text of a paragraph; `time_s` where it has no time."""
    if match := _TIME.match(line):
        known_s = parse_clock(match[1])
        time_s = time_s if known_s is None else known_s
        line = line[match.end() :]
    speaker = _SPEAKER.match(line)
    name = _ESCAPED.sub(r"\1", speaker[1]) if speaker else None
    return time_s, name, _ESCAPED.sub(r"\1", line[speaker.end() :] if speaker else line)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
