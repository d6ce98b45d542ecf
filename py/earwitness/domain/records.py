"""Records: what is stored of each recording beside its words."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from earwitness.errors import BadRequestError
from earwitness.messages import SpeakerJob
from earwitness.serialization import ADDED
from earwitness.transcript import Redaction, Speaker, Task

NAME_MAX = 300
"""Characters of a name; longer ones are cut."""
TAGS_MAX = 50
TAG_MAX = 60
"""Characters of a tag."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Record:
    """One recording in a library."""

    id: str
    name: str
    created_at: str
    """UTC, ISO 8601 with a `Z`."""
    model: str
    task: Task = "transcribe"
    duration_s: float = 0.0
    """0 while it is not known."""
    language: str | None = None
    language_probability: float | None = None
    preview: str = ""
    word_count: int = 0
    tags: tuple[str, ...] = ()
    audio_path: str = ""
    """Empty: the audio is not stored."""
    audio_bytes: int = 0
    media_type: str = ""
    fingerprint: str = ""
    """SHA-256 of the audio file; kept after the audio is deleted."""
    tracks: tuple[str, ...] = ()
    """A name for each audio track of the file, the main one first."""
    earlier: bool = False
    """Whether there is a whole text from before the latest run."""
    runs: int = 1
    """The number of runs, which is the number of the latest one."""
    revision: int = 0
    """Grows with each change of the text, so that a stale search index is noticed."""
    ends_s: float = 0.0
    """Where the sound ended before the end of the file; 0: it did not."""
    same_as: str = ""
    """The id of an older recording with the same audio; empty: none."""
    removed_at: str = ""
    """When the recording was moved to the bin; empty: it is not there."""
    speakers: tuple[Speaker, ...] = field(default=(), metadata=ADDED)
    """The people of its document."""
    speaker_job: SpeakerJob | None = field(default=None, metadata=ADDED)
    """How far the analysis of its speakers is; None: none was asked for."""
    labels: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Of its document's highlights, sorted."""
    redactions: tuple[Redaction, ...] = field(default=(), metadata=ADDED)
    """Those of its document."""

    @property
    def has_open_redactions(self) -> bool:
        """Whether its audio has words that are redacted, so that it is given to nobody."""
        return any(not each.final for each in self.redactions)


def without_audio(record: Record) -> Record:
    """Return the record without its audio; the fingerprint stays, to recognise the file."""
    return dataclasses.replace(record, audio_path="", audio_bytes=0)


def shared_fields(value: Any, kind: Any) -> dict[str, Any]:
    """Return those fields of a dataclass that `kind` has too, to make one of it."""
    names = {field.name for field in dataclasses.fields(kind)}
    own = (field.name for field in dataclasses.fields(value))
    return {name: getattr(value, name) for name in own if name in names}


def clean_name(name: str) -> str:
    """Return a name in one printable line, without control and direction characters."""
    return clean_line(name)[:NAME_MAX].rstrip() or "Recording"


def clean_line(text: str) -> str:
    """Return a text in one printable line, without control and direction characters."""
    return _CONTROL.sub(" ", text).strip()


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return printable tags in their order, without duplicates of any case.

    Raises:
        BadRequestError: there are more than `TAGS_MAX`.
    """
    kept: dict[str, str] = {}
    for tag in tags:
        cleaned = " ".join(_CONTROL.sub(" ", tag).split())[:TAG_MAX]
        if cleaned:
            kept.setdefault(cleaned.casefold(), cleaned)
    if len(kept) > TAGS_MAX:
        raise BadRequestError(
            f"A transcript can have {TAGS_MAX} tags, not {len(kept)}.", hint="Use fewer tags."
        )
    return tuple(kept.values())


def check_id(transcript_id: str) -> str:
    """Return the id, which becomes part of keys and paths.

    Raises:
        BadRequestError: the id has other characters or a wrong length.
    """
    if not _ID.fullmatch(transcript_id):
        raise BadRequestError(
            f"{transcript_id!r:.80} is not a transcript id.",
            hint="Use 1 to 64 letters, digits, '-' or '_'.",
        )
    return transcript_id


def iso(now_s: float) -> str:
    """Return seconds since 1970 in UTC as ISO 8601 with milliseconds and `Z`; sorts as text."""
    moment = datetime.fromtimestamp(now_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(moment_s: float, zone: tzinfo | None) -> str:
    """Return the date of seconds since 1970 in a time zone, ISO 8601; None: this process's zone."""
    return datetime.fromtimestamp(moment_s, zone).date().isoformat()


def seconds(moment: str) -> float:
    """Return the seconds since 1970 of a moment from `iso`.

    Raises:
        ValueError: the text is not a moment.
    """
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
