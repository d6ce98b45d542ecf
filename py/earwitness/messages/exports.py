"""Files with a text or with sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.messages.backups import BackupFile
from earwitness.messages.base import Message
from earwitness.messages.summaries import TranscriptRequest
from earwitness.serialization import ADDED

ExportFormat = Literal[
    "txt", "srt", "vtt", "json", "tsv", "csv", "md", "lrc", "ass",
    "docx", "html", "ttml", "openai", "labels", "chapters", "edl", "fcpxml",
]  # fmt: skip
AudioFormat = Literal["wav", "m4a", "opus"]
"""Of exported sound. Each browser writes `wav`; some write the others."""
SubtitleRules = Literal["earwitness", "netflix", "bbc"]


EXPORT_LIMITS: dict[str, tuple[float, float]] = {
    "times_every_s": (0, 86_400),
    "columns": (0, 200),
    "lines": (0, 4),
    "frames_per_s": (1, 240),
}
"""The least and the most of each option that is a number."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a file is written. None and 0 stand for the format's own way.

    `docs/formats.md` says which format knows which option; the others ignore it.
    """

    speakers: bool | None = None
    """Write the speakers' names."""
    times: bool | None = None
    """Write times in texts and documents."""
    times_every_s: float = 0.0
    """The least time from one written time to the next."""
    paragraphs: bool | None = None
    """Join the sentences of a paragraph."""
    words: bool = True
    """Write the times of words."""
    table: bool = False
    """A table of times, speakers and texts in a document, for interviews."""
    rules: SubtitleRules = "earwitness"
    """The style guide that subtitles follow."""
    children: bool = False
    """Subtitles for children, who read more slowly."""
    columns: int = 0
    """The most characters of a line of subtitles."""
    lines: int = 0
    """The most lines of a subtitle."""
    frames_per_s: float = 25.0
    """The video's frame rate, for gaps between subtitles and for markers."""
    byte_order_mark: bool = True
    """Begin a table with the mark by which Excel knows UTF-8."""
    highlights: bool | None = field(default=None, metadata=ADDED)
    """Write highlights: marked in the text, and listed with their notes."""
    highlights_only: bool = field(default=False, metadata=ADDED)
    """Write nothing but the highlights; other formats, nothing but their words."""


class ExportedFile(Message):
    """A file to save: text in UTF-8, or bytes."""

    name: str
    media_type: str
    text: str
    base64: str = field(default="", metadata=ADDED)
    """The bytes of a file that is no text; `text` is empty then."""


class Export(TranscriptRequest):
    """Write a transcript as a file in one of the export formats."""

    reply: ClassVar = ExportedFile
    format: ExportFormat
    options: ExportOptions = field(default=ExportOptions(), metadata=ADDED)


class ExportSeveral(Message):
    """Write transcripts as files in one zip."""

    reply: ClassVar = BackupFile
    transcript_ids: tuple[str, ...]
    format: ExportFormat
    options: ExportOptions = ExportOptions()


class AudioExport(Message):
    """What a file with a recording's sound holds. The page writes it, because it decodes."""

    name: str
    """Of the file."""
    path: str
    """As `AudioFile` has it."""
    track: int
    container: str
    parts: tuple[tuple[float, float], ...]
    """Starts and ends in seconds, in order; none: the whole recording."""
    silent: tuple[tuple[float, float], ...] = ()
    """Starts and ends of what must not be heard."""


class ExportAudio(TranscriptRequest):
    """Describe a file with a recording's sound, or with parts of it."""

    reply: ClassVar = AudioExport
    format: AudioFormat
    parts: tuple[tuple[float, float], ...] = ()
    """Starts and ends in seconds; none: the whole recording."""
    highlights_only: bool = field(default=False, metadata=ADDED)
    """What is highlighted, in order, instead of `parts`."""


class ZipFiles(Message):
    """Write the attachments into one zip, under these names."""

    reply: ClassVar = BackupFile
    names: tuple[str, ...]
