"""The decoding process: reads a media file, writes 16 kHz mono float32 to standard output.

It runs as a script, isolated from the server's settings, because the file comes from a stranger,
and limits itself before it opens anything. On standard error it writes JSON lines:
`{"duration_s", "tracks"}` once the file is open, `{"is_cut_off"}` at its end, or
`{"error", "hint", "detail"}`.

Arguments: path, format to try for unidentified content (empty: none), audio track, longest duration
in seconds, memory in bytes, CPU time in seconds.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if __name__ == "__main__":  # Run by path: neither package nor environment are known.
    sys.path.insert(0, str(Path(__file__).parents[2]))

from earwitness_server.media.clock import Clock, is_cut_off, start_of
from earwitness_server.media.headers import behind_id3, inspect

if TYPE_CHECKING:
    from earwitness_server.media.mono import Sound

RATE_HZ = 16_000
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
PLANES_MAX = 8
"""PyAV 18.1 crashes when it reads a frame with this many planes."""
BLOCK_S = 1
"""Samples are resampled in blocks of about this length."""


class RefusedError(Exception):
    """The file cannot be decoded, for a reason that its sender can understand."""

    def __init__(self, error: str, hint: str, detail: str = "") -> None:
        super().__init__(error)
        self.line = {"error": error, "hint": hint, "detail": detail}


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


class Resampler:
    """One stream of mono samples, resampled to `RATE_HZ` in blocks."""

    def __init__(self, rate_hz: int) -> None:
        import av.audio.resampler

        self._rate_hz = rate_hz
        self._resampler = av.audio.resampler.AudioResampler("flt", "mono", RATE_HZ)
        self._waiting: list[Sound] = []
        self._count = 0

    def push(self, samples: Sound) -> Iterator[bytes]:
        """Yield what can be told by now."""
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count >= BLOCK_S * self._rate_hz:
            yield from self._flush()

    def finish(self) -> Iterator[bytes]:
        """Yield the rest."""
        yield from self._flush()
        yield from self._resample(None)

    def _flush(self) -> Iterator[bytes]:
        import av
        import numpy as np

        if self._count:
            block = np.concatenate(self._waiting)
            self._waiting, self._count = [], 0
            frame = av.AudioFrame.from_ndarray(block[None], "flt", "mono")
            frame.sample_rate = self._rate_hz
            yield from self._resample(frame)

    def _resample(self, frame: Any) -> Iterator[bytes]:
        for each in self._resampler.resample(frame):
            yield bytes(each.planes[0])[: each.samples * 4]


class Line:
    """The recording's line of samples: places decoded pieces on it, and writes it out."""

    def __init__(self, clock: Clock, write: Callable[[bytes], object], longest_s: float) -> None:
        self._clock = clock
        self._write = write
        self._longest_s = longest_s
        self._resampler: Resampler | None = None
        self._rate_hz = 0
        self.samples = 0
        """Samples written so far, at `RATE_HZ`."""

    def add(self, mono: Sound, rate_hz: int, at_s: float | None) -> None:
        """Append a piece.

        Raises:
            RefusedError: the line is too long.
        """
        import numpy as np

        if rate_hz != self._rate_hz or self._resampler is None:
            self.finish()
            self._resampler, self._rate_hz = Resampler(rate_hz), rate_hz
        place = self._clock.place(len(mono), rate_hz, at_s)
        if self._clock.end_s > self._longest_s:
            raise _too_long(self._longest_s)
        left = place.silence
        while left > 0:
            piece = min(left, rate_hz)
            self._out(self._resampler.push(np.zeros(piece, np.float32)))
            left -= piece
        if place.cut < len(mono):
            self._out(self._resampler.push(mono[place.cut :]))

    def finish(self) -> None:
        """Write what the resampler still holds."""
        if self._resampler is not None:
            self._out(self._resampler.finish())
            self._resampler = None

    def _out(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self._write(piece)
            self.samples += len(piece) // 4


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Limit this process: memory, CPU time, no files to write, no further processes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    os.nice(5)


def decode(source: BinaryIO, named: str, track: int, longest_s: float, out: BinaryIO) -> None:
    """Write the samples of one audio track: 0 is the default one, the others keep their order.

    Raises:
        RefusedError: the file cannot be decoded.
    """
    import av

    def read(position: int, size: int) -> bytes:
        source.seek(position)
        return source.read(size)

    header = inspect(read, os.fstat(source.fileno()).st_size)
    tells_length = _mp3_tells_length(read)
    file: Any = PatchedFile(source, header.repaired, header.replaced) if header.repaired else source
    try:
        container = _open(file)
    except RefusedError:
        # A name may be wrong, a header is not: the header comes first.
        if not named:
            raise
        container = _open(file, named)
    streams = tracks_of(container)
    if not streams:
        raise RefusedError("This file has no sound.", "Choose a file with an audio track.")
    if not 0 <= track < len(streams):
        raise RefusedError(
            f"This file has no audio track {track + 1}.",
            f"It has {len(streams)}: choose one of them (audio_track counts from 0).",
        )
    stream = streams[track]
    if not _is_decodable(stream):
        raise RefusedError(
            f"This server cannot decode the file's audio{_undecodable(container, stream)}.",
            "Convert it to MP3, M4A, Opus, FLAC or WAV.",
        )
    duration_s = float(container.duration / av.time_base) if container.duration else 0.0
    name = container.format.name
    is_estimated = name in ESTIMATED or (name == "mp3" and not tells_length)
    if duration_s > longest_s and not is_estimated:
        raise _too_long(longest_s)
    tell({"duration_s": duration_s, "tracks": [_track_name(each) for each in streams]})
    promised_s = None if is_estimated else _promised_s(stream, duration_s)
    ends_early = _decode_track(container, stream, promised_s, longest_s, out)
    tell({"is_cut_off": ends_early or header.missing})


def _decode_track(
    container: Any, stream: Any, promised_s: float | None, longest_s: float, out: BinaryIO
) -> bool:
    """Write a track's samples; return whether the file ends before it should."""
    import av
    import av.error

    name = container.format.name
    codec = stream.codec_context.codec.canonical_name
    earliest_s = _seconds(container.start_time, av.time_base)
    clock_zero_s = start_of(name, codec, earliest_s, stream.rate or RATE_HZ)
    line = Line(Clock(name), out.write, longest_s)
    reaches_s, damage, broken = 0.0, "", False
    pending: tuple[Sound, int, float | None] | None = None
    limit_s = promised_s if name.startswith("mov") else None
    try:
        for packet in container.demux(*_needed(container, stream)):
            if packet.pts is not None and packet.time_base:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base
                reaches_s = max(reaches_s, float(end) - clock_zero_s)
            if packet.stream.index != stream.index:
                continue
            try:
                frames = packet.decode()
            except av.error.InvalidDataError as error:
                damage = error.strerror or ""
                continue
            for frame in frames:
                mono, rate_hz, at_s = _piece(frame, clock_zero_s)
                if pending is not None:
                    line.add(*pending)
                    pending = None
                if limit_s is not None and at_s is not None:
                    # An edit may end inside a frame. More frames mean that the length was wrong.
                    keep = round((limit_s - at_s) * rate_hz)
                    if 0 < keep < len(mono):
                        pending = mono[keep:], rate_hz, at_s + keep / rate_hz
                        mono = mono[:keep]
                line.add(mono, rate_hz, at_s)
    except av.error.InvalidDataError as error:
        damage, broken = error.strerror or "", True
    line.finish()
    if line.samples == 0:
        raise RefusedError(
            "This file has no sound that can be decoded.",
            "The file may be damaged or empty: try a fresh copy.",
            damage,
        )
    if promised_s is None:
        return broken
    return broken or is_cut_off(promised_s, max(reaches_s, line.samples / RATE_HZ))


def _piece(frame: Any, clock_zero_s: float) -> tuple[Sound, int, float | None]:
    """Return a frame's mono samples, their rate and time."""
    from earwitness_server.media.mono import mix

    places = [channel.name for channel in frame.layout.channels]
    at_s = None if frame.pts is None else float(frame.pts * frame.time_base) - clock_zero_s
    return mix(_planes(frame), places), frame.sample_rate, at_s


def _planes(frame: Any) -> Sound:
    """Return a frame's samples, shape [channels, samples]; what is no number is silence."""
    import av
    import numpy as np

    channels = frame.layout.nb_channels
    if frame.format.is_planar and channels >= PLANES_MAX:
        packed = av.AudioResampler(frame.format.packed.name, frame.layout.name, frame.sample_rate)
        (frame,) = packed.resample(frame)
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, channels).T
    if values.dtype == np.uint8:
        planes = (values.astype(np.float32) - 128) / 128
    elif values.dtype.kind == "i":
        planes = (values / float(1 << 8 * values.dtype.itemsize - 1)).astype(np.float32)
    else:
        planes = values.astype(np.float32)
        if not np.isfinite(planes).all():
            planes = np.where(np.isfinite(planes), planes, np.float32(0))
    return np.ascontiguousarray(planes)


