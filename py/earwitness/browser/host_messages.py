"""Names of the messages between the library worker and the page that leads it.

A message is an object with its name as `host`, and the fields of that name.
"""

from __future__ import annotations

from typing import Literal

HostCall = Literal["start-engine", "stop-engine", "wake-lock", "persist"]
"""From the library worker to the page."""
HostNotice = Literal["engine-port", "engine-lost", "persisted", "online"]
"""To the library worker, from the page or from the worker's own shim."""
