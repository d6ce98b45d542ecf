"""Running tests: all of them in balanced parts, or those that need neither browser nor server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tooling.environment import environment, node
from tooling.paths import BUILD, PYTHON, ROOT
from tooling.say import say
from tooling.suite_parts import Part, parts, remember
from tooling.suite_report import Report

UNIT = ["tests/unit"]
JAVASCRIPT = "tests/js/*.test.js"
RESULTS = BUILD / "test-results"
"""Output and results of the last run of all tests, a file a part."""
CORES = os.cpu_count() or 2
AT_ONCE = max(2, CORES) + 1
"""Processes at once. Tests of the page wait for the browser half of the time."""
OF_THE_PAGE = max(1, AT_ONCE - 1)
"""How many of them test the page, while there is anything else to test."""
GRACE_S = 30.0
"""For a part to end its servers and browsers when the run is interrupted."""


def run_unit(options: Sequence[str] = ()) -> int:
    """Run Python's unit tests and the JavaScript ones; 0 when all pass.

    `options` go to pytest; with any, JavaScript is left out, because they name tests of Python.
    """
    if options:
        return subprocess.call(_pytest(options), cwd=ROOT, env=environment())
    status = run_javascript()
    return subprocess.call(_pytest(UNIT), cwd=ROOT, env=environment()) or status


def run_javascript() -> int:
    """Run the tests of JavaScript that needs no browser; 0 when all pass."""
    say("Testing JavaScript in Node")
    # A channel between tabs stays open until the process ends, so Node is told to end. Without
    # threads of V8: one that compiles waits for a process that ends, and that for it (Node 54918).
    command = [node(), "--single-threaded", "--test", "--test-force-exit", "--test-reporter=dot",
               JAVASCRIPT]  # fmt: skip
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment())


def run_all(environment: Mapping[str, str], slowest: int = 0) -> int:
    """Run every test; 0 when all pass. Lists the `slowest` tests at the end.

    The tests are split into parts of a minute or two by what they took the last time. A few parts
    run at once, each in a process of its own.
    """
    javascript_status = run_javascript()
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    report = _Run(parts(), environment).run()
    remember(report.file_durations_s())
    report.print_summary(slowest)
    return javascript_status or report.status


@dataclass
class _Running:
    """A part and its process."""

    part: Part
    process: subprocess.Popen[bytes]
    began_s: float

    @property
    def output(self) -> Path:
        return RESULTS / f"{self.part.name}.txt"

    @property
    def results(self) -> Path:
        return RESULTS / f"{self.part.name}.xml"


@dataclass
class _Run:
    """All parts, a few at once."""

    waiting: list[Part]
    environment: Mapping[str, str]
    running: list[_Running] = field(default_factory=list["_Running"])

    def run(self) -> Report:
        """Run every part; what came of them."""
        count = len(self.waiting)
        say(f"Testing in {count} parts, {AT_ONCE} at once; each is reported when it ends")
        report = Report()
        try:
            while self.waiting or self.running:
                self._fill()
                ended = self._next_to_end()
                status = ended.process.returncode
                result = report.add(ended.results, status, ended.output.read_text("utf-8"))
                took_s = time.monotonic() - ended.began_s
                say(f"{ended.part.name}: {result} in {took_s:.0f} s ({' '.join(ended.part.files)})")
                if status:
                    print(ended.output.read_text("utf-8"), flush=True)
        finally:
            self._end()
        return report

    def _fill(self) -> None:
        while self.waiting and len(self.running) < AT_ONCE:
            of_the_page = sum(each.part.of_the_page for each in self.running)
            part = next(
                (each for each in self.waiting if each.of_the_page == (of_the_page < OF_THE_PAGE)),
                self.waiting[0],
            )
            self.waiting.remove(part)
            self.running.append(self._begin(part))

    def _begin(self, part: Part) -> _Running:
        results = RESULTS / f"{part.name}.xml"
        command = _pytest([f"--junitxml={results}", *part.files])
        with (RESULTS / f"{part.name}.txt").open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return _Running(part, process, time.monotonic())

    def _next_to_end(self) -> _Running:
        while True:
            for each in self.running:
                if each.process.poll() is not None:
                    self.running.remove(each)
                    return each
            time.sleep(0.2)

    def _end(self) -> None:
        """Interrupt what still runs, so that it ends its own servers and browsers."""
        for each in self.running:
            each.process.send_signal(signal.SIGINT)
        for each in self.running:
            try:
                each.process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                each.process.kill()


def _pytest(arguments: Sequence[str]) -> list[str]:
    return [str(PYTHON), "-m", "pytest", *arguments]