def _needed(container: Any, stream: Any) -> list[Any]:
    """Return the streams to read.

    The others tell how far the file reaches, because a picture may outlast the sound. In MP4 every
    track tells its own length, and the picture need not be read.
    """
    own_length = container.format.name.startswith("mov")
    return [stream] if own_length else list(container.streams)


def tracks_of(container: Any) -> list[Any]:
    """Return the audio streams: the default one first, the others in the file's order."""
    streams = list(container.streams.audio)
    marked = [each for each in streams if each.disposition & each.disposition.default]
    usable = [each for each in [*marked, *streams] if _is_decodable(each)]
    main = (usable or streams)[:1]
    return [*main, *(each for each in streams if each not in main)]


def _is_decodable(stream: Any) -> bool:
    return stream.codec_context is not None


def _undecodable(container: Any, stream: Any) -> str:
    """Return the name of a codec without a decoder, in brackets; empty if FFmpeg has none."""
    import av.logging

    av.logging.set_level(av.logging.INFO)  # At others FFmpeg describes nothing.
    pattern = rf"Stream #0:{stream.index}\b.*?: Audio: (\w+)"
    found = re.search(pattern, container.dumps_format())
    av.logging.set_level(None)
    return f" ({found[1]})" if found and found[1] != "none" else ""


