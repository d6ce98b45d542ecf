"""Transcripts as files, or on standard output."""

from __future__ import annotations

from pathlib import Path

from earwitness import formats
from earwitness.errors import BadRequestError
from earwitness.extensions import installed
from earwitness.messages import ExportOptions
from earwitness.transcript import Transcript

from earwitness_server.cli import terminal
from earwitness_server.cli.files import write_new


class Output:
    """Writes each transcript in the same formats."""

    def __init__(
        self, names: list[str], options: ExportOptions, *, to: Path | None, stdout: bool
    ) -> None:
        """`to`: the folder for the files; None: the folder that `write` is told.

        Raises:
            BadRequestError: a format is unknown, or standard output cannot hold them.
        """
        self._added = installed().formats
        known = [*formats.NAMES, *(each.extension for each in self._added if each.write)]
        for name in names:
            if name not in known:
                raise BadRequestError(
                    f"Unknown format: {name!r:.40}.", hint=f"Use one of {', '.join(known)}."
                )
        if stdout and len(names) > 1:
            raise BadRequestError("--stdout takes one format.", hint="Name one with --format.")
        if stdout and to is not None:
            raise BadRequestError("--to has no effect with --stdout.", hint="Leave it out.")
        self._names = names
        self._options = options
        self._to = to
        self._stdout = stdout

    def write(self, transcript: Transcript, beside: Path) -> tuple[Path, ...]:
        """Write the files into the folder, and return their paths: new ones, never others.

        Raises:
            StorageError: a file cannot be written.
            BadRequestError: an extension failed.
        """
        written: list[Path] = []
        for name in self._names:
            file = formats.export(transcript, name, None, self._options, self._added)
            content = formats.content_of(file)
            if self._stdout:
                terminal.content(content)
            else:
                written.append(write_new(self._to or beside, file.name, content))
        return tuple(written)
