"""While work is under way, the device stays awake and the tab asks before it closes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from earwitness.library.ports import Host


class WakeLock:
    """Held as long as there is any reason to hold it."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reasons: set[str] = set()

    def set(self, reason: str, on: bool) -> None:
        """Add or remove a reason."""
        (self._reasons.add if on else self._reasons.discard)(reason)
        self._host.wake_lock(bool(self._reasons))

    @contextmanager
    def hold(self, reason: str) -> Generator[None]:
        """Hold it for a block."""
        self.set(reason, True)
        try:
            yield
        finally:
            self.set(reason, False)
