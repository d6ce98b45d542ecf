"""The decoding process: reads a media file, writes 16 kHz mono float32 to standard output.

It runs as a script, isolated from the server's settings, because the file comes from a stranger,
and limits itself before it opens anything. On standard error it writes JSON lines:
`{"duration_s", "tracks", "channels"}` once the file is open, `{"is_cut_off"}` at its end, or
`{"error", "hint", "detail"}`.

Arguments: path, format to try for unidentified content (empty: none), audio track, longest duration
in seconds, memory in bytes, CPU time in seconds, and optionally the channel to write, from 0.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if __name__ == "__main__":  # Run by path: neither package nor environment are known.
    sys.path.insert(0, str(Path(__file__).parents[2]))

from earwitness_server.media.clock import Clock, is_cut_off, start_of
from earwitness_server.media.container import (
    ESTIMATED,
    PatchedFile,
    is_decodable,
    mp3_tells_length,
    open_container,
    seconds,
    stated_length_s,
    streams_to_read,
    track_name,
    tracks_of,
    undecodable_codec,
)
from earwitness_server.media.headers import inspect
from earwitness_server.media.refusals import RefusedError, too_long
from earwitness_server.media.samples import RATE_HZ, Line, mono_of

if TYPE_CHECKING:
    from earwitness_server.media.mono import Sound


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Limit this process: memory, CPU time, no files to write, no further processes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    os.nice(5)


def decode(
    source: BinaryIO,
    named: str,
    track: int,
    longest_s: float,
    out: BinaryIO,
    channel: int | None = None,
) -> None:
    """Write the samples of one audio track: 0 is the default one, the others keep their order.

    `channel`: only this one of the track's channels; None: all, mixed.

    Raises:
        RefusedError: the file cannot be decoded.
    """
    import av

    def read(position: int, size: int) -> bytes:
        source.seek(position)
        return source.read(size)

    header = inspect(read, os.fstat(source.fileno()).st_size)
    tells_length = mp3_tells_length(read)
    file: Any = PatchedFile(source, header.repaired, header.replaced) if header.repaired else source
    try:
        container = open_container(file)
    except RefusedError:
        # A name may be wrong, a header is not: the header comes first.
        if not named:
            raise
        container = open_container(file, named)
    streams = tracks_of(container)
    if not streams:
        raise RefusedError("This file has no sound.", "Choose a file with an audio track.")
    if not 0 <= track < len(streams):
        raise RefusedError(
            f"This file has no audio track {track + 1}.",
            f"It has {len(streams)}: choose one of them (audio_track counts from 0).",
        )
    stream = streams[track]
    if not is_decodable(stream):
        raise RefusedError(
            f"This server cannot decode the file's audio{undecodable_codec(container, stream)}.",
            "Convert it to MP3, M4A, Opus, FLAC or WAV.",
        )
    duration_s = float(container.duration / av.time_base) if container.duration else 0.0
    name = container.format.name
    is_estimated = name in ESTIMATED or (name == "mp3" and not tells_length)
    if duration_s > longest_s and not is_estimated:
        raise too_long(longest_s)
    names = [track_name(each) for each in streams]
    channels = stream.codec_context.layout.nb_channels
    tell({"duration_s": duration_s, "tracks": names, "channels": channels})
    promised_s = None if is_estimated else stated_length_s(stream, duration_s)
    ends_early = _decode_track(container, stream, promised_s, longest_s, out, channel)
    tell({"is_cut_off": ends_early or header.missing})


def _decode_track(
    container: Any,
    stream: Any,
    promised_s: float | None,
    longest_s: float,
    out: BinaryIO,
    channel: int | None,
) -> bool:
    """Write a track's samples; return whether the file ends before it should."""
    import av

    name = container.format.name
    codec = stream.codec_context.codec.canonical_name
    earliest_s = seconds(container.start_time, av.time_base)
    clock_zero_s = start_of(name, codec, earliest_s, stream.rate or RATE_HZ)
    line = Line(Clock(name), out.write, longest_s)
    seen = _Seen()
    edit_end_s = promised_s if name.startswith("mov") else None
    frames = _frames(container, stream, clock_zero_s, seen)
    for mono, rate_hz, at_s in _pieces(frames, clock_zero_s, edit_end_s, channel):
        line.add(mono, rate_hz, at_s)
    line.finish()
    if line.samples == 0:
        raise RefusedError(
            "This file has no sound that can be decoded.",
            "The file may be damaged or empty: try a fresh copy.",
            seen.damage,
        )
    if promised_s is None:
        return seen.broken
    return seen.broken or is_cut_off(promised_s, max(seen.reaches_s, line.samples / RATE_HZ))


@dataclass
class _Seen:
    """What reading a file has shown so far."""

    reaches_s: float = 0.0
    """The latest end of a packet, of any stream that is read."""
    damage: str = ""
    """FFmpeg's word for the last data that cannot be decoded."""
    broken: bool = False
    """Whether the file cannot be read further."""


def _frames(container: Any, stream: Any, clock_zero_s: float, seen: _Seen) -> Iterator[Any]:
    """Yield the stream's frames; packets that cannot be decoded are left out."""
    import av.error

    try:
        for packet in container.demux(*streams_to_read(container, stream)):
            if packet.pts is not None and packet.time_base:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base
                seen.reaches_s = max(seen.reaches_s, float(end) - clock_zero_s)
            if packet.stream.index != stream.index:
                continue
            try:
                yield from packet.decode()
            except av.error.InvalidDataError as error:
                seen.damage = error.strerror or ""
    except av.error.InvalidDataError as error:
        seen.damage, seen.broken = error.strerror or "", True


def _pieces(
    frames: Iterator[Any], clock_zero_s: float, edit_end_s: float | None, channel: int | None
) -> Iterator[tuple[Sound, int, float | None]]:
    """Yield samples, rate and time of each frame, without what lies behind an edit's end.

    An edit may end inside a frame. If more frames follow, the length was wrong, and the rest of
    that frame is part of the sound.
    """
    rest: tuple[Sound, int, float | None] | None = None
    for frame in frames:
        if rest is not None:
            yield rest
            rest = None
        mono, rate_hz, at_s = mono_of(frame, clock_zero_s, channel)
        if edit_end_s is not None and at_s is not None:
            keep = round((edit_end_s - at_s) * rate_hz)
            if 0 < keep < len(mono):
                rest = mono[keep:], rate_hz, at_s + keep / rate_hz
                mono = mono[:keep]
        yield mono, rate_hz, at_s


def tell(line: dict[str, Any]) -> None:
    """Write one JSON line for the parent process."""
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def main() -> int:
    """Decode as the arguments say; return the exit status, 0 on success."""
    path, named, track, longest_s, memory_bytes, cpu_s = sys.argv[1:7]
    channel = int(sys.argv[7]) if len(sys.argv) > 7 else None
    try:
        with open(path, "rb") as source:
            limit(int(memory_bytes), int(cpu_s))
            if not os.fstat(source.fileno()).st_size:
                raise RefusedError("The file is empty.", "Choose a file with a recording.")
            decode(source, named, int(track), float(longest_s), sys.stdout.buffer, channel)
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
