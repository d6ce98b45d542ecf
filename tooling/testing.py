"""`build.py test`: every test, in two processes at once.

Tests of the page wait for the browser half of the time; the others compute meanwhile. What the
second process said is printed when the first has ended.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import IO

from tooling.paths import PYTHON, ROOT
from tooling.say import say

PAGE = ["tests/browser", "tests/bench"]
OTHERS = ["tests", *(f"--ignore={folder}" for folder in PAGE)]


def run_all(environment: Mapping[str, str]) -> int:
    """Run both halves; 0 when all tests pass."""
    say("Testing the page; at the same time, told afterwards: everything else")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        others = _begin(OTHERS, environment, told)
        try:
            status = _begin(PAGE, environment, None).wait()
            say("Testing everything else")
            other_status = others.wait()
        finally:
            others.kill()
        told.seek(0)
        shutil.copyfileobj(told, sys.stdout)
        sys.stdout.flush()
    return status or other_status


def _begin(
    arguments: list[str], environment: Mapping[str, str], output: IO[str] | None
) -> subprocess.Popen[bytes]:
    command = [str(PYTHON), "-m", "pytest", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
    )
