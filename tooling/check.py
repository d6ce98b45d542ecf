"""`build.py check`: every linter and type checker; warnings are errors."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tooling.environment import environment, node
from tooling.lines import GENERATED
from tooling.paths import NODE_MODULES, PYTHON, ROOT
from tooling.pipeline import Plan, prepare
from tooling.say import say
from tooling.sources import ENDINGS

LONG_MODULE_LINES = 500
"""A longer module is named, not refused."""


def check(*, staged: bool = False) -> int:
    """Run all checks, report each; 0 when all pass.

    With `staged`, pyright looks only at the Python files of the next commit: that takes most of
    the time. All other checks look at the work tree as ever.
    """
    prepare(Plan(), "test-tools")
    bin_ = NODE_MODULES
    pyright = [node(), bin_ / "pyright" / "index.js", "--pythonpath", PYTHON, "--warnings"]
    files = staged_python() if staged else []
    checks: list[tuple[str, Sequence[str | Path]]] = [
        ("ruff check", [PYTHON, "-m", "ruff", "check", "."]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        *([("pyright", [*pyright, *files])] if files or not staged else []),
        ("biome", [node(), bin_ / "@biomejs" / "biome" / "bin" / "biome", "ci", "--colors=off",
                   "--error-on-warnings", "web", "py", "tooling", "tests", "bench"]),
        ("tsc", [node(), bin_ / "typescript" / "bin" / "tsc", "-p", "."]),
        ("contract", [PYTHON, "-m", "tooling.contract", "--check"]),
        ("house rules", [PYTHON, "-m", "pytest", "-q", "tests/unit/house"]),
    ]  # fmt: skip
    failed: list[str] = []
    for name, command in checks:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode != 0:
            failed.append(name)
            print((done.stdout + done.stderr).strip()[-6000:], flush=True)
    for name, lines in long_modules():
        say(f"note: {name} has {lines} lines; is it one idea that can be read alone?")
    return 1 if failed else 0


def staged_python() -> list[str]:
    """Python files that git would commit now."""
    return _git("diff", "--cached", "--name-only", "--diff-filter=d", "--", "*.py")


def long_modules() -> list[tuple[str, int]]:
    """Files of `ENDINGS` in git that have more than `LONG_MODULE_LINES` lines, and how many."""
    listed = _git("ls-files", "--", *(f"*{ending}" for ending in ENDINGS))
    files = [ROOT / name for name in listed if GENERATED not in name]
    counts = {file: file.read_bytes().count(b"\n") for file in files if file.is_file()}
    long = {file: lines for file, lines in counts.items() if lines > LONG_MODULE_LINES}
    return [(file.relative_to(ROOT).as_posix(), lines) for file, lines in sorted(long.items())]


def _git(*arguments: str) -> list[str]:
    """Lines of its output; none where this is not a repository."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()
