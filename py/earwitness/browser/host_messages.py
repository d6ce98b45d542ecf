"""Names of the messages between the library worker and the page that leads it.

Each is an object whose `host` is one of these names, beside the fields that the name needs.
"""

from __future__ import annotations

from typing import Literal

HostCall = Literal["start-engine", "stop-engine", "wake-lock", "saving", "persist"]
"""From the library worker to the page."""
HostNotice = Literal["engine-port", "engine-lost", "persisted", "online"]
"""To the library worker, from the page or from the worker's own shim."""
