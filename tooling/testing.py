"""Running tests: all of them, or those that need neither browser, server process nor model."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO

from tooling.environment import environment, node
from tooling.paths import PYTHON, ROOT
from tooling.say import say

UNIT = ["tests/unit"]
PAGE = ["tests/browser", "tests/bench"]
OTHERS = ["tests", *(f"--ignore={folder}" for folder in PAGE)]
JAVASCRIPT = "tests/js/*.test.js"


def run_unit(options: Sequence[str] = ()) -> int:
    """Run Python's unit tests and the JavaScript ones; 0 when all pass.

    `options` go to pytest; with any, JavaScript is left out, because they name tests of Python.
    """
    if options:
        return _begin(options, environment(), None).wait()
    status = run_javascript()
    return _begin(UNIT, environment(), None).wait() or status


def run_javascript() -> int:
    """Run the tests of JavaScript that needs no browser; 0 when all pass."""
    say("Testing JavaScript in Node")
    # A channel between tabs stays open until the process ends, so Node is told to end.
    command = [node(), "--test", "--test-force-exit", "--test-reporter=dot", JAVASCRIPT]
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment())


def run_all(environment: Mapping[str, str], options: Sequence[str] = ()) -> int:
    """Run every test; 0 when all pass. `options` go to both processes of pytest.

    Tests of the page wait for the browser half of the time; the others compute meanwhile, in a
    second process whose output is printed when the first has ended.
    """
    javascript_status = run_javascript()
    say("Testing the page; at the same time, told afterwards: everything else")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        others = _begin([*OTHERS, *options], environment, told)
        try:
            status = _begin([*PAGE, *options], environment, None).wait()
            say("Testing everything else")
            other_status = others.wait()
        finally:
            others.kill()
        told.seek(0)
        shutil.copyfileobj(told, sys.stdout)
        sys.stdout.flush()
    return javascript_status or status or other_status


def _begin(
    arguments: Sequence[str], environment: Mapping[str, str], output: IO[str] | None
) -> subprocess.Popen[bytes]:
    command = [str(PYTHON), "-m", "pytest", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
    )
