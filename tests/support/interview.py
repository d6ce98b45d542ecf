"""A recording of two voices, joined from the clips of the corpus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.conftest import Clip
from tests.support.recordings import Track, load, save

SECOND_FROM_S, SECOND_UNTIL_S = 22.0, 37.5
"""One woman speaks before and after this time, another one within it."""


def two_voices(folder: Path, clips: Mapping[str, Clip]) -> Path:
    """Write the recording into a folder; return its path."""
    tracks = [load(clips[id_].path) for id_ in ("en-echotest", "ru-connection", "en-connection")]
    sound = np.concatenate([track.sound for track in tracks], axis=1)
    return save(folder / "interview.wav", Track(sound, tracks[0].rate_hz), codec="pcm_s16le")


def reference(folder: Path, clips: Mapping[str, Clip]) -> Path:
    """Write five seconds of the second voice into a folder; return the path."""
    track = load(clips["ru-connection"].path)
    part = Track(track.sound[:, 2 * track.rate_hz : 7 * track.rate_hz], track.rate_hz)
    return save(folder / "reference.wav", part, codec="pcm_s16le")
