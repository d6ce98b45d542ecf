"""Recordings that carry no sign of what they are: their file's name must tell, and must be kept.

A media type is kept with every upload and every recording, unlike a name that its owner may change.
"""

from __future__ import annotations

from pathlib import PurePath

MEDIA_TYPES = {"g722": "audio/G722"}
"""The decoder's formats without a header, which are known by this ending of a name."""


def media_type_of(name: str, claimed: str) -> str:
    """What a file of that name is; `claimed` where its content will tell."""
    return MEDIA_TYPES.get(PurePath(name).suffix[1:].lower(), claimed)


def format_of(media_type: str) -> str:
    """The format to try when the content tells none; empty: none."""
    return next((name for name, known in MEDIA_TYPES.items() if known == media_type), "")
