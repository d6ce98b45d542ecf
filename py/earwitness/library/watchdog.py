"""Finds an engine that hangs: it is there, but nothing was heard of it for too long.

Silence is counted in checks, not read from a clock: a device that slept, or a tab that was frozen,
must not cost a healthy engine its life.
"""

from __future__ import annotations

from earwitness.library.estimate import Speeds

CHECK_S = 5.0
"""How often whoever runs the library is to call `Watchdog.check`."""
START_S = 120.0
"""For starting Python and compiling a model, on the slowest device."""
BYTES_PER_S = 1_000_000
"""A model is read and prepared faster than this; while it is fetched, its progress is heard."""
COMPUTATION_S = 720.0
"""Audio of the longest computation without a word: four windows, six times as slow as usual."""
SKIP_SHARE = 0.1
"""Decoding what a resumed run already has takes less than this share of its length."""


def patience_s(speeds: Speeds, model: str, model_bytes: int, skip_s: float) -> float:
    """How long an engine may be silent: longer for large models, slow devices and late resumes.

    Args:
        speeds: what was measured on this device.
        model: the one at work, of `model_bytes`.
        skip_s: seconds of the recording that the run decodes only to get past them.
    """
    compute_s = COMPUTATION_S * speeds.cautious_factor(model)
    return START_S + model_bytes / BYTES_PER_S + compute_s + SKIP_SHARE * skip_s


class Watchdog:
    """Counts how long the engine has said nothing while it has a job."""

    def __init__(self) -> None:
        self._patience_s = 0.0
        self._silent_s = 0.0

    def begin(self, patience_s: float) -> None:
        """A job begins."""
        self._patience_s = patience_s
        self._silent_s = 0.0

    def heard(self) -> None:
        """The engine said something."""
        self._silent_s = 0.0

    def check(self) -> bool:
        """Another `CHECK_S` are over; whether the engine has been silent for too long."""
        self._silent_s += CHECK_S
        return self._silent_s > self._patience_s
