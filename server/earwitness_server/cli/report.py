"""What became of each file of a run, as the user and scripts are told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.errors import EarwitnessError, ErrorView, StorageError
from earwitness.serialization import to_plain
from earwitness.transcript import Transcript

from earwitness_server.cli import terminal
from earwitness_server.cli.exit_codes import DONE, FAILED, exit_code


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file."""

    code: int
    written: tuple[Path, ...] = ()
    error: ErrorView | None = None


def result_of(error: Exception | None, written: tuple[Path, ...] = ()) -> FileResult:
    """Return the result of a file; `error` is an `EarwitnessError` or an `OSError`."""
    if error is None:
        return FileResult(DONE, written)
    if not isinstance(error, EarwitnessError):
        error = StorageError("The file cannot be read.", hint=f"{error}.")
    return FileResult(exit_code(error, FAILED), written, error.view())


def report(name: str, result: FileResult, transcript: Transcript | None, *, as_json: bool) -> None:
    """Print the paths that were written, or a line of JSON; an error on standard error."""
    if result.error:
        terminal.note(f"{name}: {result.error.message} {result.error.hint}".rstrip())
    if not as_json:
        for each in result.written:
            terminal.result(str(each))
        return
    row: dict[str, Any] = {
        "file": name,
        "state": "failed" if result.error else "done",
        "written": [str(each) for each in result.written],
    }
    if transcript is not None:
        row |= {
            "transcript_id": transcript.id,
            "language": transcript.language,
            "duration_s": transcript.duration_s,
            "speakers": [each.name for each in transcript.speakers],
        }
    if result.error:
        row["error"] = to_plain(result.error)
    terminal.json_line(row)
