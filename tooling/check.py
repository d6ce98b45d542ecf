"""`build.py check`: every linter and type checker; warnings are errors."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tooling.environment import environment, node
from tooling.paths import NODE_MODULES, PYTHON, ROOT
from tooling.pipeline import Plan, prepare
from tooling.say import say


def check() -> int:
    """Run all checks, report each; 0 when all pass."""
    prepare(Plan(), "test-tools")
    bin_ = NODE_MODULES
    checks: list[tuple[str, Sequence[str | Path]]] = [
        ("ruff check", [PYTHON, "-m", "ruff", "check", "."]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        ("pyright", [node(), bin_ / "pyright" / "index.js", "--pythonpath", PYTHON, "--warnings"]),
        ("biome", [node(), bin_ / "@biomejs" / "biome" / "bin" / "biome", "ci", "--colors=off",
                   "--error-on-warnings", "web", "py", "tests", "bench"]),
        ("tsc", [node(), bin_ / "typescript" / "bin" / "tsc", "-p", "."]),
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
    return 1 if failed else 0
