"""Whisper's constants: what every model of the family shares."""

from __future__ import annotations

from earwitness.engine_messages import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ

HOP_SAMPLES = 160
"""Samples between two columns of the spectrogram: 10 ms."""
FRAME_SAMPLES = 2 * HOP_SAMPLES
"""Samples in one frame of the encoder: 20 ms."""
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
TIMESTAMP_STEP_S = FRAME_S
"""Time between two timestamp tokens."""
WINDOW_MAX_S = 30.0
"""The longest window."""
WINDOW_MAX_FRAMES = round(WINDOW_MAX_S / FRAME_S)
"""Encoder frames in the longest window: 1500."""
