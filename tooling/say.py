"""Progress lines and build errors on the terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager


class BuildError(Exception):
    """A step failed: what, why, and what to do about it."""

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(f"{what}: {why} {fix}")
        self.what, self.why, self.fix = what, why, fix


class Stopwatch:
    """Prefixes each line with the seconds since the command began."""

    def __init__(self) -> None:
        self._start_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._start_s

    def say(self, text: str) -> None:
        """Print one line of progress."""
        print(f"[{self.elapsed_s:6.1f} s] {text}", flush=True)


_watch = Stopwatch()
say = _watch.say


@contextmanager
def progress_on_stderr() -> Generator[None]:
    """Keep standard output for the result, also from the programs that a step runs."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def fail(error: BuildError) -> int:
    """Print a failed step so that its reader knows the next move; the exit status is 1."""
    print(
        f"\nFailed: {error.what}\n  Why: {error.why}\n  Fix: {error.fix}",
        file=sys.stderr,
        flush=True,
    )
    return 1
