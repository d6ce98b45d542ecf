"""File names that every system accepts."""

from __future__ import annotations

import re
import unicodedata

BYTES_MAX = 180
"""UTF-8 bytes of a name without its extension; file systems allow 255 in all."""

_FORBIDDEN = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+'
)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_MEDIA_ENDING = re.compile(
    r"\.(mp3|m4a|m4b|aac|ogg|oga|opus|webm|flac|wav|wma|aiff?|mp4|m4v|mov|mkv|avi|3gp|amr|caf)$",
    re.IGNORECASE,
)

_ENDING = re.compile(r"(\.(openai|labels|chapters))?\.[^.]+$")
"""Formats that share an extension with another one have a second ending before it."""


def file_name(name: str, ending: str, mark: str = "") -> str:
    """Return the name without its media extension and without unsafe characters.

    Args:
        name: of a recording.
        ending: of the file, without a point.
        mark: text with safe characters that follows the name.
    """
    stem = _MEDIA_ENDING.sub("", unicodedata.normalize("NFC", _whole(name)).strip())
    stem = " ".join(_FORBIDDEN.sub(" ", stem).split()).strip(". -")
    stem = stem.encode()[:BYTES_MAX].decode(errors="ignore").rstrip(". ")
    if not stem:
        stem = "transcript"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}{mark}.{ending}"


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number before its ending where it is taken; and take it."""
    stem = _ENDING.sub("", name)
    ending = name.removeprefix(stem)
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{stem} ({number}){ending}", number + 1
    taken.add(free.lower())
    return free


def _whole(text: str) -> str:
    """Return the text without lone surrogates."""
    return text.encode("utf-8", "ignore").decode()
