"""A transcript in the shapes of OpenAI's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from earwitness import formats
from earwitness.domain.scripts import LANGUAGES_WITHOUT_SPACES
from earwitness.languages import name_of
from earwitness.transcript import Transcript

from earwitness_server.routes.openai.form import Granularity


def full_text(transcript: Transcript) -> str:
    """Return the text as one line."""
    joint = "" if transcript.language in LANGUAGES_WITHOUT_SPACES else " "
    return joint.join(segment.text.strip() for segment in transcript.segments)


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
        "language": _language(transcript),
        "duration": round(transcript.duration_s, 3),
        "text": full_text(transcript),
        "usage": usage(transcript),
    }
    if "segment" in wanted:
        body["segments"] = [
            {
                "id": index,
                "seek": int(segment.start_s * 100),
                "start": segment.start_s,
                "end": segment.end_s,
                "text": segment.text,
                "tokens": [],
                "temperature": segment.temperature,
                "avg_logprob": segment.average_log_probability or 0.0,
                "compression_ratio": segment.compression_ratio or 0.0,
                "no_speech_prob": segment.no_speech_probability or 0.0,
            }
            for index, segment in enumerate(transcript.segments)
        ]
    if "word" in wanted:
        body["words"] = [
            {"word": word.text.strip(), "start": word.start_s, "end": word.end_s}
            for segment in transcript.segments
            for word in segment.words
        ]
    return body


def _language(transcript: Transcript) -> str | None:
    """Return the language of the text; None where nothing is said."""
    if transcript.task == "translate":
        return "english"
    return name_of(transcript.language) or None


def plain(transcript: Transcript, response_format: str) -> str:
    """Return the text for `response_format=text`, `srt` or `vtt`."""
    if response_format == "text":
        return full_text(transcript) + "\n"
    # A cue a segment, as OpenAI's service writes them: without words no cue is split or marked.
    cues = replace(transcript, segments=tuple(replace(s, words=()) for s in transcript.segments))
    return formats.export(cues, "srt" if response_format == "srt" else "vtt").text
