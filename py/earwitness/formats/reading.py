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
from earwitness.domain.records import clean_name, clean_tags, iso
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
from earwitness.formats.limits import CUES_MAX, check_bytes, check_text, too_large
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
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("vtt", re.compile(r"\s*WEBVTT(?:[ \t\n]|$)")),
    ("ass", re.compile(r"\s*(?:;.*\n|\s)*\[Script Info\]|(?:.*\n){0,200}Dialogue:[^\n]*,", re.I)),
    ("sub", re.compile(r"\s*\{\d{1,12}\}\{\d{0,12}\}")),
    ("smi", re.compile(r"\s*(?:<!--.*?-->\s*)*<sami\b", re.I | re.S)),
    ("fcpxml", re.compile(r"\s*<\?xml[^>]*>\s*<!DOCTYPE fcpxml>|\s*(?:<\?xml[^>]*>\s*)?<fcpxml\b")),
    ("ttml", re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?"
                        r"<(?:[\w-]+:)?tt\b", re.S)),
    ("html", re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.I | re.S)),
    ("lrc", re.compile(r"\s*(?:\[(?:ti|ar|al|by|la|au|length|re|ve|offset|id):[^\n]*\n\s*)*"
                       r"\[\d{1,6}:\d{1,2}[.:]\d{1,3}\]"
                       r"(?!.*-->)(?![^\n]*\n(?!\s*\[|\s*$))", re.I)),
    ("sbv", re.compile(rf"\s*{sbv.TIMING.pattern}\s*\n")),
    ("srt", re.compile(r"(?:.*\n){0,40}?\s*\d{1,9}:\d\d[\d:.,]*\s*-->\s*\d{1,9}:\d\d")),
    ("tsv", re.compile(r"\s*start\tend\ttext\b", re.I)),
    ("csv", re.compile(r"\s*(?=[^\n]*\bstart\w*\"?[,;\t])(?=[^\n]*\btext\b)[^\n]*\n", re.I)),
    ("labels", re.compile(rf"(?:\\.*\n)*{labels.LABEL.pattern}")),
    ("edl", re.compile(r"\s*TITLE:[^\n]*\n\s*(?:FCM:|\d{3})")),
    ("md", re.compile(r"(?:.*\n){0,12}?\*\*\[[\d:]+\]\*\* ")),
)  # fmt: skip
"""What a file of each format looks like; the first one that fits is taken."""
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


def format_of(text: str, name: str = "") -> str:
    """Return the format of a text: what it looks like, else what its name says, else `txt`."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    ending = _ALIASES.get(ending, ending)
    head = text[:_HEAD]
    start = head.lstrip()[:2]
    for kind, sign in _SIGNS:
        # A text may quote what other formats begin with.
        if sign.match(head):
            return kind
    if start[:1] == "{" or (start[:1] == "[" and start[1:2] in ("{", "]", "[", "\n", " ", '"', "")):
        return "json"
    return ending if ending == "json" or ending in _READERS else "txt"


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
        duration_s=max(valid_time_s(transcript.duration_s), end_s),
        segments=tuple(kept),
        tags=clean_tags(transcript.tags),
    )


def _clean_segment(segment: Segment) -> Segment:
    start_s = valid_time_s(segment.start_s)
    words = tuple(
        Word(word.text, at_s, max(at_s, valid_time_s(word.end_s)), word.probability)
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
    )


def _clean_text(text: str) -> str:
    """Return the text without control characters and halves of characters."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", text.encode("utf-8", "ignore").decode())
