"""File formats: txt, srt, vtt, json, tsv, csv, md, lrc, ass. Each module writes and reads one.

    file = export(transcript, "srt")          # messages.ExportedFile: name, media type, text
    segments = read("talk.vtt", text)         # the segments of a file in any of these formats

May import: the shared modules of `earwitness`, `earwitness.domain`, the standard library.
Never put here: storage, download dialogs, HTTP.
"""

from __future__ import annotations

from earwitness.formats.registry import EXTENSIONS, export, read

__all__ = ["EXTENSIONS", "export", "read"]
