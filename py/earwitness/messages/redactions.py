"""What is redacted, and making it final."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from earwitness.messages.base import Message
from earwitness.messages.summaries import TranscriptRequest, TranscriptSummary
from earwitness.transcript import Redaction


@dataclass(frozen=True, slots=True)
class RedactedPart:
    """A redaction of a transcript."""

    id: str
    start_s: float
    end_s: float
    final: bool
    """The words are deleted, and the recording is silent there."""
    segment: int | None
    """Index of the first segment of which it hides words; None: there are no words."""
    text: str
    """The hidden words; empty where it is final."""


class RedactionList(Message):
    """The redactions of a transcript, in order of time, with the words that they hide."""

    redactions: tuple[RedactedPart, ...]


class ListRedactions(TranscriptRequest):
    """List what is redacted in a transcript, with the words that are hidden."""

    reply: ClassVar = RedactionList


@dataclass(frozen=True, slots=True)
class SilencedAudio:
    """A recording that is silent where words are redacted, in the audio store."""

    path: str
    bytes: int
    fingerprint: str
    """SHA-256 of the content, hex."""
    media_type: str


class RedactionsFinal(Message):
    """The redactions of a transcript are final."""

    transcript: TranscriptSummary
    server: str
    """Origin of the server that still has the words of the recording; empty: none."""


class MakeRedactionsFinal(TranscriptRequest):
    """Delete the words of all redactions of a transcript, and the recording with these words.

    This cannot be undone. The versions of the text are deleted as well.
    """

    reply: ClassVar = RedactionsFinal
    redactions: tuple[Redaction, ...]
    """Those of the transcript, as the user saw them."""
    audio: SilencedAudio | None = None
    """Takes the place of the recording; null: no recording is stored."""
