"""The state of the house in one message."""

from __future__ import annotations

from earwitness.library.ports import HostFacts
from earwitness.library.queue.local_executor import Runner
from earwitness.library.queue.placement import Choice
from earwitness.library.repository import Ledger
from earwitness.messages import ModelView, Status


def status_of(facts: HostFacts, ledger: Ledger, runner: Runner, choice: Choice) -> Status:
    """Everything the page shows about engine, storage, models, settings and server."""
    views = tuple(
        ModelView(
            model.id,
            model.title,
            model.bytes,
            model.multilingual,
            model.cached,
            ledger.speeds.measured(model.id),
        )
        for model in ledger.models.values()
    )
    return Status(
        stage="ready",
        engine=runner.engine,
        device=runner.device,
        threads=runner.threads,
        isolated=facts.isolated,
        persisted=facts.persisted,
        storage_used_bytes=facts.storage_used_bytes,
        storage_quota_bytes=facts.storage_quota_bytes,
        models=views,
        settings=ledger.settings,
        marks_ms=facts.marks_ms,
        version=facts.version,
        server=choice.view(),
    )
