"""What transcribes the files of a run: this machine, or a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from earwitness.transcript import Transcript

from earwitness_server.cli.terminal import Progress


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The result for one file."""

    transcript: Transcript
    why_no_speakers: str = ""
    """Why speakers that were asked for are unknown; empty: they are known, or nobody asked."""


class FileTranscriber(Protocol):
    """Transcribes one file at a time."""

    async def transcribe(self, path: Path, progress: Progress) -> Transcribed:
        """Return the transcript of a file.

        Raises:
            EarwitnessError: it cannot be transcribed.
            OSError: it cannot be read.
        """
        ...
