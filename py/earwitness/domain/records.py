"""What is kept of each transcript beside its words."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from earwitness.errors import BadRequestError
from earwitness.transcript import Task

NAME_MAX = 300
"""Characters of a name; longer ones are cut."""
TAGS_MAX = 50
TAG_MAX = 60
"""Characters of a tag."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Record:
    """One recording in the library."""

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
    """Empty: the audio is not on the shelf."""
    audio_bytes: int = 0
    media_type: str = ""
    fingerprint: str = ""
    """SHA-256 of the audio file; survives the audio."""
    tracks: tuple[str, ...] = ()
    """A name for each audio track of the file, the main one first."""
    earlier: bool = False
    """There is a whole text from before the latest run to go back to."""
    runs: int = 1
    """How often it was transcribed; the latest run's number."""
    revision: int = 0
    """Grows with every change of name, tags or words; the search index compares it."""
    ends_s: float = 0.0
    """Where the sound ended though the file goes on or promises more; 0: where it should."""
    same_as: str = ""
    """Id of a recording with the same audio that was here when this one came."""
    removed_at: str = ""
    """When it went to the bin; empty: it is not there."""


def without_audio(record: Record) -> Record:
    """The record after its audio has gone; the fingerprint stays, to know the file again."""
    return dataclasses.replace(record, audio_path="", audio_bytes=0)


def clean_name(name: str, fallback: str = "Recording") -> str:
    """One printable line, never empty, without what could reorder or break a display."""
    cleaned = _CONTROL.sub(" ", name).strip()
    return cleaned[:NAME_MAX].rstrip() or fallback


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Printable tags without doubles (compared without case), in the order given.

    Raises:
        BadRequestError: more than `TAGS_MAX`.
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
    """Return the id when it is one: it becomes part of keys and paths.

    Raises:
        BadRequestError: otherwise.
    """
    if not _ID.fullmatch(transcript_id):
        raise BadRequestError(
            f"{transcript_id!r:.80} is not a transcript id.",
            hint="Use 1 to 64 letters, digits, '-' or '_'.",
        )
    return transcript_id


def iso(now_s: float) -> str:
    """Seconds since 1970 as UTC, ISO 8601 with milliseconds and a `Z`: sorts as text."""
    moment = datetime.fromtimestamp(now_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(moment: str) -> float:
    """Inverse of `iso`.

    Raises:
        ValueError: not such a moment.
    """
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
