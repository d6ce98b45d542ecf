"""A copy of a recording as a WAV file that is silent in some parts."""

from __future__ import annotations

import hashlib
import math
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from earwitness.speech.whisper import SAMPLE_RATE_HZ

from earwitness_server.media.source import DecodedAudio, DecodeLimits

_STEP = 30 * SAMPLE_RATE_HZ
_LOUDEST = 32_767


async def write_silenced(
    source: Path,
    target: Path,
    track: int,
    spans_s: Sequence[tuple[float, float]],
    limits: DecodeLimits,
    media_type: str,
) -> str:
    """Write one track, mixed to one channel, with silence in these parts; return its SHA-256.

    Raises:
        MediaError: the recording cannot be decoded.
    """
    audio = await DecodedAudio.open(source, track, limits, media_type)
    try:
        with wave.open(str(target), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SAMPLE_RATE_HZ)
            at = 0
            while len(samples := await audio.read(at, at + _STEP)):
                for start_s, end_s in spans_s:
                    first = math.floor(start_s * SAMPLE_RATE_HZ) - at
                    stop = math.ceil(end_s * SAMPLE_RATE_HZ) - at
                    samples[max(0, first) : max(0, stop)] = 0
                out.writeframes(np.round(samples * _LOUDEST).astype("<i2").tobytes())
                at += len(samples)
    finally:
        await audio.close()
    with target.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()
