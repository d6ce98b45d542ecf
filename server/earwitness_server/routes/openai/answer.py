"""A transcript in the shapes of OpenAI's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from earwitness import formats
from earwitness.formats.openai import full_text, language_name, segment_rows, word_rows
from earwitness.transcript import Transcript

from earwitness_server.routes.openai.form import Granularity


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


def plain(transcript: Transcript, response_format: str) -> str:
    """Return the text for `response_format=text`, `srt` or `vtt`."""
    if response_format == "text":
        return full_text(transcript) + "\n"
    # A cue a segment, as OpenAI's service writes them: without words no cue is split or marked.
    cues = replace(transcript, segments=tuple(replace(s, words=()) for s in transcript.segments))
    return formats.export(cues, "srt" if response_format == "srt" else "vtt").text
