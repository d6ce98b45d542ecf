"""While something is under way the device stays awake and the tab asks before it closes."""

from __future__ import annotations

from earwitness.library.ports import Host


class Awake:
    """Counts the reasons."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reasons: set[str] = set()

    def hold(self, reason: str, on: bool) -> None:
        """Keep the device awake and the tab open as long as any reason holds."""
        (self._reasons.add if on else self._reasons.discard)(reason)
        self._host.wake_lock(bool(self._reasons))
        self._host.saving(bool(self._reasons))
