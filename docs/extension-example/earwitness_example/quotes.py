"""A file of quotes: each sentence in quotation marks, with its speaker and time."""

from __future__ import annotations

import re

from earwitness.transcript import Segment, Transcript

_LINE = re.compile(r"“(?P<text>.*)” — (?:(?P<speaker>.*), )?(?P<time>\d+\.\d+) s")


class Quotes:
    """Writes and reads `.quotes` files."""

    extension = "quotes"
    title = "Quotes"
    media_type = "text/plain"

    def write(self, transcript: Transcript) -> bytes:
        """Return the file."""
        lines: list[str] = []
        for segment in transcript.segments:
            speaker = f"{segment.speaker}, " if segment.speaker else ""
            lines.append(f"“{segment.text.strip()}” — {speaker}{segment.start_s:.1f} s\n")
        return "".join(lines).encode()

    def read(self, data: bytes) -> Transcript:
        """Return the transcript of a file."""
        found = [
            Segment(
                float(match["time"]), float(match["time"]), match["text"], speaker=match["speaker"]
            )
            for line in data.decode().splitlines()
            if (match := _LINE.fullmatch(line))
        ]
        return Transcript("", "Quotes", "", 0.0, "imported", segments=tuple(found))
