"""Where a job runs, and why it does not start: every rule that decides it.

Both executors start what `Placement.next_job` gives them. A job runs on this device unless the user
chose the server, or `auto` hands it over: because it failed here, or because it takes too long.
Nothing is sent, and no model is fetched over a connection that counts bytes, before the user has
agreed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from earwitness.domain import jobs
from earwitness.domain.jobs import Job
from earwitness.domain.queue_order import queued
from earwitness.domain.records import Record
from earwitness.errors import BadRequestError, ErrorView
from earwitness.library.events import Events
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import ModelInfo
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.server_settings import server_address, server_consent
from earwitness.messages import DownloadNeeded, ServerNeeded

Place = Literal["device", "server"]
CAPACITY: Mapping[Place, int] = {"device": 1, "server": 2}
"""Jobs at once."""


@dataclass
class Placement:
    """Decides from repository and catalogue, and asks the user for what only the user can decide.

    It remembers until the tab is closed which questions are open and which downloads are agreed.
    """

    _repository: LibraryRepository
    _models: ModelCatalogue
    _events: Events

    def __post_init__(self) -> None:
        self._approved_models: set[str] = set()
        self._asked_models: set[str] = set()
        self._asked_origins: set[str] = set()

    # ------------------------------------------------------------ what may start

    def next_job(
        self, place: Place, at_work: Collection[str], *, metered: bool = False
    ) -> Job | None:
        """Return the first job that may start in a place; ask the user about those before it.

        A download is asked for once it is that job's turn.

        Args:
            place: where the jobs wait.
            at_work: the ids of the recordings that the place works on, or waits with.
            metered: the connection counts bytes.
        """
        if len(at_work) >= CAPACITY[place]:
            return None
        waiting = queued(self._repository.jobs(), on_server=place == "server")
        for job in waiting:
            if job.transcript_id in at_work:
                continue
            if place == "server":
                allowed = self._may_be_sent(job)
            else:
                model = self._models.find(job.options.model)
                allowed = not metered or self.may_be_fetched(model, ask=job == waiting[0])
            if allowed:
                return job
        return None

    def may_be_fetched(self, model: ModelInfo | None, *, ask: bool) -> bool:
        """Return whether a model may be fetched, or is here."""
        if model is None or model.cached or model.id in self._approved_models:
            return True  # Of a model that nobody knows, the engine will say what is wrong.
        if not self._repository.settings.confirm_download:
            return True
        if ask and model.id not in self._asked_models:
            self._asked_models.add(model.id)
            self._events.emit(DownloadNeeded(model.id, model.bytes, metered=True))
        return False

    def _may_be_sent(self, job: Job) -> bool:
        """Return whether the job may go to the server; ask if the user has not answered yet."""
        if not job.away or job.options.where == "server":
            return True
        try:
            origin = self._origin()
        except BadRequestError:
            return True  # Nothing can be sent: the executor says what is wrong with the address.
        consent = self._consent()
        if consent is None:
            self._ask_to_send(job, origin, "cannot")
        return consent is True

    # ------------------------------------------------------------ this device or the server

    def moves_to_server(self, job: Job) -> bool:
        """Return whether a job at work here takes longer than `auto` allows, and may be sent.

        The user is asked; until there is an answer, the job goes on here.
        """
        too_long_s = self._too_long_s(job)
        consent = self._consent()
        if too_long_s and consent is None:
            self._ask_to_send(job, self._origin(), "too-long", too_long_s)
        return bool(too_long_s) and consent is True

    def after_failure(self, job: Job) -> Job:
        """Return a job that failed here, handed over to the server if it may be sent."""
        error, consent = job.error, self._consent()
        if job.state != "failed" or error is None or error.type in jobs.FATAL_ERRORS:
            return job
        if job.options.where != "auto" or not job.whole or consent is False:
            return job
        known = job.transcript_id in self._repository
        if known and self._record(job).has_open_redactions:
            return job
        return jobs.hand_over_failed(job, None if consent else _asks_to_send(self._origin(), error))

    def after_refusal(self, job: Job) -> Job:
        """Return a job that waits to be sent though the user refused: queued here, or failed."""
        if self._consent() is not False or not job.away or job.server.base:
            return job
        failed_here = job.error is not None and job.error.type == _CONSENT
        return jobs.decline_server(job, _not_sent(job.error) if failed_here else None)

    def _too_long_s(self, job: Job) -> float:
        """Return how long this device would still take; 0: not longer than `auto` allows."""
        limit_s = self._repository.settings.server_after_s
        if job.options.where != "auto" or job.away or not job.whole or limit_s <= 0:
            return 0.0
        record = self._record(job)
        if record.has_open_redactions:
            return 0.0
        duration_s = record.duration_s
        model, speeds = job.options.model, self._repository.speeds
        left_s = speeds.remaining_s(model, job.position_s, duration_s) or 0.0
        return left_s if left_s > limit_s else 0.0

    # ------------------------------------------------------------ the user's answers

    def download_answered(self, model_id: str, approved: bool) -> None:
        """Remember the answer to `DownloadNeeded`. Without an agreement it is asked for again."""
        self._asked_models.discard(model_id)
        if approved:
            self._approved_models.add(model_id)

    def server_answered(self, origin: str) -> None:
        """The answer to `ServerNeeded` is in the settings; without one it is asked for again."""
        self._asked_origins.discard(origin)

    def _ask_to_send(
        self, job: Job, origin: str, reason: Literal["cannot", "too-long"], seconds: float = 0.0
    ) -> None:
        if origin not in self._asked_origins:
            self._asked_origins.add(origin)
            record = self._record(job)
            self._events.emit(
                ServerNeeded(origin, record.id, record.name, record.audio_bytes, reason, seconds)
            )

    def _record(self, job: Job) -> Record:
        return self._repository.record(job.transcript_id, in_bin=True)

    def _origin(self) -> str:
        return server_address(self._repository).origin

    def _consent(self) -> bool | None:
        return server_consent(self._repository)


def without_download(job: Job, model_id: str) -> Job:
    """Return a job that waits for a model which the user does not want to fetch: paused."""
    if job.on_server or job.options.model != model_id:
        return job
    return jobs.decline_download(
        job,
        error=ErrorView(
            "ModelError",
            "The speech model was not downloaded.",
            "Resume when you want to download it, or choose a model that is already here.",
        ),
    )


def is_unsent(job: Job) -> bool:
    """Return whether a job goes on by itself for a server that has not accepted it yet."""
    return job.on_server and job.state in jobs.ACTIVE and not job.server.id


_CONSENT = "ConsentError"
"""The type of "error" that a job shows while it waits for the user's answer."""


def _asks_to_send(origin: str, error: ErrorView) -> ErrorView:
    return ErrorView(
        _CONSENT,
        f"This device cannot transcribe it. May it be sent to {origin}?",
        "It waits for your answer; nothing has been sent.",
        error.detail or error.message,
    )


def _not_sent(asked: ErrorView | None) -> ErrorView:
    return ErrorView(
        "ModelError",
        "This device could not transcribe it, and it was not sent to the server.",
        "Retry here, or choose the server in the settings.",
        asked.detail if asked else "",
    )
