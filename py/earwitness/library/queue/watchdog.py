"""Finds an engine that hangs: it is there, but has sent no event for too long.

An engine that is asked to pause gets less time, whatever it sends: the user waits for the device.

Silence is counted in checks, not read from a clock: a device that slept, or a tab that was frozen,
must not cost a healthy engine its life.
"""

from __future__ import annotations

from typing import Literal

from earwitness.domain.estimate import Speeds

CHECK_S = 1.0
"""Between two calls of `Watchdog.check`."""
START_S = 120.0
"""For starting Python and compiling a model, on the slowest device."""
BYTES_PER_S = 1_000_000
"""A model is read and prepared faster than this. While it is fetched, it sends its progress."""
COMPUTATION_S = 720.0
"""Audio of the longest computation without an event: four windows, six times as slow as usual."""
PAUSE_S = 3.0
"""For the batch in flight when the user pauses. Later the job goes on from what is saved."""
SKIP_SHARE = 0.1
"""Decoding what a resumed run already has takes less than this share of its length."""
Verdict = Literal["well", "hung", "late"]
"""`hung`: silent for too long; `late`: asked to pause, and still at work."""


def patience_s(speeds: Speeds, model: str, model_bytes: int, skip_s: float) -> float:
    """Return how long an engine may be silent: longer for large models, slow devices, late resumes.

    Args:
        speeds: what was measured on this device.
        model: the model at work, of `model_bytes`.
        skip_s: seconds of the recording that the run decodes only to get past them.
    """
    compute_s = COMPUTATION_S * speeds.cautious_factor(model)
    return START_S + model_bytes / BYTES_PER_S + compute_s + SKIP_SHARE * skip_s


class Watchdog:
    """Counts how long the engine has sent no event while it has one job."""

    def __init__(self, patience_s: float) -> None:
        """`patience_s`: how long the engine may be silent."""
        self._patience_s = patience_s
        self._silent_s = 0.0
        self._pausing_s: float | None = None

    def pause(self) -> None:
        """Count the time that the engine takes to pause."""
        if self._pausing_s is None:
            self._pausing_s = 0.0

    def reset(self) -> None:
        """Start counting anew: the engine has sent an event."""
        self._silent_s = 0.0

    def check(self) -> Verdict:
        """Count another `CHECK_S`; return what they say about the engine."""
        self._silent_s += CHECK_S
        if self._pausing_s is not None:
            self._pausing_s += CHECK_S
            return "late" if self._pausing_s > PAUSE_S else "well"
        return "hung" if self._silent_s > self._patience_s else "well"
