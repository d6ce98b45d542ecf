"""Recordings to measure with: the larger corpora if they are here, otherwise tests/corpus."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.paths import CORPUS, shared_folder

NO_SPEECH = re.compile(r"silence|noise only|music only|tone only|no speech", re.IGNORECASE)
LONG_S = 600.0


@dataclass(frozen=True)
class Sentence:
    """A part of a joined recording. Its times are exact, because the joining set them."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Clip:
    """A recording. `text` is its reference, None if it has none."""

    id: str
    path: Path
    language: str
    duration_s: float
    text: str | None
    sentences: tuple[Sentence, ...] = ()

    @property
    def set(self) -> str:
        """Language and source: `en-fleurs`, `fr-baudelaire`, `en-long` for joined recordings."""
        return "-".join(self.id.split("-")[:2])

    @property
    def long(self) -> bool:
        """Whether the recording has ten minutes or more."""
        return self.duration_s >= LONG_S


def speech() -> list[Clip]:
    """Return every recording with a reference, short ones first."""
    shared = shared_folder()
    clips = _own_speech() if shared is None else _shared_speech(shared / "speech")
    return sorted(clips, key=lambda clip: (clip.duration_s > 30, clip.long, clip.id))


def no_speech() -> list[Clip]:
    """Return the larger corpora's recordings without speech; none without these corpora."""
    shared = shared_folder()
    if shared is None:
        return []
    rows = _rows(shared / "media" / "manifest.jsonl")
    return [
        Clip(row["id"], shared / "media" / row["file"], "", row["seconds"], None)
        for row in rows
        if not row["text"]
        and row["ffmpeg_decodes"]
        and (row["seconds"] or 0) >= 1
        and NO_SPEECH.search(f"{row['id']} {row['notes']}")
    ]


def long_recording() -> Clip | None:
    """Return 52 minutes of read speech without a reference; None without the larger corpora."""
    shared = shared_folder()
    if shared is None:
        return None
    [row] = [r for r in _rows(shared / "media" / "manifest.jsonl") if r["id"] == "long-52min"]
    return Clip(row["id"], shared / "media" / row["file"], "en", row["seconds"], None)


def by_id(*ids: str) -> list[Clip]:
    """Return the recordings with these ids, without those that are not here."""
    known = {clip.id: clip for clip in speech()}
    return [known[id] for id in ids if id in known]


def _own_speech() -> list[Clip]:
    rows = json.loads((CORPUS / "clips.json").read_text("utf-8"))
    return [
        Clip(row["id"], CORPUS / row["file"], row["language"], row["duration_s"], row["text"])
        for row in rows
        if row["text"]
    ]


def _shared_speech(folder: Path) -> list[Clip]:
    return [
        Clip(
            row["id"],
            folder / row["file"],
            row["lang"],
            row["seconds"],
            row["text"],
            _sentences(folder / f"{row['id']}.segments.jsonl"),
        )
        for row in _rows(folder / "manifest.jsonl")
        if row["text"]
    ]


def _sentences(path: Path) -> tuple[Sentence, ...]:
    if not path.exists():
        return ()
    return tuple(Sentence(row["start"], row["end"], row["text"]) for row in _rows(path))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
