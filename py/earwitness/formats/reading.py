"""Read transcripts of any program: find out the format, read it, and put its times in order.

The content decides, not the extension: a `.txt` with cues is read as subtitles. Where the content
proves nothing, the extension decides.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from earwitness.domain.clock import valid_time_s
from earwitness.domain.records import clean_name, clean_tags, iso, seconds
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.extensions import AddedFormat
from earwitness.formats import (
    ass,
    csv,
    docx,
    html,
    json,
    labels,
    lrc,
    markers,
    md,
    microdvd,
    sami,
    sbv,
    srt,
    tsv,
    ttml,
    txt,
    vtt,
)  # fmt: skip
from earwitness.formats.encodings import decode, no_text
from earwitness.formats.limits import ALTERNATIVES_MAX, CUES_MAX, check_bytes, check_text, too_large
from earwitness.languages import NAMES
from earwitness.transcript import Segment, Transcript, Word

READ_EXTENSIONS = (
    "srt", "vtt", "ass", "ssa", "ttml", "dfxp", "xml", "sbv", "lrc", "sub", "smi", "sami",
    "tsv", "csv", "json", "md", "txt", "docx", "html", "edl", "fcpxml",
)  # fmt: skip
"""Extensions of files that can be read."""
MODEL = "imported"
"""Stands for the model of a transcript that another program made."""

Read = Callable[[str], Sequence[Segment]]
_READERS: dict[str, Read] = {
    "srt": srt.read, "vtt": vtt.read, "ass": ass.read, "ttml": ttml.read, "sbv": sbv.read,
    "lrc": lrc.read, "sub": microdvd.read, "smi": sami.read, "tsv": tsv.read, "csv": csv.read,
    "md": md.read, "labels": labels.read, "edl": markers.read_edl, "fcpxml": markers.read_fcpxml,
    "html": html.read, "txt": txt.read,
}  # fmt: skip
_HEAD = 16_384
"""Characters that show a format."""
_LINE = 400
"""More of a line shows nothing."""
_LINES = 200
_MARKUP = (
    ("smi", "<sami"),
    ("fcpxml", "<fcpxml"),
    ("html", "<!doctype html"),
    ("html", "<html"),
)
"""First elements of formats in markup."""
_TT = re.compile(r"<(?:[\w-]{1,40}:)?tt[\s>]")
_FIRST: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("vtt", re.compile(r"WEBVTT(?:[ \t]|$)")),
    ("sub", re.compile(r"\{\d{1,12}\}\{\d{0,12}\}")),
    ("lrc", re.compile(r"\[\d{1,6}:\d{1,2}[.:]\d{1,3}\](?!.*-->)")),
    ("lrc", re.compile(r"\[(?:ti|ar|al|by|la|au|length|re|ve|offset|id):", re.IGNORECASE)),
    ("sbv", sbv.TIMING),
    ("tsv", re.compile(r"start\tend\ttext\b", re.IGNORECASE)),
    ("csv", re.compile(r"(?=.*\bstart\w{0,9}\"?[,;\t])(?=.*\btext\b)", re.IGNORECASE)),
    ("labels", labels.LABEL),
)
"""What the first line of a file looks like."""
_ANYWHERE: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("ass", 20, re.compile(r"\[Script Info\]", re.IGNORECASE)),
    ("ass", 200, re.compile(r"Dialogue:[^,]{1,40},")),
    ("srt", 40, re.compile(r"\d{1,9}:\d\d[\d:.,]{0,20}\s{0,9}-->\s{0,9}\d{1,9}:\d\d")),
    ("md", 12, re.compile(r"\*\*\[[\d:]{1,20}\]\*\* ")),
)
"""What one of a file's first lines begins with, and how many lines are looked at."""
_ALIASES = {"ssa": "ass", "dfxp": "ttml", "xml": "ttml", "sami": "smi", "htm": "html"}
_BINARY = (b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\x1aE\xdf\xa3", b"\xd0\xcf\x11\xe0")
"""Beginnings of PDF, gzip, pictures, Matroska and old Word files."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read(data: bytes, name: str, added: Iterable[AddedFormat] = ()) -> Transcript:
    """Return the transcript in a file, with an id of its own.

    In a format without end times each segment lasts until the next. Segments are in the order of
    their times, and times that are negative or no numbers are 0.

    Args:
        data: the file.
        name: its name; without its extension it becomes the transcript's.
        added: formats of extensions, for files whose extension is theirs.

    Raises:
        BadRequestError: the file is too large, damaged, in no known format, or has no text.
    """
    check_bytes(data)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    for each in added:
        if each.extension == ending and each.read is not None:
            return _cleaned(_read_added(each, data), name)
    if data.startswith(b"PK\x03\x04"):
        return _made(docx.read(data), name, None)
    if data.startswith(_BINARY):
        raise no_text()
    text = decode(data)
    check_text(text)
    kind = format_of(text, name)
    if kind == "json":
        found = json.read_any(text)
        if isinstance(found, Transcript):
            return _cleaned(found, name)
        return _made(found.segments, name, found.language)
    try:
        segments = _READERS[kind](text)
    except (ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, EarwitnessError):
            raise
        raise no_text() from error
    return _made(segments, name, ttml.language_of(text) if kind == "ttml" else None)


def read_segments(segments: Sequence[Segment], name: str) -> Transcript:
    """Return segments as a transcript: cleaned, in order, with an id of its own.

    Raises:
        BadRequestError: there is no text in them.
    """
    return _made(segments, name, None)


def format_of(text: str, name: str = "") -> str:
    """Return the format of a text: what it looks like, else what its name says, else `txt`."""
    head = text[:_HEAD].lstrip()
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    ending = _ALIASES.get(ending, ending)
    lines = [line[:_LINE].strip() for line in head.split("\n", _LINES)[:_LINES]]
    if head.startswith("<"):
        markup = _without_prolog(head)[:_LINE].lower()
        found = next((kind for kind, start in _MARKUP if markup.startswith(start)), "")
        if found or _TT.match(markup):
            return found or "ttml"
    for kind, sign in _FIRST:
        if sign.match(lines[0]):
            return kind
    if lines[0].startswith("TITLE:") and any(line.startswith("FCM:") for line in lines[:4]):
        return "edl"
    for kind, count, sign in _ANYWHERE:
        if any(map(sign.match, lines[:count])):
            return kind
    second = head[1:2]
    if head[:1] == "{" or (head[:1] == "[" and (not second or second in '{][" \n')):
        return "json"
    return ending if ending == "json" or ending in _READERS else "txt"


def _without_prolog(markup: str) -> str:
    """Return markup without its declaration, comments and document type."""
    while markup.startswith(("<?", "<!--", "<!DOCTYPE")):
        if markup[:15].lower() == "<!doctype html>"[:15]:
            return markup
        end = "-->" if markup.startswith("<!--") else "?>" if markup.startswith("<?") else ">"
        markup = markup.partition(end)[2].lstrip()
    return markup


def _read_added(format: AddedFormat, data: bytes) -> Transcript:
    assert format.read is not None
    try:
        return format.read(data)
    except EarwitnessError:
        raise
    except Exception as error:
        raise BadRequestError(
            f"The extension {format.title!r:.80} could not read this file.",
            hint="Check the file, or update the extension.",
            detail=repr(error)[:200],
        ) from error


def _made(segments: Sequence[Segment], name: str, language: str | None) -> Transcript:
    title = name.rpartition("/")[2].rpartition("\\")[2]
    stem, dot, _ = title.rpartition(".")
    made = Transcript(
        id="",
        name=stem if dot and stem else title,
        created_at=iso(time.time()),
        duration_s=0.0,
        model=MODEL,
        language=language,
        language_probability=1.0 if language else None,
        segments=tuple(segments),
    )
    return _cleaned(made, name)


def _cleaned(transcript: Transcript, name: str) -> Transcript:
    """Return a transcript from outside as one of this library: valid, in order, with a new id.

    Raises:
        BadRequestError: it has too many segments or none.
    """
    if len(transcript.segments) > CUES_MAX:
        raise too_large(f"more than {CUES_MAX} segments")
    segments = sorted(map(_clean_segment, transcript.segments), key=lambda each: each.start_s)
    kept = [segment for segment in segments if segment.text.strip()]
    if not kept:
        raise BadRequestError(
            f"{name!r:.80} has no text in a known format.",
            hint=f"Use a file in one of these formats: {', '.join(READ_EXTENSIONS)}.",
        )
    end_s = max(segment.end_s for segment in kept)
    return replace(
        transcript,
        id=str(uuid.uuid4()),
        name=clean_name(transcript.name),
        created_at=_moment(transcript.created_at),
        model=clean_name(transcript.model or MODEL),
        language=transcript.language if transcript.language in NAMES else None,
        duration_s=max(valid_time_s(transcript.duration_s), end_s),
        segments=tuple(kept),
        tags=clean_tags(transcript.tags),
    )


def _moment(text: str) -> str:
    """Return a moment as `iso` writes it; now, if the text is none."""
    try:
        return iso(seconds(text))
    except (ValueError, OverflowError, OSError):
        return iso(time.time())


def _clean_segment(segment: Segment) -> Segment:
    start_s = valid_time_s(segment.start_s)
    words = tuple(
        Word(
            word.text,
            at_s,
            max(at_s, valid_time_s(word.end_s)),
            word.probability,
            alternatives=tuple(map(_clean_text, word.alternatives[:ALTERNATIVES_MAX])),
        )
        for word in segment.words
        for at_s in (valid_time_s(word.start_s),)
    )
    speaker = " ".join(_clean_text(segment.speaker or "").split())[:200]
    return replace(
        segment,
        start_s=start_s,
        end_s=max(start_s, valid_time_s(segment.end_s)),
        text=_clean_text(segment.text),
        words=words,
        speaker=speaker or None,
        language=segment.language if segment.language in NAMES else None,
    )


def _clean_text(text: str) -> str:
    """Return the text without control characters and halves of characters."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", text.encode("utf-8", "ignore").decode())
