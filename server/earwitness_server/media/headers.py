"""Headers of uncompressed recordings whose sizes are wrong. web/workers/headers.js is its twin.

Recorders write the sizes last; one that was cut off leaves 0, or what an earlier part had. FFmpeg
believes sizes that are too small, and refuses some that are missing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[int, int], bytes]
"""Bytes [position, position + size) of the file; fewer at its end."""
ID3_BYTES = 10
CHUNKS_MAX = 1000
UNKNOWN_32 = 0x7FFF0000
"""Programs that do not know a size yet write nothing smaller."""
UNKNOWN_64 = 1 << 62
KNOWN = (b"LIST", b"id3 ", b"ID3 ", b"bext", b"cue ", b"fact", b"JUNK", b"PAD ", b"iXML", b"_PMX")
"""Chunks after the sound, also where the last of them is cut off."""
JOINED = (b"RIFF", b"RF64", b"data", b"FORM", b"caff")
"""Chunks that continue the sound."""
OGG_PAGE_MAX_BYTES = 65_307
OGG_HEADER_BYTES = 27
"""The last of them: how many lengths follow."""
W64_SUFFIX = bytes.fromhex("f3acd3118cd100c04f8edb8a")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a recording says about its sound, and what should stand there."""

    missing: bool = False
    """The header promises more sound than the file has."""
    repaired: bytes = b""
    """A header in the place of the file's first `replaced` bytes; empty: its own is right."""
    replaced: int = 0


def behind_id3(read: Read) -> int:
    """Return the first position behind a tag (ID3v2) at the file's beginning; 0 without one."""
    tag = read(0, ID3_BYTES)
    if tag[:3] != b"ID3" or len(tag) < ID3_BYTES:
        return 0
    bytes_ = 0
    for value in tag[6:10]:
        bytes_ = bytes_ << 7 | value & 127
    return ID3_BYTES + bytes_


def inspect(read: Read, size: int) -> Header:
    """Return what the header of a file of `size` bytes says; other formats: nothing."""
    at = behind_id3(read)
    sign = read(at, 4)
    inspector = _INSPECTORS.get(sign)
    if inspector is None:
        return Header()
    try:
        return inspector(read, size, at)
    except struct.error:
        return Header()  # The header ends before it is whole.


def _extent(
    claimed: int, rest: int, unknown: int, ends_there: Callable[[], bool]
) -> tuple[int, bool]:
    """Return how many bytes of sound there are, and whether some are missing.

    Args:
        claimed: what the header says.
        rest: what the file has from there on.
        unknown: a claim from here on, if the file does not bear it out, says nothing.
        ends_there: whether the sound ends where the header says.
    """
    if claimed > rest:
        return rest, claimed < unknown
    return (claimed if claimed and ends_there() else rest), False


def _wav(read: Read, size: int, riff: int) -> Header:
    if read(riff + 8, 4) != b"WAVE":
        return Header()
    at, layout, long_bytes, aligned = riff + 12, b"", 0, True
    for _ in range(CHUNKS_MAX):
        name, claimed = struct.unpack("<4sI", read(at, 8))
        if name == b"fmt ":
            layout = read(at + 8, min(claimed, 4096))
        elif name == b"ds64":
            long_bytes = struct.unpack("<Q", read(at + 16, 8))[0]
        elif name == b"data":
            break
        following = at + 8 + claimed + claimed % 2
        if claimed % 2 and not _is_name(read(following, 4)) and _is_name(read(following - 1, 4)):
            following, aligned = following - 1, False
        at = following
    else:
        return Header()
    if not layout:
        return Header()
    start = at + 8
    is_long = read(riff, 4) != b"RIFF" and claimed == 0xFFFFFFFF
    claimed, unknown = (long_bytes, UNKNOWN_64) if is_long else (claimed, UNKNOWN_32)
    end = start + claimed
    bytes_, missing = _extent(
        claimed, size - start, unknown, lambda: _only_chunks_follow(read, end + end % 2, size)
    )
    if aligned and not riff and (bytes_ == claimed or missing):
        return Header(missing)
    return Header(missing, _wav_header(layout, bytes_), start)


def _wav_header(layout: bytes, bytes_: int) -> bytes:
    padded = layout + bytes(len(layout) % 2)
    form = b"WAVE" + b"fmt " + struct.pack("<I", len(layout)) + padded
    whole = len(form) + 8 + bytes_
    if whole < 0xFFFFFFFF:
        return b"RIFF" + struct.pack("<I", whole) + form + b"data" + struct.pack("<I", bytes_)
    sizes = b"ds64" + struct.pack("<IQQQI", 28, whole + 36, bytes_, 0, 0)
    form = b"WAVE" + sizes + form[4:]
    return b"RF64\xff\xff\xff\xff" + form + b"data\xff\xff\xff\xff"


