"""What an engine heard in a recording, in one shape for all engines, kept between runs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.corpus import Clip
from bench.paths import WORK


@dataclass(frozen=True)
class HeardWord:
    """One word and its time."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Heard:
    """One engine's transcript of one recording."""

    clip: str
    text: str
    language: str
    segments: tuple[tuple[float, float], ...]
    """Start and end of each."""
    words: tuple[HeardWord, ...]
    took_s: float
    refused: str = ""
    """Why the engine would not hear the file; empty when it did."""
    windows: int = 0
    """0 where the engine does not tell."""
    retries: int = 0
    """Decodes beyond the first of each window."""

    def is_monotonic(self) -> bool:
        """Segments and words run forward, and none ends before it starts."""
        word_starts = [word.start_s for word in self.words]
        starts = [start for start, _ in self.segments]
        return (
            starts == sorted(starts)
            and word_starts == sorted(word_starts)
            and all(end >= start for start, end in self.segments)
            and all(word.end_s >= word.start_s for word in self.words)
        )


class Engine(Protocol):
    """Something that transcribes files."""

    name: str
    fingerprint: str
    """Changes when its answers may change."""

    def hear(self, path: Path, clip: str) -> Heard:
        """Transcribe a file, its language detected."""
        ...


class Notebook:
    """An engine's answers, one JSON line each; what is there is not computed again."""

    def __init__(self, engine: str, fingerprint: str) -> None:
        folder = WORK / "heard"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{engine}-{fingerprint}.jsonl"
        self._known = {heard.clip: heard for heard in self._read()}

    def _read(self) -> Iterator[Heard]:
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8").splitlines():
            row = json.loads(line)
            row["segments"] = tuple((start, end) for start, end in row["segments"])
            row["words"] = tuple(HeardWord(**word) for word in row["words"])
            yield Heard(**row)

    def get(self, clip: Clip) -> Heard | None:
        """The kept answer."""
        return self._known.get(clip.id)

    def keep(self, heard: Heard) -> None:
        """Add an answer, on disk before this returns."""
        self._known[heard.clip] = heard
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(heard), ensure_ascii=False) + "\n")


def hear_all(engine: Engine, clips: Iterable[Clip], say: Callable[[str], None]) -> dict[str, Heard]:
    """An engine's answer to every clip, by the clip's id."""
    notebook = Notebook(engine.name, engine.fingerprint)
    answers: dict[str, Heard] = {}
    for clip in clips:
        heard = notebook.get(clip)
        if heard is None:
            heard = engine.hear(clip.path, clip.id)
            notebook.keep(heard)
            say(f"{engine.name}: {clip.id} ({clip.duration_s:.0f} s) in {heard.took_s:.1f} s")
        answers[clip.id] = heard
    return answers
