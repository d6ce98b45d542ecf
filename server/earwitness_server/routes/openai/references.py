"""References of known speakers: data URLs, as files for as long as a request."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote_to_bytes

from earwitness.domain.media_types import media_type_of

from earwitness_server.inference.errors import UnsupportedValueError
from earwitness_server.inference.known_voices import FIELD, KnownVoice

_DATA_URL = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)", re.DOTALL)


@contextmanager
def known_voices(
    names: Sequence[str], references: Sequence[str], folder: Path
) -> Generator[list[KnownVoice]]:
    """Give the known speakers with their recordings as files, which are deleted at the end.

    Raises:
        UnsupportedValueError: a reference is no data URL, or two speakers have one name.
    """
    if len(set(names)) < len(names):
        raise UnsupportedValueError(
            "Two known speakers have one name.",
            hint="Give each another one.",
            field="known_speaker_names",
        )
    with TemporaryDirectory(dir=folder) as place:
        voices: list[KnownVoice] = []
        for number, (name, reference) in enumerate(zip(names, references, strict=True)):
            media_type, content = _parsed(name, reference)
            path = Path(place) / str(number)
            path.write_bytes(content)
            voices.append(KnownVoice(name, path, media_type_of("", media_type)))
        yield voices


def _parsed(name: str, reference: str) -> tuple[str, bytes]:
    """Return media type and content of a data URL."""
    match = _DATA_URL.fullmatch(reference.strip())
    try:
        if match is None:
            raise ValueError("no data URL")
        media_type, parameters, data = match.groups()
        content = unquote_to_bytes(data)
        if ";base64" in parameters.lower():
            content = base64.b64decode(b"".join(content.split()), validate=True)
    except (ValueError, binascii.Error) as error:
        raise UnsupportedValueError(
            f"The reference of {name!r:.80} is not a data URL.",
            hint="Send data:audio/wav;base64, followed by the file in base64.",
            field=FIELD,
        ) from error
    return media_type, content
