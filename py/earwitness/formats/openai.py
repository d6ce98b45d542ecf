"""JSON in the shape of OpenAI's `verbose_json`, which many programs read."""

from __future__ import annotations

import json
from typing import Any

from earwitness.domain.clock import valid_time_s
from earwitness.domain.scripts import join_texts
from earwitness.formats.cues import valid_span_s
from earwitness.languages import name_of
from earwitness.transcript import Transcript


def full_text(transcript: Transcript) -> str:
    """Return the text as one line."""
    return join_texts(segment.text for segment in transcript.segments)


def language_name(transcript: Transcript) -> str | None:
    """Return the language of the text; None where nothing is said."""
    if transcript.task == "translate":
        return "english"
    return name_of(transcript.language) or None


def segment_rows(transcript: Transcript) -> list[dict[str, Any]]:
    """Return the segments in OpenAI's form."""
    return [
        {
            "id": index,
            "seek": int(start_s * 100),
            "start": start_s,
            "end": end_s,
            "text": segment.text,
            "tokens": [],
            "temperature": segment.temperature,
            "avg_logprob": segment.average_log_probability or 0.0,
            "compression_ratio": segment.compression_ratio or 0.0,
            "no_speech_prob": segment.no_speech_probability or 0.0,
        }
        for index, segment in enumerate(transcript.segments)
        for start_s, end_s in (valid_span_s(segment),)
    ]


def word_rows(transcript: Transcript) -> list[dict[str, Any]]:
    """Return the words in OpenAI's form."""
    return [
        {
            "word": word.text.strip(),
            "start": valid_time_s(word.start_s),
            "end": valid_time_s(word.end_s),
        }
        for segment in transcript.segments
        for word in segment.words
        if word.text.strip()
    ]


def write(transcript: Transcript) -> str:
    """Write segments, with their speakers, and words."""
    segments = segment_rows(transcript)
    for row, segment in zip(segments, transcript.segments, strict=True):
        if segment.speaker:
            row["speaker"] = segment.speaker
    body: dict[str, Any] = {
        "task": transcript.task,
        "language": language_name(transcript),
        "duration": round(transcript.duration_s, 3),
        "text": full_text(transcript),
        "segments": segments,
    }
    if words := word_rows(transcript):
        body["words"] = words
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
