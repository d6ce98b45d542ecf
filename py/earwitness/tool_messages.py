"""Messages between the library worker and the two workers with packages of others.

The library sends one request at a time and gets one reply, or an `ErrorView`. Files travel beside a
request as bytes. The tools worker installs packages that the page brings; the extension worker runs
packages of the user, has no network and no storage, and ends after each request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol, overload

from earwitness.messages import ExportedFile, FormatOfExtension, Message, RuleOfExtension
from earwitness.transcript import Segment, Transcript

RareFormat = Literal["mpl2", "tmp"]
"""Formats that pysubs2 reads for us: MPL2 and TMPlayer."""


class EncodingDetected(Message):
    """The likeliest encoding of a text."""

    encoding: str
    """Python's name of it; empty: the bytes are no text."""


class CuesRead(Message):
    """The cues of a file of subtitles."""

    segments: tuple[Segment, ...]


class ExtensionDescribed(Message):
    """What a package brings."""

    name: str
    """The package's."""
    version: str
    summary: str
    formats: tuple[FormatOfExtension, ...] = ()
    rules: tuple[RuleOfExtension, ...] = ()


class TranscriptRead(Message):
    """The transcript in a file of an extension's format."""

    transcript: Transcript


class TextsChanged(Message):
    """What a rule changes."""

    segments: dict[str, str]
    """New texts by the index of their segment."""


class DetectEncoding(Message):
    """Find out the encoding of a text (file 0)."""

    reply: ClassVar = EncodingDetected


class ReadCues(Message):
    """Read subtitles in a format that few programs write (file 0: text in UTF-8)."""

    reply: ClassVar = CuesRead
    format: RareFormat


class DescribeExtension(Message):
    """Install a package and list what it brings (files: its wheel, then those it depends on)."""

    reply: ClassVar = ExtensionDescribed
    wheels: tuple[str, ...]
    """Names of the files."""


class ReadByExtension(Message):
    """Read a file (the last one, after the wheels) in an extension's format."""

    reply: ClassVar = TranscriptRead
    wheels: tuple[str, ...]
    extension: str
    """Of the format's files."""


class WriteByExtension(Message):
    """Write a transcript in an extension's format (files: the wheels)."""

    reply: ClassVar = ExportedFile
    wheels: tuple[str, ...]
    extension: str
    transcript: Transcript


class ApplyRule(Message):
    """Apply an extension's rule to a transcript (files: the wheels)."""

    reply: ClassVar = TextsChanged
    wheels: tuple[str, ...]
    rule: str
    transcript: Transcript


ToolRequest = DetectEncoding | ReadCues
ExtensionRequest = DescribeExtension | ReadByExtension | WriteByExtension | ApplyRule
ToolReply = (
    EncodingDetected | CuesRead | ExtensionDescribed | TranscriptRead | ExportedFile | TextsChanged
)


class Tools(Protocol):
    """The two workers, each started when it is needed."""

    @overload
    async def ask(self, request: DetectEncoding, files: Sequence[bytes]) -> EncodingDetected: ...
    @overload
    async def ask(self, request: ReadCues, files: Sequence[bytes]) -> CuesRead: ...
    @overload
    async def ask(
        self, request: DescribeExtension, files: Sequence[bytes]
    ) -> ExtensionDescribed: ...
    @overload
    async def ask(self, request: ReadByExtension, files: Sequence[bytes]) -> TranscriptRead: ...
    @overload
    async def ask(self, request: WriteByExtension, files: Sequence[bytes]) -> ExportedFile: ...
    @overload
    async def ask(self, request: ApplyRule, files: Sequence[bytes]) -> TextsChanged: ...
    async def ask(
        self, request: ToolRequest | ExtensionRequest, files: Sequence[bytes]
    ) -> ToolReply:
        """Return the reply to a request.

        Raises:
            EarwitnessError: the tool failed, took too long or could not be loaded; the message
                names it.
        """
        ...
