"""The tests in parts that take about as long, by what each file took the last time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tooling.paths import BUILD, ROOT

RECORD = BUILD / "test-durations.json"
"""Seconds of each file, written after a run of all tests."""
LONG = ROOT / "tests" / "durations.json"
"""Seconds of files that are far from the guess, for the first run in a clone: it has no record."""
PART_S = 120.0
"""What a part should take; more where one file does."""
OF_THE_PAGE = ("tests/browser", "tests/bench")
GUESSES_S = {"tests/browser/workers": 10.0, "tests/browser": 30.0, "tests/bench": 60.0,
             "tests/models": 20.0, "tests/compat": 20.0, "tests/server": 10.0,
             "tests/unit": 0.3}  # fmt: skip
"""Of a file of that folder which is in neither."""


@dataclass(frozen=True)
class Part:
    """Files that one process tests."""

    name: str
    files: tuple[str, ...]
    expected_s: float
    of_the_page: bool
    """Waits for a browser for half of the time."""


def parts() -> list[Part]:
    """Every test file of the project in some part; those that take longest first."""
    known = _seconds_in(LONG) | _seconds_in(RECORD)
    files = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_*.py")]
    durations_s = {file: known.get(file, _guess_s(file)) for file in files}
    return split(durations_s)


def split(durations_s: Mapping[str, float]) -> list[Part]:
    """Parts of files with these durations. Files of the page and others are never in one part:
    Playwright keeps an event loop in the thread, and other tests start one of their own.
    """
    found: list[Part] = []
    for of_the_page in (True, False):
        wanted = {
            file: duration_s
            for file, duration_s in durations_s.items()
            if file.startswith(OF_THE_PAGE) == of_the_page
        }
        kind = "page" if of_the_page else "other"
        for number, files in enumerate(_packed(wanted), 1):
            expected_s = sum(wanted[file] for file in files)
            found.append(Part(f"{kind}-{number}", tuple(sorted(files)), expected_s, of_the_page))
    return sorted(found, key=lambda part: -part.expected_s)


def remember(durations_s: dict[str, float]) -> None:
    """Keep what files took for the next split; files that were not run keep their record."""
    known = _seconds_in(RECORD) | durations_s
    present = {file: round(known[file], 1) for file in sorted(known) if (ROOT / file).exists()}
    RECORD.write_text(json.dumps(present, indent=1) + "\n", encoding="utf-8")


def _packed(durations_s: Mapping[str, float]) -> Iterable[list[str]]:
    """Groups of at most `PART_S`, longest files first, each into the first group with room."""
    groups: list[tuple[float, list[str]]] = []
    for file, duration_s in sorted(durations_s.items(), key=lambda item: (-item[1], item[0])):
        for index, (taken_s, files) in enumerate(groups):
            if taken_s + duration_s <= PART_S:
                files.append(file)
                groups[index] = (taken_s + duration_s, files)
                break
        else:
            groups.append((duration_s, [file]))
    return [files for _, files in groups]


def _seconds_in(record: Path) -> dict[str, float]:
    return json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}


def _guess_s(file: str) -> float:
    return next((guess for folder, guess in GUESSES_S.items() if file.startswith(folder)), 10.0)
