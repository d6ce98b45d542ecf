"""Constants of Silero's voice activity detector at 16 kHz."""

from __future__ import annotations

from earwitness.speech.whisper import SAMPLE_RATE_HZ

VAD_FRAME_SAMPLES = 512
"""Samples for each probability: 32 ms."""
VAD_FRAME_S = VAD_FRAME_SAMPLES / SAMPLE_RATE_HZ
VAD_CONTEXT_SAMPLES = 64
"""Samples of the frame before that the detector is given with each frame."""
VAD_STATE_SIZE = 128
VAD_WARM_UP_SAMPLES = 32 * VAD_FRAME_SAMPLES
"""A recurrent detector first hears this much of the audio backwards, then the audio itself."""
