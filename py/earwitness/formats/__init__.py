"""File formats, written and read. Each module is one format, or what several share.

    file = export(transcript, "srt")          # messages.ExportedFile: name, media type, content
    transcript = read(data, "talk.vtt")       # the transcript in a file of any known format

May import: the shared modules of `earwitness`, `earwitness.domain`, the standard library.
Never put here: storage, download dialogs, HTTP.
"""

from __future__ import annotations

from earwitness.formats.reading import READ_EXTENSIONS, read
from earwitness.formats.registry import FORMATS, NAMES, content_of, export

__all__ = ["FORMATS", "NAMES", "READ_EXTENSIONS", "content_of", "export", "read"]