def _wave64(read: Read, size: int, _: int) -> Header:
    at = 40
    for _ in range(CHUNKS_MAX):
        name, claimed = struct.unpack("<16sQ", read(at, 24))
        if name[:4] == b"data":
            break
        at += max(24, claimed + -claimed % 8)
    else:
        return Header()
    start = at + 24
    rest = size - start
    claimed = max(0, claimed - 24)
    following = start + claimed + -claimed % 8
    bytes_, missing = _extent(
        claimed, rest, UNKNOWN_64,
        lambda: rest - claimed < 24 or read(following + 4, 12) == W64_SUFFIX,
    )  # fmt: skip
    (whole,) = struct.unpack("<Q", read(16, 8))
    if (bytes_ == claimed or missing) and 40 <= whole < UNKNOWN_64:
        return Header(missing)
    head = read(0, at + 16)
    sizes = struct.pack("<Q", start + bytes_)
    head = head[:16] + sizes + head[24:] + struct.pack("<Q", 24 + bytes_)
    return Header(missing, head, start)


def _aiff(read: Read, size: int, form: int) -> Header:
    if read(form + 8, 4) not in (b"AIFF", b"AIFC"):
        return Header()
    at, common = form + 12, 0
    for _ in range(CHUNKS_MAX):
        name, claimed = struct.unpack(">4sI", read(at, 8))
        if name == b"COMM":
            common = at + 8
        elif name == b"SSND":
            break
        at += 8 + claimed + claimed % 2
    else:
        return Header()
    if not common:
        return Header()
    start = at + 16
    rest, end = size - start, start + max(0, claimed - 8)
    claimed = max(0, claimed - 8)
    bytes_, missing = _extent(
        claimed, rest, UNKNOWN_32, lambda: _only_chunks_follow(read, end + end % 2, size, ">")
    )
    (frames,) = struct.unpack(">I", read(common + 2, 4))
    if (bytes_ == claimed or missing) and frames:
        return Header(missing)
    head = bytearray(read(form, start - form))
    struct.pack_into(">I", head, 4, min(start - form - 8 + bytes_, 0xFFFFFFFF))
    struct.pack_into(">I", head, common - form + 2, 0)  # FFmpeg reads on to the end.
    struct.pack_into(">I", head, at - form + 4, min(bytes_ + 8, 0xFFFFFFFF))
    return Header(missing, bytes(head), start)


def _au(read: Read, size: int, _: int) -> Header:
    start, claimed = struct.unpack(">II", read(4, 8))
    if claimed:
        return Header(size - start < claimed < UNKNOWN_32)
    return Header(False, b".snd" + struct.pack(">II", start, 0xFFFFFFFF), 12)


def _caf(read: Read, size: int, _: int) -> Header:
    at = 8
    for _ in range(CHUNKS_MAX):
        name, claimed = struct.unpack(">4sq", read(at, 12))
        if name == b"data":
            break
        at += 12 + max(0, claimed)
    else:
        return Header()
    start = at + 12
    rest = size - start
    if claimed < 0:
        return Header()
    bytes_, missing = _extent(
        claimed, rest, UNKNOWN_64,
        lambda: rest - claimed < 12 or _is_name(read(start + claimed, 4)),
    )  # fmt: skip
    if bytes_ == claimed or missing:
        return Header(missing)
    return Header(missing, read(0, at + 4) + struct.pack(">q", -1), start)


def _ogg(read: Read, size: int, _: int) -> Header:
    """An Ogg file whose last page is cut off."""
    tail = read(max(0, size - OGG_PAGE_MAX_BYTES), OGG_PAGE_MAX_BYTES)
    at = tail.rfind(b"OggS")
    if at < 0:
        return Header()
    body = at + OGG_HEADER_BYTES
    segments = tail[body - 1] if body <= len(tail) else 0
    bytes_ = sum(tail[body : body + segments])
    return Header(missing=body + segments + bytes_ > len(tail))


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _only_chunks_follow(read: Read, at: int, size: int, order: str = "<") -> bool:
    """Whether nothing but chunks follows `at`, none of which continues the sound."""
    for _ in range(CHUNKS_MAX):
        if size - at < 8:
            return True
        name, bytes_ = struct.unpack(f"{order}4sI", read(at, 8))
        if name in KNOWN:
            return True
        if name in JOINED or not _is_name(name) or at + 8 + bytes_ > size:
            return False
        at += 8 + bytes_ + bytes_ % 2
    return False


_INSPECTORS: dict[bytes, Callable[[Read, int, int], Header]] = {
    b"RIFF": _wav,
    b"RF64": _wav,
    b"BW64": _wav,
    b"riff": _wave64,
    b"FORM": _aiff,
    b".snd": _au,
    b"caff": _caf,
    b"OggS": _ogg,
}
