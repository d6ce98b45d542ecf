"""What the encoder makes of the silence at the end of a 30 s window.

Whisper was trained on 30 s windows, and a decoder that is shown a window that ends with the speech
often cannot stop: it says the sentence again. As in the page's models (models/README.md), windows
are encoded little longer than their speech, and the end of a silent window is put behind that.
"""

from __future__ import annotations

import numpy as np
from earwitness.speech.whisper import SAMPLE_RATE_HZ, WINDOW_MAX_FRAMES, WINDOW_MAX_S

from earwitness_server.inference.mel import Floats

SILENT_FRAMES = 300
"""Six seconds of the encoder's output."""


def sound_then_silence() -> Floats:
    """A voice-like glide: the spectrogram's floor hangs on the loudest sound of its window."""
    time = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 200 + 60 * np.sin(2 * np.pi * 3 * time)
    loudness = 0.1 * (1 + np.sin(2 * np.pi * 4 * time))
    audio = np.zeros(round(WINDOW_MAX_S * SAMPLE_RATE_HZ), np.float32)
    start = SAMPLE_RATE_HZ // 2
    audio[start : start + len(time)] = loudness * np.sin(2 * np.pi * pitch_hz * time)
    return audio


def ended(encoded: Floats, silence: Floats) -> Floats:
    """Append as much of `silence` [frames, d] to `encoded` [rows, frames, d] as 30 s have room for.

    A full window stays exactly Whisper's.
    """
    room = min(len(silence), WINDOW_MAX_FRAMES - encoded.shape[1])
    end = np.broadcast_to(silence[len(silence) - room :], (len(encoded), room, encoded.shape[2]))
    return np.concatenate([encoded, end], axis=1) if room > 0 else encoded
