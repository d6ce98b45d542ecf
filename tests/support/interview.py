"""A recording of two voices, joined from the clips of the corpus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.conftest import Clip
from tests.support.recordings import Track, load, save

SECOND_FROM_S, SECOND_UNTIL_S = 22.0, 37.5
"""One woman speaks before and after this time, another one within it."""

TELEPHONE_SECOND_FROM_S, TELEPHONE_SECOND_UNTIL_S = 18.0, 33.5
"""On the telephone the second voice begins before the first one ends."""
TELEPHONE_LEAK = 0.1
"""How loud each voice is in the other's channel."""


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


def telephone(folder: Path, clips: Mapping[str, Clip]) -> Path:
    """Write a call into a folder, one voice a channel; return its path."""
    tracks = [load(clips[id_].path) for id_ in ("en-echotest", "ru-connection", "en-connection")]
    rate_hz = tracks[0].rate_hz
    starts = [0, round(TELEPHONE_SECOND_FROM_S * rate_hz)]
    starts.append(starts[1] + tracks[1].sound.shape[1])
    sides = np.zeros((2, starts[2] + tracks[2].sound.shape[1]), np.float32)
    for track, start, side in zip(tracks, starts, (0, 1, 0), strict=True):
        sides[side, start : start + track.sound.shape[1]] = track.sound[0]
    mixed = (sides + TELEPHONE_LEAK * sides[::-1]).astype(np.float32)
    return save(folder / "call.wav", Track(mixed, rate_hz), codec="pcm_s16le", layout="stereo")


BOTH_SPEAK_FROM_S = 16.0
"""In the call in English the second voice begins here, in the first one's last sentence."""
DEEPER = 1.12
"""How much slower the second voice's clip is played: the corpus has one English voice."""


def call_in_english(folder: Path, clips: Mapping[str, Clip]) -> Path:
    """Write a call into a folder, one voice a channel, twice both at once; return its path."""
    tracks = [load(clips[id_].path) for id_ in ("en-echotest", "en-connection", "en-instructions")]
    rate_hz = tracks[0].rate_hz
    first, second, third = (track.sound[0] for track in tracks)
    places = np.arange(round(len(second) * DEEPER)) / DEEPER
    second = np.interp(places, np.arange(len(second)), second).astype(np.float32)
    third = third[: 25 * rate_hz]
    starts = [0, round(BOTH_SPEAK_FROM_S * rate_hz)]
    starts.append(starts[1] + len(second) - 2 * rate_hz)
    sides = np.zeros((2, starts[2] + len(third)), np.float32)
    for sound, start, side in zip((first, second, third), starts, (0, 1, 0), strict=True):
        sides[side, start : start + len(sound)] = sound
    mixed = (sides + TELEPHONE_LEAK * sides[::-1]).astype(np.float32)
    return save(folder / "english.wav", Track(mixed, rate_hz), codec="pcm_s16le", layout="stereo")
