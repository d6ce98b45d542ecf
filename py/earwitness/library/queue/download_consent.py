"""Before a model is fetched over a connection that counts bytes, the user is asked once."""

from __future__ import annotations

import dataclasses

from earwitness.domain.jobs import Job
from earwitness.errors import ErrorView
from earwitness.library.ports import Emit, HostFacts
from earwitness.library.repository import Ledger
from earwitness.messages import DownloadNeeded

_DECLINED = ErrorView(
    "ModelError",
    "The speech model was not downloaded.",
    "Resume when you want to download it, or choose a model that is already here.",
)


class Consent:
    """Remembers, until the tab is closed, what the user agreed to."""

    def __init__(self, ledger: Ledger, emit: Emit) -> None:
        self._ledger = ledger
        self._emit = emit
        self._approved: set[str] = set()
        self._asked: set[str] = set()

    def allowed(self, facts: HostFacts) -> set[str] | None:
        """Models that may be used without asking (None: all); asks for the one wanted next."""
        if not (facts.metered and self._ledger.settings.confirm_download):
            return None
        cached = {model.id for model in self._ledger.models.values() if model.cached}
        allowed = cached | self._approved
        job = self._ledger.next_job()
        if job is None or job.options.model in allowed:
            return allowed
        model = self._ledger.models.get(job.options.model)
        if model is None:
            return allowed | {job.options.model}  # Nobody knows its size: the engine will say.
        if model.id not in self._asked:
            self._asked.add(model.id)
            self._emit(DownloadNeeded(model.id, model.bytes, metered=True))
        return allowed

    def answered(self, model: str, approved: bool) -> list[Job]:
        """Take the answer in; the jobs that a refusal pauses, to be committed."""
        self._asked.discard(model)
        if approved:
            self._approved.add(model)
            return []
        return [
            dataclasses.replace(job, state="paused", error=_DECLINED)
            for job in self._ledger.active_jobs()
            if job.state == "queued" and job.options.model == model and not job.on_server
        ]
