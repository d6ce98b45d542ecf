"""A transcript in the shapes of OpenAI's answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from earwitness import formats
from earwitness.domain.attribution import attribute
from earwitness.formats.openai import full_text, language_name, segment_rows, word_rows
from earwitness.speakers.diarization import Diarization
from earwitness.transcript import Transcript

from earwitness_server.routes.openai.form import Granularity

UNKNOWN_SPEAKER = "A"
"""Where no voice was found in the sound, one person says everything."""


def usage(transcript: Transcript) -> dict[str, Any]:
    """Return the length of the audio in OpenAI's form."""
    return {"type": "duration", "seconds": round(transcript.duration_s)}


def simple(transcript: Transcript) -> dict[str, Any]:
    """Return the body for `response_format=json`."""
    return {"text": full_text(transcript), "usage": usage(transcript)}


def verbose(transcript: Transcript, wanted: frozenset[Granularity]) -> dict[str, Any]:
    """Return the body for `response_format=verbose_json`, with segments, words or both."""
    body: dict[str, Any] = {
        "task": transcript.task,
        "language": language_name(transcript),
        "duration": round(transcript.duration_s, 3),
        "text": full_text(transcript),
        "usage": usage(transcript),
    }
    if "segment" in wanted:
        body["segments"] = segment_rows(transcript)
    if "word" in wanted:
        body["words"] = word_rows(transcript)
    return body


def with_speakers(transcript: Transcript, found: Diarization) -> Transcript:
    """Return the transcript with a speaker for each segment: A, B … or a known name."""
    known = {each.id: each.name for each in found.speakers if each.name != each.id}
    letters = (name for name in _letters() if name not in known.values())
    names = {each.id: known.get(each.id) or next(letters) for each in found.speakers}
    parts = [part.segment for part in attribute(transcript.segments, found.turns)]
    segments = (replace(part, speaker=names.get(part.speaker or "")) for part in parts)
    return replace(transcript, segments=tuple(segments))


def _letters() -> Iterator[str]:
    """Yield A to Z, AA, AB …."""
    for length in itertools.count(1):
        for letters in itertools.product(ascii_uppercase, repeat=length):
            yield "".join(letters)


def diarized(transcript: Transcript) -> dict[str, Any]:
    """Return the body for `response_format=diarized_json`."""
    return {
        "task": transcript.task,
        "duration": round(transcript.duration_s, 3),
        "text": full_text(transcript),
        "segments": diarized_segments(transcript),
        "usage": usage(transcript),
    }


def diarized_segments(transcript: Transcript) -> list[dict[str, Any]]:
    """Return the segments in OpenAI's form, with their speakers."""
    return [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{index:03d}",
            "start": segment.start_s,
            "end": segment.end_s,
            "text": segment.text,
            "speaker": segment.speaker or UNKNOWN_SPEAKER,
        }
        for index, segment in enumerate(transcript.segments)
    ]


def plain(transcript: Transcript, response_format: str) -> str:
    """Return the text for `response_format=text`, `srt` or `vtt`."""
    if response_format == "text":
        return full_text(transcript) + "\n"
    # A cue a segment, as OpenAI's service writes them: without words no cue is split or marked.
    cues = replace(transcript, segments=tuple(replace(s, words=()) for s in transcript.segments))
    return formats.export(cues, "srt" if response_format == "srt" else "vtt").text
