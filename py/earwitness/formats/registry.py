"""The formats: which module writes and reads each, and those that extensions add."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import get_args

from earwitness.domain.file_names import file_name
from earwitness.domain.speakers import with_names
from earwitness.errors import BadRequestError
from earwitness.extensions import AddedFormat
from earwitness.formats import (
    ass,
    chapters,
    csv,
    docx,
    html,
    json,
    labels,
    lrc,
    markers,
    md,
    noted,
    openai,
    srt,
    tsv,
    ttml,
    txt,
    vtt,
)  # fmt: skip
from earwitness.messages import EXPORT_LIMITS, ExportedFile, ExportFormat, ExportOptions
from earwitness.transcript import Transcript

Write = Callable[[Transcript, ExportOptions, tzinfo | None], str | bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A format to write."""

    extension: str
    """Of its files."""
    media_type: str
    write: Write
    options: tuple[str, ...] = ()
    """The fields of `ExportOptions` that a user may choose for its files, besides those of
    `OPTIONS_OF_EVERY_FORMAT`."""
    shown: tuple[str, ...] = ()
    """Those of them that are on where the options say None."""


def _plain(write: Callable[[Transcript], str]) -> Write:
    return lambda transcript, options, zone: write(transcript)


def _chosen(write: Callable[[Transcript, ExportOptions], str]) -> Write:
    return lambda transcript, options, zone: write(transcript, options)


OPTIONS_OF_EVERY_FORMAT = ("highlights_only",)
_NAMES = ("speakers",)
_BLOCKS = ("speakers", "times", "times_every_s", "paragraphs", "highlights")
_GUIDE = ("rules", "children", "columns", "lines", "frames_per_s")
_MARKERS = ("speakers", "paragraphs", "frames_per_s")
_MARKED = ("speakers", "paragraphs")
_WHOLE = ("speakers", "times", "paragraphs", "highlights")
_TIMED = ("speakers", "times", "highlights")
_DATA = ("speakers", "highlights")

FORMATS: dict[ExportFormat, Format] = {
    "txt": Format("txt", "text/plain", _chosen(txt.write), _BLOCKS),
    "srt": Format("srt", "application/x-subrip", _chosen(srt.write), (*_NAMES, *_GUIDE), _NAMES),
    "vtt": Format("vtt", "text/vtt", _chosen(vtt.write), (*_NAMES, "words", *_GUIDE), _NAMES),
    "json": Format("json", "application/json", _chosen(json.write), (*_DATA, "words"), _DATA),
    "tsv": Format("tsv", "text/tab-separated-values", _plain(tsv.write)),
    "csv": Format("csv", "text/csv", _chosen(csv.write), (*_NAMES, "byte_order_mark"), _NAMES),
    "md": Format("md", "text/markdown", md.write, _BLOCKS, _TIMED),
    "lrc": Format("lrc", "application/x-lrc", _plain(lrc.write)),
    "ass": Format("ass", "text/x-ssa", _chosen(ass.write), (*_NAMES, *_GUIDE), _NAMES),
    "docx": Format("docx", docx.MEDIA_TYPE, docx.write, (*_BLOCKS, "table"), _WHOLE),
    "html": Format("html", "text/html", html.write, _BLOCKS, _WHOLE),
    "ttml": Format(
        "ttml", "application/ttml+xml", _chosen(ttml.write), (*_NAMES, "words", *_GUIDE), _NAMES
    ),
    "openai": Format("json", "application/json", _plain(openai.write), (*_NAMES, "words"), _NAMES),
    "labels": Format("txt", "text/plain", _plain(labels.write), _NAMES, _NAMES),
    "chapters": Format("txt", "text/plain", _chosen(chapters.write), (*_NAMES, "times_every_s")),
    "edl": Format("edl", "text/plain", _chosen(markers.write_edl), _MARKERS, _MARKED),
    "fcpxml": Format("fcpxml", "application/xml", _chosen(markers.write_fcpxml), _MARKERS, _MARKED),
}
NAMES: tuple[ExportFormat, ...] = get_args(ExportFormat)
"""Every format."""
_KINDS = {"openai": "openai", "labels": "labels", "chapters": "chapters"}
"""A second ending for formats that share an extension with another one."""


def export(
    transcript: Transcript,
    format: str,
    zone: tzinfo | None = UTC,
    options: ExportOptions | None = None,
    added: Iterable[AddedFormat] = (),
) -> ExportedFile:
    """Return the transcript as a file, named after it.

    Args:
        transcript: what the file holds.
        format: how it is written: one of `NAMES`, or the extension of an added format.
        zone: the reader's time zone, for dates; None: this process's zone.
        options: what the file shows; None: what each format shows by itself.
        added: formats of extensions.

    Raises:
        BadRequestError: the format is unknown, a number is outside `EXPORT_LIMITS`, only
            highlights are wanted and there are none, or an extension failed.
    """
    options = options or ExportOptions()
    _check(options, transcript)
    if format != "json":
        transcript = with_names(transcript)
    shown = _chosen_parts(transcript, options)
    if options.highlights_only and format not in noted.OWN_LISTS:
        shown = noted.with_only_highlights(shown)
    own = FORMATS.get(format)  # pyright: ignore[reportArgumentType, reportCallIssue]
    if own is None:
        return _added(shown, format, added)
    kind = _KINDS.get(format)
    name = file_name(transcript.name, f"{kind}.{own.extension}" if kind else own.extension)
    return _file(name, own.media_type, own.write(shown, options, zone))


def _check(options: ExportOptions, transcript: Transcript) -> None:
    for option, (least, most) in EXPORT_LIMITS.items():
        value = getattr(options, option)
        if not least <= value <= most:
            raise BadRequestError(
                f"{option} can be {least:g} to {most:g}, not {value:g}.",
                hint="Choose another number.",
            )
    if options.highlights_only and not transcript.highlights:
        raise BadRequestError(
            f"Nothing is highlighted in “{transcript.name}”.",
            hint="Highlight some words, or export all of the text.",
        )


def _file(name: str, media_type: str, content: str | bytes) -> ExportedFile:
    if isinstance(content, str):
        return ExportedFile(name, media_type, content)
    return ExportedFile(name, media_type, "", base64.b64encode(content).decode())


def content_of(file: ExportedFile) -> bytes:
    """Return the bytes of an exported file."""
    return base64.b64decode(file.base64) if file.base64 else file.text.encode()


def _chosen_parts(transcript: Transcript, options: ExportOptions) -> Transcript:
    """Return the transcript without speakers or words where the options do not want them."""
    if options.speakers is not False and options.words:
        return transcript
    changes = {} if options.speakers is not False else {"speaker": None}
    changes |= {} if options.words else {"words": ()}
    segments = tuple(replace(segment, **changes) for segment in transcript.segments)
    return replace(transcript, segments=segments)


def _added(transcript: Transcript, format: str, added: Iterable[AddedFormat]) -> ExportedFile:
    for each in added:
        if each.extension == format and each.write is not None:
            try:
                content = each.write(transcript)
            except Exception as error:
                raise BadRequestError(
                    f"The extension {each.title!r:.80} could not write this transcript.",
                    hint="Update or remove the extension.",
                    detail=repr(error)[:200],
                ) from error
            return _file(file_name(transcript.name, format), each.media_type, bytes(content))
    names = ", ".join(NAMES)
    raise BadRequestError(f"Unknown format: {format!r:.80}.", hint=f"Use one of {names}.")
