"""A build step that is skipped while its inputs, its command and its outputs are unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tooling.paths import BUILD, ROOT
from tooling.say import say

IGNORED_FOLDERS = {"__pycache__", "node_modules", ".venv"}
IGNORED_ENDINGS = {".pyc", ".map"}


@dataclass(frozen=True)
class Step:
    """One thing to do.

    `inputs` are files or folders whose content decides whether it must be done again, `salt` is
    anything else that does (a flag, a version), `outputs` must exist for it to count as done.
    """

    name: str
    does: str
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    action: Callable[[], None]
    salt: str = ""


def run_step(step: Step) -> bool:
    """Do the step unless it is done; True if it was done now. A failed step leaves no stamp."""
    stamp = BUILD / "stamps" / step.name
    wanted = fingerprint(step.inputs, step.salt)
    if stamp.is_file() and stamp.read_text() == wanted and all(p.exists() for p in step.outputs):
        return False
    say(step.does)
    stamp.unlink(missing_ok=True)
    step.action()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    return True


def fingerprint(inputs: Iterable[Path], salt: str = "") -> str:
    """SHA-256 over the names and contents of all files below `inputs`, and the salt."""
    digest = hashlib.sha256(salt.encode())
    for path in sorted(_files(inputs)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(inputs: Iterable[Path]) -> Iterable[Path]:
    for path in inputs:
        if path.is_file():
            yield path
            continue
        for child in path.rglob("*"):
            ignored = IGNORED_FOLDERS.intersection(child.parts) or child.suffix in IGNORED_ENDINGS
            if child.is_file() and not ignored:
                yield child