def _mp3_tells_length(read: Callable[[int, int], bytes]) -> bool:
    """Whether an MP3's first frame has the signs of an encoder, which writes the length there."""
    start = behind_id3(read)
    head = read(start, MP3_HEAD_BYTES)
    return any(sign in head for sign in (b"Xing", b"Info", b"VBRI"))


def _promised_s(stream: Any, duration_s: float) -> float | None:
    own_s = _seconds(stream.duration, 1 / stream.time_base) if stream.time_base else None
    return own_s or duration_s or None


def _seconds(value: int | None, per_second: Any) -> float | None:
    return None if value is None else float(value / per_second)


def _open(source: Any, format: str | None = None) -> Any:
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


def _track_name(stream: Any) -> str:
    language = stream.metadata.get("language", "")
    return " ".join(part for part in (stream.metadata.get("title", ""), language) if part)[:80]


def _too_long(longest_s: float) -> RefusedError:
    return RefusedError(
        f"This recording is longer than the limit of {longest_s / 3600:g} hours.",
        "Cut it into shorter parts, or ask the operator to raise the limit.",
    )


def tell(line: dict[str, Any]) -> None:
    """Write one JSON line for the parent process."""
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def main() -> int:
    """Decode as the arguments say; return the exit status, 0 on success."""
    path, named, track, longest_s, memory_bytes, cpu_s = sys.argv[1:7]
    try:
        with open(path, "rb") as source:
            limit(int(memory_bytes), int(cpu_s))
            if not os.fstat(source.fileno()).st_size:
                raise RefusedError("The file is empty.", "Choose a file with a recording.")
            decode(source, named, int(track), float(longest_s), sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except RefusedError as refused:
        tell(refused.line)
        return 3
    except MemoryError:
        tell({"error": "This recording needs more memory to decode than this server allows.",
              "hint": "Convert it to WAV or FLAC at 48 kHz or less.", "detail": ""})  # fmt: skip
        return 3
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        tell({"error": "The recording can be decoded only in part.",
              "hint": "The file may be damaged: try a fresh copy, or convert it to WAV.",
              "detail": f"{type(error).__name__}: {error}"[:500]})  # fmt: skip
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
