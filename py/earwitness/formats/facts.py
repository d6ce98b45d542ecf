"""What stands below the title of a document: the day, the length, the language, the tags."""

from __future__ import annotations

from datetime import tzinfo

from earwitness.domain.clock import clock
from earwitness.domain.records import day, seconds
from earwitness.transcript import Transcript


def fact_lines(transcript: Transcript, zone: tzinfo | None) -> list[str]:
    """Return a line of facts, and one of tags where there are any; None: this process's zone."""
    facts = [
        recording_day(transcript.created_at, zone),
        clock(transcript.duration_s, digits=0, hours=None),
        *(fact for fact in (transcript.language, transcript.model) if fact),
    ]
    lines = [" · ".join(facts)]
    return [*lines, "Tags: " + ", ".join(transcript.tags)] if transcript.tags else lines


def recording_day(moment: str, zone: tzinfo | None) -> str:
    """Return the date of a moment in a time zone; of text that is no moment its beginning."""
    try:
        return day(seconds(moment), zone)
    except (ValueError, OverflowError, OSError):
        return moment[:10]
