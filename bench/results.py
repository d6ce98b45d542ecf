"""One engine's transcript of one recording, and the cache that keeps transcripts between runs."""

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
class ResultWord:
    """One word and its times."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Result:
    """One engine's transcript of one recording."""

    clip: str
    text: str
    language: str
    segments: tuple[tuple[float, float], ...]
    """Start and end of each segment, in seconds."""
    words: tuple[ResultWord, ...]
    took_s: float
    refused: str = ""
    """The error message if the engine refused the file, otherwise empty."""
    windows: int = 0
    """0 if the engine does not report the number."""
    retries: int = 0
    """Number of decodes beyond the first of each window."""

    def is_monotonic(self) -> bool:
        """Whether the times of segments and words are in order, and no end is before its start."""
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
    """Differs when the engine's transcripts may differ."""

    def transcribe(self, path: Path, clip: str) -> Result:
        """Transcribe a file and detect its language."""
        ...


class ResultCache:
    """An engine's results in a file, one JSON line each."""

    def __init__(self, engine: str, fingerprint: str) -> None:
        folder = WORK / "transcripts"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{engine}-{fingerprint}.jsonl"
        self._known = {result.clip: result for result in self._read()}

    def _read(self) -> Iterator[Result]:
        if not self._path.exists():
            return
        text = self._path.read_text("utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:  # a run was ended while it wrote
            self._path.write_text(whole, "utf-8")
        for line in whole.split("\n")[:-1]:
            row = json.loads(line)
            row["segments"] = tuple((start, end) for start, end in row["segments"])
            row["words"] = tuple(ResultWord(**word) for word in row["words"])
            yield Result(**row)

    def get(self, clip: Clip) -> Result | None:
        """Return the stored result, or None."""
        return self._known.get(clip.id)

    def add(self, result: Result) -> None:
        """Add a result and write it to the file."""
        self._known[result.clip] = result
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(result), ensure_ascii=False) + "\n")


def transcribe_all(
    engine: Engine, clips: Iterable[Clip], say: Callable[[str], None]
) -> dict[str, Result]:
    """Return the engine's result for every recording, by id; stored results are used."""
    cache = ResultCache(engine.name, engine.fingerprint)
    results: dict[str, Result] = {}
    for clip in clips:
        result = cache.get(clip)
        if result is None:
            result = engine.transcribe(clip.path, clip.id)
            cache.add(result)
            say(f"{engine.name}: {clip.id} ({clip.duration_s:.0f} s) in {result.took_s:.1f} s")
        results[clip.id] = result
    return results
