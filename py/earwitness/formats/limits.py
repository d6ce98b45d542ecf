"""How large a file to read may be, and XML and zip files that stay harmless.

A file from outside is refused before it takes memory: its bytes, lines, cues and objects are
counted first. XML with a document type is refused, because its entities can grow without end or
name other files; nothing outside the file is ever opened.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from earwitness.errors import BadRequestError

BYTES_MAX = 64 * 1024 * 1024
"""Bytes of a file to read; a year of speech is shorter."""
LINES_MAX = 2_000_000
CUES_MAX = 200_000
"""Segments of a file; ten hours of speech have 20 000."""
ALTERNATIVES_MAX = 9
"""Of one word."""
OBJECTS_MAX = 2_000_000
"""Objects and lists of a JSON file, elements of an XML file."""
DEPTH_MAX = 200
"""Elements of an XML file inside each other."""
UNPACKED_MAX_BYTES = 200_000_000
RATIO_MAX = 100
"""A zip file's unpacked bytes for each packed one."""
FOLDERS_MAX = 20
"""Folders of a zip file inside each other."""
_CHUNK_BYTES = 65_536


def too_large(what: str) -> BadRequestError:
    """Return the error for a file that is too large."""
    return BadRequestError(
        f"The file is too large for a transcript: it has {what}.",
        hint="Split it into smaller files.",
    )


def damaged(kind: str, why: object = "") -> BadRequestError:
    """Return the error for a file that is damaged or forbidden inside."""
    return BadRequestError(
        f"This {kind} file cannot be read.",
        hint="Save it again in the program that wrote it, or as SRT.",
        detail=str(why)[:200],
    )


def check_bytes(data: bytes) -> None:
    """Raise BadRequestError if the file has too many bytes."""
    if len(data) > BYTES_MAX:
        raise too_large(f"more than {BYTES_MAX // 1024**2} MB")


def check_text(text: str) -> None:
    """Raise BadRequestError if the text has too many lines."""
    if text.count("\n") > LINES_MAX:
        raise too_large(f"more than {LINES_MAX} lines")


def check_objects(count: int) -> None:
    """Raise BadRequestError if a JSON or XML file has too many objects."""
    if count > OBJECTS_MAX:
        raise too_large(f"more than {OBJECTS_MAX} objects")


def parse_xml(
    kind: str,
    text: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Call back for each element, without its namespace's prefix, and for its text.

    Args:
        kind: the format's name, for errors.
        text: the file.
        start: gets an element's name and attributes.
        end: gets the name of an element that ends.
        characters: gets text between elements.

    Raises:
        BadRequestError: the XML is damaged, too deep, too large, or has a document type.
    """
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise damaged(kind, "too many elements inside each other")
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    def refuse(*_: object) -> None:
        raise damaged(kind, "a document type is not allowed")

    check_objects(text.count("<"))
    # The text is decoded already: what its declaration says of an encoding no longer counts.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise damaged(kind, error) from error


def unzip(kind: str, data: bytes, name: str) -> bytes:
    """Return one file of a zip file.

    Raises:
        BadRequestError: it is no zip file, lacks the file, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members)
            if unpacked > UNPACKED_MAX_BYTES or unpacked > RATIO_MAX * max(1, packed):
                raise too_large(f"{unpacked} bytes when unpacked")
            if any(member.filename.count("/") > FOLDERS_MAX for member in members):
                raise damaged(kind, "too many folders inside each other")
            return _member(archive, name)
    except KeyError as error:
        raise damaged(kind, error) from error
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, BadRequestError):
            raise
        raise damaged(kind, error) from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    with archive.open(name) as source:
        # The sizes in a zip file's table may be wrong.
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > BYTES_MAX:
                raise too_large(f"more than {BYTES_MAX // 1024**2} MB of text")
            parts.append(chunk)
    return b"".join(parts)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
