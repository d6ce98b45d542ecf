"""Who speaks: found by their voices, or said by hand."""

from __future__ import annotations

from typing import ClassVar

from earwitness.messages.base import Done, Message
from earwitness.messages.edits import Updated
from earwitness.messages.summaries import SpeakerCount, TranscriptRequest
from earwitness.transcript import Transcript


class FindSpeakers(TranscriptRequest):
    """Tell the speakers of a recording apart, once its words are there.

    With another number the same analysis is used. False withdraws what has not ended.
    """

    speakers: SpeakerCount = True


class RenameSpeaker(TranscriptRequest):
    """Give a speaker another name, everywhere.

    The answer is a `SameNameError` if another speaker has the name: its message is the question
    whether to merge the two, and its detail is the other's id.
    """

    reply: ClassVar = Transcript
    speaker: str
    name: str


class MergeSpeakers(TranscriptRequest):
    """Make one speaker of two; the name is that of `into`."""

    reply: ClassVar = Transcript
    speaker: str
    into: str


class AddSpeaker(TranscriptRequest):
    """Add a speaker by hand, who says nothing yet."""

    reply: ClassVar = Transcript
    name: str


class AssignSpeaker(TranscriptRequest):
    """Say who says a segment."""

    reply: ClassVar = Transcript
    segment: int
    speaker: str
    """Empty: nobody known."""
    following: bool = False
    """Also every later segment of the same speaker."""


class AssignWords(TranscriptRequest):
    """Say who says some words; segments are split where these words begin and end."""

    reply: ClassVar = Updated
    first: int
    """Index of the segment in which they begin."""
    start: int
    """Index of the first character in the text without space at its ends, in code points."""
    last: int
    """Index of the segment in which they end."""
    stop: int
    """Index of the character after the last one, as `start`."""
    speaker: str
    """Id of the speaker; empty: nobody known."""
    name: str = ""
    """Of a speaker who is new, instead of `speaker`."""


class SplitByVoice(TranscriptRequest):
    """Give a segment, and all of the same speaker with the same voice, to a new speaker."""

    reply: ClassVar = Transcript
    segment: int


class RememberVoice(TranscriptRequest):
    """Keep the voice of a speaker, so that later recordings have the speaker's name."""

    reply: ClassVar = Done
    speaker: str


class ForgetVoices(Message):
    """Delete remembered voices."""

    reply: ClassVar = Done
    names: tuple[str, ...] = ()
    """Empty: all."""
