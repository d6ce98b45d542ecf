"""A build step that is skipped while its inputs, its command and its outputs are unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tooling.paths import BUILD, ROOT
from tooling.say import BuildError, say

IGNORED_FOLDERS = {"__pycache__", "node_modules", ".venv"}
IGNORED_ENDINGS = (".pyc", ".map")
OFFLINE_FIX = "Run it once without --offline, with a network."


@dataclass(frozen=True)
class Step:
    """One thing to do.

    `inputs` are files or folders whose content decides whether it must be done again, `salt` is
    anything else that does (a flag, a version), `outputs` must exist for it to count as done.
    A step that `downloads` is not done again without a network: its old outputs are used.
    """

    name: str
    does: str
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    action: Callable[[], None]
    salt: str = ""
    downloads: bool = False


def run_step(step: Step, *, offline: bool = False) -> bool:
    """Do the step unless it is done; True if it was done now. A failed step leaves no stamp.

    Raises:
        BuildError: the action failed, or the step downloads and has no outputs while `offline`.
    """
    if is_current(step):
        return False
    if offline and step.downloads:
        if not _has_outputs(step):
            raise BuildError(step.does, "this needs a network.", OFFLINE_FIX)
        say(f"Offline: what was downloaded before is used ({step.name} has changed since)")
        return False
    say(step.does)
    _stamp(step).unlink(missing_ok=True)
    step.action()
    _stamp(step).parent.mkdir(parents=True, exist_ok=True)
    _stamp(step).write_text(fingerprint(step.inputs, step.salt))
    return True


def is_current(step: Step) -> bool:
    """Whether the step was done with these inputs and its outputs still exist."""
    stamp = _stamp(step)
    if not (stamp.is_file() and _has_outputs(step)):
        return False
    return stamp.read_text() == fingerprint(step.inputs, step.salt)


def fingerprint(inputs: Iterable[Path], salt: str = "") -> str:
    """SHA-256 over the names and contents of all files below `inputs`, and the salt."""
    digest = hashlib.sha256(salt.encode())
    for path in sorted(files_below(inputs)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def files_below(inputs: Iterable[Path]) -> Iterator[Path]:
    """Files among `inputs`, and all files below the folders among them, but for by-products."""
    for path in inputs:
        if path.is_file():
            yield path
            continue
        for child in path.rglob("*"):
            ignored = IGNORED_FOLDERS.intersection(child.parts) or child.suffix in IGNORED_ENDINGS
            if child.is_file() and not ignored:
                yield child


def _stamp(step: Step) -> Path:
    return BUILD / "stamps" / step.name


def _has_outputs(step: Step) -> bool:
    return all(path.exists() for path in step.outputs)
