"""What routes work with, opened once when the process starts."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from earwitness_server.http.drain import Drain
from earwitness_server.inference.admission import Admission
from earwitness_server.inference.model_registry import ModelRegistry
from earwitness_server.jobs.progress import ProgressFeed
from earwitness_server.jobs.workflow_client import WorkflowClient
from earwitness_server.search.index_sync import Search
from earwitness_server.settings import Settings
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import Keys
from earwitness_server.storage.library import Library
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.quotas import Quotas
from earwitness_server.storage.temporary import TemporaryFiles
from earwitness_server.storage.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Services:
    """Everything but the engine, which only some processes have."""

    settings: Settings
    drain: Drain
    registry: ModelRegistry
    database: Database
    keys: Keys
    library: Library
    queue: Queue
    objects: Objects
    uploads: Uploads
    workflows: WorkflowClient
    progress: ProgressFeed
    search: Search
    temporary: TemporaryFiles
    places: Admission
    quotas: Quotas


def services_of(request: Request) -> Services:
    """Those of the application that a request came to."""
    services: Services = request.app.state.services
    return services
