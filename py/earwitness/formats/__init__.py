"""One module a file format, read and write: txt, srt, vtt, json, tsv, csv, md, lrc, ass.

    file = export(transcript, "srt")          # messages.ExportedFile: name, media type, text
    segments = read("talk.vtt", text)         # what a file of any of these formats holds

May import: `earwitness.transcript`, `.messages`, `.errors`, `.plain`, the standard library.
Never put here: storage, download dialogs, HTTP.
"""

from __future__ import annotations

from earwitness.formats.registry import EXTENSIONS, export, read

__all__ = ["EXTENSIONS", "export", "read"]
