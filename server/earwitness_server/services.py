"""What routes work with, opened once when the process starts."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from earwitness_server.drain import Drain
from earwitness_server.jobs.desk import Desk
from earwitness_server.jobs.watch import Watch
from earwitness_server.offer import Offer
from earwitness_server.places import Places
from earwitness_server.search.follow import Search
from earwitness_server.settings import Settings
from earwitness_server.storage.allowance import Allowance
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import Keys
from earwitness_server.storage.library import Library
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.uploads import Uploads
from earwitness_server.temporary import Temporary


@dataclass(frozen=True, slots=True)
class Services:
    """Everything but the engine, which only some processes have."""

    settings: Settings
    drain: Drain
    offer: Offer
    database: Database
    keys: Keys
    library: Library
    queue: Queue
    objects: Objects
    uploads: Uploads
    desk: Desk
    watch: Watch
    search: Search
    temporary: Temporary
    places: Places
    allowance: Allowance


def services_of(request: Request) -> Services:
    """Those of the application that a request came to."""
    services: Services = request.app.state.services
    return services
