"""A media file opened with FFmpeg: its container, audio tracks, and the lengths that it states."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from typing import Any, BinaryIO

from earwitness_server.media.headers import behind_id3
from earwitness_server.media.refusals import RefusedError

FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,dtshd,dv,eac3,flac,flv,g722,g726,"
    "g723_1,gsm,iff,loas,matroska,mlp,mov,mp3,mpeg,mpegts,mxf,nistsphere,ogg,rm,tak,truehd,tta,voc,"
    "w64,wav,webm,wtv,wv"
)
"""Containers of one file, without playlists and scripts, which name other files.

The page's decoder (web/vendor/ffmpeg-audio) is built with the same ones.
"""
ESTIMATED = ("aac", "ac3", "dts", "eac3", "loas", "mlp", "mpeg", "mpegts", "truehd")
"""Containers without a length: FFmpeg estimates it."""
MP3_HEAD_BYTES = 4096


def open_container(source: Any, format: str | None = None) -> Any:
    """Return the file as a container of PyAV, of that format if one is named.

    Raises:
        RefusedError: it is none of `FORMATS`.
    """
    import av
    import av.error

    options = {"protocol_whitelist": "pipe", "format_whitelist": FORMATS}
    source.seek(0)
    try:
        return av.open(source, format=format, options=options)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise RefusedError(
            "This file is not a recording that can be read.",
            "Check that the file plays elsewhere, or convert it to WAV, FLAC, MP3 or Opus.",
            getattr(error, "strerror", None) or type(error).__name__,
        ) from error


class PatchedFile(io.RawIOBase):
    """A file with another header in the place of its first bytes."""

    def __init__(self, file: BinaryIO, head: bytes, replaced: int) -> None:
        self._file = file
        self._head = head
        self._shift = len(head) - replaced
        self._size = os.fstat(file.fileno()).st_size + self._shift
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position; return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return bytes from the position on."""
        end = self._size if size < 0 else self._at + size
        head = self._head[self._at : end]
        start = max(self._at, len(self._head))
        self._file.seek(start - self._shift)
        data = head + (self._file.read(end - start) if end > start else b"")
        self._at += len(data)
        return data


def tracks_of(container: Any) -> list[Any]:
    """Return the audio streams: the default one first, the others in the file's order."""
    streams = list(container.streams.audio)
    marked = [each for each in streams if each.disposition & each.disposition.default]
    usable = [each for each in [*marked, *streams] if is_decodable(each)]
    main = (usable or streams)[:1]
    return [*main, *(each for each in streams if each not in main)]


def is_decodable(stream: Any) -> bool:
    """Whether FFmpeg has a decoder for the stream."""
    return stream.codec_context is not None


def undecodable_codec(container: Any, stream: Any) -> str:
    """Return the name of a codec without a decoder, in brackets; empty if FFmpeg has none."""
    import av.logging

    av.logging.set_level(av.logging.INFO)  # At others FFmpeg describes nothing.
    pattern = rf"Stream #0:{stream.index}\b.*?: Audio: (\w+)"
    found = re.search(pattern, container.dumps_format())
    av.logging.set_level(None)
    return f" ({found[1]})" if found and found[1] != "none" else ""


def track_name(stream: Any) -> str:
    """Return the title and language of a track, for people to choose by; empty if it has none."""
    language = stream.metadata.get("language", "")
    return " ".join(part for part in (stream.metadata.get("title", ""), language) if part)[:80]


def streams_to_read(container: Any, stream: Any) -> list[Any]:
    """Return the streams to read.

    The others tell how far the file reaches, because a picture may outlast the sound. In MP4 every
    track tells its own length, and the picture need not be read.
    """
    own_length = container.format.name.startswith("mov")
    return [stream] if own_length else list(container.streams)


def mp3_tells_length(read: Callable[[int, int], bytes]) -> bool:
    """Whether an MP3's first frame has the signs of an encoder, which writes the length there."""
    start = behind_id3(read)
    head = read(start, MP3_HEAD_BYTES)
    return any(sign in head for sign in (b"Xing", b"Info", b"VBRI"))


def stated_length_s(stream: Any, duration_s: float) -> float | None:
    """Return the length that the stream states, or else the container; None where neither does."""
    own_s = seconds(stream.duration, 1 / stream.time_base) if stream.time_base else None
    return own_s or duration_s or None


def seconds(value: int | None, per_second: Any) -> float | None:
    """Return a time of FFmpeg in seconds."""
    return None if value is None else float(value / per_second)
