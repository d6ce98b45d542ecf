"""The encoder's output for the silence at the end of a 30 s window.

Whisper was trained on 30 s windows. A decoder often repeats the last sentence of a window that ends
with the speech. As in the page's models (models/README.md), windows are encoded little longer than
their speech, and the end of an encoded silent window is appended.
"""

from __future__ import annotations

import numpy as np
from earwitness.speech.whisper import SAMPLE_RATE_HZ, WINDOW_MAX_FRAMES, WINDOW_MAX_S

from earwitness_server.inference.mel import Floats

SILENT_FRAMES = 300
"""Six seconds of the encoder's output."""


def sound_then_silence() -> Floats:
    """Return a voice-like glide before silence; its level sets the spectrogram's floor."""
    time = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 200 + 60 * np.sin(2 * np.pi * 3 * time)
    loudness = 0.1 * (1 + np.sin(2 * np.pi * 4 * time))
    audio = np.zeros(round(WINDOW_MAX_S * SAMPLE_RATE_HZ), np.float32)
    start = SAMPLE_RATE_HZ // 2
    audio[start : start + len(time)] = loudness * np.sin(2 * np.pi * pitch_hz * time)
    return audio


def with_silence(encoded: Floats, silence: Floats) -> Floats:
    """Return `encoded` [rows, frames, d] with `silence` [frames, d] appended up to 30 s.

    A full window is returned unchanged.
    """
    room = min(len(silence), WINDOW_MAX_FRAMES - encoded.shape[1])
    end = np.broadcast_to(silence[len(silence) - room :], (len(encoded), room, encoded.shape[2]))
    return np.concatenate([encoded, end], axis=1) if room > 0 else encoded
