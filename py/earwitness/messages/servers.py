"""The server that the settings name, and texts that both have."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Literal

from earwitness.errors import ErrorView
from earwitness.messages.base import Message
from earwitness.messages.edits import Updated
from earwitness.messages.summaries import TranscriptRequest, TranscriptSummary
from earwitness.messages.versions import TextVersion


class ServerView(Message):
    """The server that the settings name."""

    origin: str
    kind: Literal["earwitness", "openai"]
    """`earwitness`: resumable jobs and search; `openai`: one request a recording."""
    allowed: bool
    """The user chose it, or agreed to it: recordings may go there."""
    models: tuple[str, ...] = ()
    """Its models; only in the reply to `CheckServer`."""


class CheckServer(Message):
    """Check that the server of the settings answers and accepts the key."""

    reply: ClassVar = ServerView


class CopyTranscript(Message):
    """Copy a transcript that a search found on the server into this library."""

    reply: ClassVar = TranscriptSummary
    transcript_id: str
    """The hit's."""


class OriginalView(Message):
    """How the text of a server, and this library's copy of it, differ."""

    unsent: int
    """At how many places the user has corrected the copy since both were the same."""
    newer: tuple[TextVersion, ...] = ()
    """What was changed on the server since then, newest first."""
    may_change: bool = False
    """Whether corrections may be sent there; False as well while the server is not asked."""
    audio_bytes: int = 0
    """Of the recording there, where this library has none."""
    error: ErrorView | None = None
    """Why the server cannot be asked."""


class GetOriginal(TranscriptRequest):
    """Compare a transcript with the one of the same run that a server has."""

    reply: ClassVar = OriginalView
    ask: bool = True
    """Ask the server too; False: only what is known here."""


class Synchronise(TranscriptRequest):
    """Take in what was changed in the server's text, and send the user's corrections there.

    The answer is an `EditConflictError` if the same sentence was changed on both sides; its detail
    is JSON with the server's revision and both texts, and nothing is changed then.
    """

    reply: ClassVar = Updated
    send: bool = True
    """False: only take in what was changed on the server."""
    keep: dict[str, Literal["mine", "theirs"]] = field(
        default_factory=dict[str, 'Literal["mine", "theirs"]']
    )
    """Whose text stays in a conflict, by the index of its segment."""
    revision: int | None = None
    """That of the conflict which `keep` decides; another one of the server's asks again."""


class FetchAudio(TranscriptRequest):
    """Copy the recording of a transcript from the server that has it."""
