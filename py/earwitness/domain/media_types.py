"""Recordings by their file's name: which endings they have, and what no header says.

The media type is stored with each upload and recording, because its owner may change the name.
"""

from __future__ import annotations

from pathlib import PurePath

RECORDING_EXTENSIONS = (
    "aac", "aif", "aiff", "amr", "avi", "caf", "flac", "m4a", "m4b", "m4v", "mka", "mkv", "mov",
    "mp3", "mp4", "mpeg", "mpg", "oga", "ogg", "ogv", "opus", "wav", "weba", "webm", "wma",
)  # fmt: skip
"""Of files that are recordings by their name, in lower case."""
MEDIA_TYPES = {"g722": "audio/G722"}
"""FFmpeg's containers without a header, by the suffix of the name."""


def media_type_of(name: str, claimed: str) -> str:
    """Return the media type for a name; `claimed` where the content identifies itself."""
    return MEDIA_TYPES.get(PurePath(name).suffix[1:].lower(), claimed)


def format_of(media_type: str) -> str:
    """Return the format to try for unidentified content; empty if there is none."""
    return next((name for name, known in MEDIA_TYPES.items() if known == media_type), "")
