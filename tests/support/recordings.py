"""Recordings in the formats people have, made when a test needs them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
"""[channels, samples] in [-1, 1]."""

FRAME_MAX_S = 600
"""FFmpeg takes no frame of many hours."""


@dataclass(frozen=True)
class Track:
    """One audio track of a file to be made."""

    sound: Sound
    rate_hz: int
    language: str = ""


def load(path: Path) -> Track:
    """A recording as it is, mixed to mono."""
    with av.open(str(path)) as file:
        rate_hz = file.streams.audio[0].rate
        resampler = av.AudioResampler("fltp", "mono", rate_hz)
        pieces = [
            piece.to_ndarray()
            for frame in file.decode(audio=0)
            for piece in resampler.resample(frame)
        ]
    return Track(np.concatenate(pieces, axis=1).astype(np.float32), rate_hz)


def save(
    path: Path,
    *tracks: Track,
    codec: str,
    rate_hz: int = 0,
    layout: str = "mono",
    picture: str = "",
    container: str | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode tracks into a file whose container the name tells; the path.

    Args:
        path: where.
        tracks: what; each with as many channels as `layout` has.
        codec: FFmpeg's name of the audio encoder.
        rate_hz: 0: the tracks' own.
        layout: FFmpeg's name of the channels.
        picture: FFmpeg's name of a video encoder, for a file with moving pictures.
        container: FFmpeg's name, where the file's does not tell it.
        options: the container's.
    """
    with av.open(str(path), "w", format=container, options=options or {}) as file:
        screen: Any = file.add_stream(picture, rate=5) if picture else None
        if screen is not None:
            screen.width, screen.height, screen.pix_fmt = 64, 48, "yuv420p"
        streams: list[Any] = []
        for track in tracks:
            stream: Any = file.add_stream(codec, rate=rate_hz or track.rate_hz)
            stream.layout = layout
            if track.language:
                stream.metadata["language"] = track.language
            streams.append(stream)
        for stream, track in zip(streams, tracks, strict=True):
            _encode(file, stream, track, layout)
        if screen is not None:
            longest_s = max(track.sound.shape[1] / track.rate_hz for track in tracks)
            for number in range(int(longest_s * 5)):
                grey = np.full((48, 64, 3), number * 7 % 255, np.uint8)
                file.mux(screen.encode(av.VideoFrame.from_ndarray(grey)))
            file.mux(screen.encode(None))
    return path


def _encode(file: Any, stream: Any, track: Track, layout: str) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, layout, stream.rate, context.frame_size or None)
    sound = np.ascontiguousarray(track.sound)
    step = FRAME_MAX_S * track.rate_hz
    for first in range(0, sound.shape[1], step):
        piece = np.ascontiguousarray(sound[:, first : first + step])
        frame: Any = av.AudioFrame.from_ndarray(piece, "fltp", layout)
        frame.rate, frame.pts, frame.time_base = track.rate_hz, first, Fraction(1, track.rate_hz)
        for part in resampler.resample(frame):
            file.mux(stream.encode(part))
    for part in resampler.resample(None):
        file.mux(stream.encode(part))
    file.mux(stream.encode(None))
