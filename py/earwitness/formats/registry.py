"""The formats: which module writes and reads each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import get_args

from earwitness.domain.speakers import with_names
from earwitness.errors import BadRequestError
from earwitness.formats import ass, csv, json, lrc, md, srt, tsv, txt, vtt
from earwitness.formats.names import file_name
from earwitness.messages import ExportedFile, ExportFormat
from earwitness.transcript import Segment, Transcript

LENGTH_MAX = 64 * 1024 * 1024
"""Characters of a file to read; a year of speech is shorter."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format, written and read."""

    media_type: str
    write: Callable[[Transcript], str]
    read: Callable[[str], tuple[Segment, ...]]


FORMATS: dict[ExportFormat, Format] = {
    "txt": Format("text/plain", txt.write, txt.read),
    "srt": Format("application/x-subrip", srt.write, srt.read),
    "vtt": Format("text/vtt", vtt.write, vtt.read),
    "json": Format("application/json", json.write, json.read),
    "tsv": Format("text/tab-separated-values", tsv.write, tsv.read),
    "csv": Format("text/csv", csv.write, csv.read),
    "md": Format("text/markdown", md.write, md.read),
    "lrc": Format("application/x-lrc", lrc.write, lrc.read),
    "ass": Format("text/x-ssa", ass.write, ass.read),
}
EXTENSIONS: tuple[ExportFormat, ...] = get_args(ExportFormat)
"""Every format; its name is its file extension."""


def export(transcript: Transcript, format: ExportFormat, zone: tzinfo | None = UTC) -> ExportedFile:
    """Return the transcript as a file, named after it.

    Args:
        transcript: what the file holds.
        format: how it is written.
        zone: the reader's time zone, for dates; None: this process's zone.
    """
    how = FORMATS[format]
    if format != "json":
        transcript = with_names(transcript)
    text = md.write(transcript, zone) if format == "md" else how.write(transcript)
    return ExportedFile(
        name=file_name(transcript.name, format),
        media_type=how.media_type,
        text=text,
    )


def read(name: str, text: str) -> tuple[Segment, ...]:
    """Return the segments of a file. Its extension gives the format, else its first characters.

    In a format without end times each segment lasts until the next.

    Raises:
        BadRequestError: the file is too long, damaged, or has no text.
    """
    if len(text) > LENGTH_MAX:
        raise BadRequestError(
            f"{name!r:.80} is too long for a transcript.", hint="Split it into smaller files."
        )
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    segments = FORMATS[_format_of(name, body)].read(body)
    if not segments:
        raise BadRequestError(
            f"{name!r:.80} has no text in a known format.",
            hint=f"Use a file in one of these formats: {', '.join(EXTENSIONS)}.",
        )
    return segments


def _format_of(name: str, text: str) -> ExportFormat:
    ending = name.rpartition(".")[2].lower()
    for format in EXTENSIONS:
        if ending == format:
            return format
    start = text.lstrip()[:400]
    if start.startswith("WEBVTT"):
        return "vtt"
    if start.startswith("{"):
        return "json"
    if start.startswith("[Script Info]"):
        return "ass"
    return "srt" if "-->" in start else "txt"
