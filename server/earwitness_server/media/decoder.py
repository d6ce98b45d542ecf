"""The decoding process: reads a media file, writes 16 kHz mono float32 to standard output.

It runs as a script, isolated from the server's modules, because the file comes from a stranger, and
limits itself before it opens anything. On standard error it writes JSON lines:
`{"duration_s", "tracks"}` once the file is open, or `{"error", "hint", "detail"}`.

Arguments: path, format to try for unidentified content (empty: none), audio track, longest duration
in seconds, memory in bytes, CPU time in seconds.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

RATE_HZ = 16_000
FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,g722,gsm,iff,matroska,mov,mp3,"
    "mpeg,mpegts,nistsphere,ogg,tak,tta,voc,w64,wav,webm,wv"
)
"""Containers of one file, without playlists and scripts, which name other files."""


class RefusedError(Exception):
    """The file cannot be decoded, for a reason that its sender can understand."""

    def __init__(self, error: str, hint: str, detail: str = "") -> None:
        super().__init__(error)
        self.line = {"error": error, "hint": hint, "detail": detail}


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Limit this process: memory, CPU time, no files to write, no further processes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    os.nice(5)


def decode(source: BinaryIO, named: str, track: int, longest_s: float, out: BinaryIO) -> None:
    """Write the samples of one audio track.

    Raises:
        RefusedError: the file cannot be decoded.
    """
    import av
    import av.audio.resampler
    import av.error

    try:
        container = _open(source)
    except RefusedError:
        # A name may be wrong, a header is not: the header comes first.
        if not named:
            raise
        container = _open(source, named)
    streams = container.streams.audio
    if not streams:
        raise RefusedError("This file has no sound.", "Choose a file with an audio track.")
    if not 0 <= track < len(streams):
        raise RefusedError(
            f"This file has no audio track {track + 1}.",
            f"It has {len(streams)}: choose one of them (audio_track counts from 0).",
        )
    duration_s = float(container.duration / av.time_base) if container.duration else 0.0
    if duration_s > longest_s:
        raise _too_long(longest_s)
    tell({"duration_s": duration_s, "tracks": [_track_name(each) for each in streams]})
    resampler = av.audio.resampler.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    written, most, damage = 0, int(longest_s * RATE_HZ), ""
    for packet in container.demux(streams[track]):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError as error:
            damage = error.strerror or ""
            continue
        for frame in frames:
            frame.pts = None
            written += _write(resampler.resample(frame), out)
        if written > most:
            raise _too_long(longest_s)
    written += _write(resampler.resample(None), out)
    if written == 0:
        raise RefusedError(
            "This file has no sound that can be decoded.",
            "The file may be damaged or empty: try a fresh copy.",
            damage,
        )


def _open(source: BinaryIO, format: str | None = None) -> Any:
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


def _write(frames: list[Any], out: BinaryIO) -> int:
    count = 0
    for frame in frames:
        out.write(bytes(frame.planes[0])[: frame.samples * 4])
        count += frame.samples
    return count


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
