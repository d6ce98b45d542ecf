"""Backups of made transcripts, so that a test has a long text without transcribing one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SENTENCE_S = 4.0
"""A made sentence begins every so many seconds."""
_WORD_S = 0.4
MADE_AT = "2026-11-30T12:00:00.000Z"


def marker(transcript_id: str, index: int) -> str:
    """A word that only this sentence of this made transcript has."""
    return f"{transcript_id}{index:05}"


def _sentence(transcript_id: str, index: int) -> str:
    more = "and the water went on and on below the bridge " * (index % 4)
    return f"Sentence {marker(transcript_id, index)} is about rivers {more}".strip() + "."


def made_backup(
    path: Path,
    transcript_id: str,
    sentences: int,
    audio: Path | None = None,
    segments: list[dict[str, Any]] | None = None,
) -> Path:
    """Write a backup that holds one finished transcript, and the recording if there is one.

    Args:
        path: of the zip file.
        transcript_id: the transcript's id; its name is `made-<id>`.
        sentences: how many; each is unlike all others.
        audio: a recording of `sentences * SENTENCE_S` seconds.
        segments: other sentences than the made ones, as `segment` makes them.

    Returns:
        The path.
    """
    duration_s = sentences * SENTENCE_S
    return made_backup_of(path, [Made(transcript_id, duration_s, audio, segments)])


@dataclass(frozen=True)
class Made:
    """A made transcript."""

    id: str
    duration_s: float
    audio: Path | None = None
    segments: list[dict[str, Any]] | None = None
    """Other sentences than the made ones."""


def made_backup_of(path: Path, recordings: Sequence[Made]) -> Path:
    """Write a backup that holds finished transcripts, with their recordings; the path."""
    head = {
        "kind": "earwitness-backup", "version": 1, "created_at": MADE_AT,
        "transcripts": [each.id for each in recordings],
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        for each in recordings:
            file.writestr(f"transcripts/{each.id}.json", json.dumps(_saved(each)))
            if each.audio:
                file.write(each.audio, f"audio/{each.id}")
        file.writestr("earwitness.json", json.dumps(head))
    return path


def _saved(made: Made) -> dict[str, Any]:
    transcript_id, duration_s, audio = made.id, made.duration_s, made.audio
    segments = made.segments or [
        segment(_sentence(transcript_id, index), index * SENTENCE_S)
        for index in range(max(1, int(duration_s / SENTENCE_S)))
    ]
    record = {
        "id": transcript_id, "name": f"made-{transcript_id}", "created_at": MADE_AT,
        "model": "tiny.en", "task": "transcribe", "duration_s": duration_s, "language": "en",
        "language_probability": None, "preview": segments[0]["text"], "word_count": 9,
        "audio_path": f"audio/{transcript_id}" if audio else "",
        "audio_bytes": audio.stat().st_size if audio else 0, "fingerprint": "",
    }  # fmt: skip
    layer = {"run": 1, "start_s": 0.0, "until_s": duration_s, "finished": True}
    window = {
        "window": 0, "batch": 0, "start_s": 0.0, "end_s": duration_s, "segments": segments,
    }  # fmt: skip
    return {
        "record": record,
        "document": {"transcript_id": transcript_id, "layers": [layer]},
        "windows": {"1": [window]},
    }


def segment(
    text: str,
    start_s: float,
    *,
    speaker: str | None = None,
    doubtful: tuple[int, ...] = (),
    words: list[str] | None = None,
) -> dict[str, Any]:
    """Make a sentence of words that follow each other.

    Args:
        text: of the sentence.
        start_s: when it begins.
        speaker: who says it.
        doubtful: indices of words with a low probability; the others have none.
        words: its words, where they are not separated by spaces; empty: it has none.
    """
    texts = [f" {word}" for word in text.split()] if words is None else words
    step_s = min(_WORD_S, (SENTENCE_S - 0.2) / max(1, len(texts)))
    made = [
        {"text": word, "start_s": start_s + k * step_s, "end_s": start_s + (k + 1) * step_s}
        | ({"probability": 0.2} if k in doubtful else {})
        for k, word in enumerate(texts)
    ]
    end_s = made[-1]["end_s"] if made else start_s + SENTENCE_S / 2
    named = {"speaker": speaker} if speaker else {}
    return {"start_s": start_s, "end_s": end_s, "text": text, "words": made} | named
