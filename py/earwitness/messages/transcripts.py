"""Adding, listing, reading, naming and deleting transcripts."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Literal

from earwitness.messages.base import Done, Message
from earwitness.messages.summaries import TranscribeOptions, TranscriptRequest, TranscriptSummary
from earwitness.serialization import ADDED
from earwitness.transcript import Segment, Transcript


class AddFile(Message):
    """Add a recording (attachment 0: a Blob); answered once its audio is stored.

    A file that cannot be a recording, such as an empty one, is listed as `failed`.
    """

    reply: ClassVar = TranscriptSummary
    name: str
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    transcript_id: str = ""
    """Chosen by the page, so that it can show the row at once; made here when empty."""
    hold_double: bool = field(default=False, metadata=ADDED)
    """A recording that the library has already is paused until the user says what to do."""


class ImportFile(Message):
    """Add a transcript that another program made (attachment 0: a Blob).

    Its recording may come with it (attachment 1: a Blob); nothing is transcribed.
    """

    reply: ClassVar = TranscriptSummary
    name: str
    """Of the transcript's file; its extension is a sign of its format."""
    transcript_id: str = ""
    """Made here when empty."""


class ReplaceText(TranscriptRequest):
    """Put the text of a file (attachment 0: a Blob) in the place of a recording's text.

    The former one is the previous version. A text without times gets those of the words that were
    heard. The answer is a `CorrectionsError` if corrections would be hidden: its message is the
    question.
    """

    name: str
    """Of the file; its extension is a sign of its format."""
    replace_corrections: bool = False
    """The user was asked and agreed."""


class TranscriptList(Message):
    """A page of the history."""

    transcripts: tuple[TranscriptSummary, ...]
    next: str = ""
    """Give it as `before` for the next page; empty at the end."""


class ListTranscripts(Message):
    """List a page of the history or of the bin, newest first."""

    reply: ClassVar = TranscriptList
    before: str = ""
    """Cursor: the `next` of the page before."""
    limit: int = 100
    removed: bool = False
    """Those in the bin instead."""
    where: Literal["device", "server"] = field(default="device", metadata=ADDED)
    """In this library, or in the one of the server that the settings name."""


class GetTranscript(TranscriptRequest):
    """Read a transcript with all segments and words."""

    reply: ClassVar = Transcript


class Rename(TranscriptRequest):
    """Change the name of a transcript."""

    name: str


class SetTags(TranscriptRequest):
    """Replace the tags of a transcript."""

    tags: tuple[str, ...]


class Remove(Message):
    """Move transcripts to the bin, which keeps them for 30 days at most."""

    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


class Restore(Message):
    """Move transcripts from the bin back to the history."""

    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


class EmptyBin(Message):
    """Delete everything in the bin for good."""

    reply: ClassVar = Done


class AudioFile(Message):
    """A path in the origin's private file system; empty if the audio is not stored."""

    path: str
    media_type: str
    container: str = field(default="", metadata=ADDED)
    """As `domain.media_types` names it, where the content does not identify itself."""


class GetAudio(TranscriptRequest):
    """Locate the stored audio for the player."""

    reply: ClassVar = AudioFile


class SegmentsSaved(Message):
    """Words are committed: from index `first` on, the transcript now has exactly these segments.

    A first run only appends. A run over a part also sends the segments after the part.
    """

    transcript_id: str
    first: int
    segments: tuple[Segment, ...]


class TranscriptsRemoved(Message):
    """Transcripts were moved to the bin."""

    transcript_ids: tuple[str, ...]
