"""What came of a run of all tests, from the results that pytest writes as JUnit's XML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tooling.say import say


class Report:
    """Results of parts, added one by one."""

    def __init__(self) -> None:
        self.status = 0
        """The first exit status of a part that is not 0."""
        self._durations_s: list[tuple[float, str, str]] = []
        """(seconds, module, test) of every test."""
        self._outcomes: Counter[str] = Counter()
        self._failed: list[str] = []
        self._notes: list[str] = []

    def add(self, results: Path, status: int, output: str) -> str:
        """Add a part with pytest's exit status and output; its counts in words."""
        self.status = self.status or status
        counts: Counter[str] = Counter()
        for module, test, outcome, duration_s in _tests(results):
            counts[outcome] += 1
            self._durations_s.append((duration_s, module, test))
            if outcome == "failed":
                self._failed.append(f"{module}::{test}")
        if status and not counts["failed"]:
            self._failed.append(f"{results.stem}: pytest ended with {status}, see its output above")
        self._notes += re.findall(r"^SKIPPED .*$", output, flags=re.MULTILINE)
        self._outcomes += counts
        return _in_words(counts)

    def file_durations_s(self) -> dict[str, float]:
        """Path of a test file -> seconds of all its tests."""
        found: dict[str, float] = {}
        for duration_s, module, _ in self._durations_s:
            file = f"{module.replace('.', '/')}.py"
            found[file] = found.get(file, 0.0) + duration_s
        return found

    def print_summary(self, slowest: int) -> None:
        """Print skipped and failed tests, the slowest ones, and the counts."""
        for note in self._notes:
            print(note)
        if slowest:
            print(f"\nThe {slowest} slowest tests:")
            for duration_s, module, test in sorted(self._durations_s, reverse=True)[:slowest]:
                print(f"{duration_s:7.1f} s  {module}::{test}")
        for each in self._failed:
            print(f"FAILED {each}")
        say(f"All tests: {_in_words(self._outcomes)}")


def _tests(results: Path) -> Iterator[tuple[str, str, str, float]]:
    """(module, test, outcome, seconds) of every test in a file of results; none without one."""
    if not results.exists():
        return
    # Written by our own pytest a moment ago.
    for case in ElementTree.parse(results).iter("testcase"):  # noqa: S314
        kinds = {child.tag for child in case}
        failed = kinds & {"failure", "error"}
        outcome = "failed" if failed else "skipped" if "skipped" in kinds else "passed"
        yield case.get("classname", ""), case.get("name", ""), outcome, float(case.get("time", 0))


def _in_words(counts: Counter[str]) -> str:
    shown = [f"{counts[each]} {each}" for each in ("passed", "failed", "skipped") if counts[each]]
    return ", ".join(shown) or "no tests"
