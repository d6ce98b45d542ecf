"""What the server is asked to do: as the settings say, and never without the user's word."""

from __future__ import annotations

import dataclasses
from typing import Literal

from earwitness.domain.jobs import FATAL_ERRORS, RUNNING, Job
from earwitness.errors import BadRequestError, ErrorView
from earwitness.library.ports import Emit
from earwitness.library.repository import Ledger
from earwitness.messages import ServerNeeded, ServerView
from earwitness.remote.address import Address, read_address

Reason = Literal["cannot", "too-long"]
_CONSENT = "ConsentError"
"""The kind of "error" that a job shows while it waits for the user's answer."""


class Choice:
    """Decides between this device and the server; asks once before `auto` sends anything."""

    def __init__(self, ledger: Ledger, emit: Emit) -> None:
        self._ledger = ledger
        self._emit = emit
        self._asked: set[str] = set()

    def address(self) -> Address:
        """The server of the settings.

        Raises:
            BadRequestError: what stands there is no address.
        """
        return read_address(self._ledger.settings.server_url, self._ledger.page_origin)

    def view(self) -> ServerView | None:
        """The server for the page to show; None while everything stays on this device."""
        settings = self._ledger.settings
        if settings.where == "device":
            return None
        try:
            address = self.address()
        except BadRequestError:
            return None
        allowed = settings.where == "server" or settings.server_consent.get(address.origin, False)
        return ServerView(address.origin, address.kind, allowed)

    def may_start(self, job: Job) -> bool:
        """Whether a job of the server's may be sent: the user chose the server, or agreed."""
        if not job.away or job.options.where == "server":
            return True
        try:
            origin = self.address().origin
        except BadRequestError:
            return True  # Nothing can be sent; the lane says what is wrong with the address.
        consent = self._ledger.settings.server_consent.get(origin)
        if consent is None:
            self._ask(job, origin, "cannot")
        return consent is True

    def too_long_s(self, job: Job) -> float:
        """How long this device would still take, where that is more than `auto` allows; else 0."""
        limit_s = self._ledger.settings.server_after_s
        duration_s = self._ledger.records[job.transcript_id].duration_s
        if job.options.where != "auto" or job.away or not job.whole or limit_s <= 0:
            return 0.0
        model = job.options.model
        left_s = self._ledger.speeds.remaining_s(model, job.position_s, duration_s) or 0.0
        return left_s if left_s > limit_s else 0.0

    def leaves(self, job: Job) -> bool:
        """Whether a job that has begun here goes to the server because it takes too long.

        While the user has not answered, it goes on here.
        """
        seconds = self.too_long_s(job)
        consent = self._consent()
        if not seconds or consent is False:
            return False
        if consent is None:
            try:
                self._ask(job, self.address().origin, "too-long", seconds)
            except BadRequestError:
                return False
        return consent is True

    async def send_away(self, transcript_id: str) -> None:
        """Put a job that is at work here into the server's part of the queue.

        Raises:
            StorageError: it is as before.
        """
        async with self._ledger.lock:
            job = self._ledger.jobs[transcript_id]
            if job.state in RUNNING:
                job = dataclasses.replace(job, state="queued", away=True)
                await self._ledger.commit(jobs=[job])

    def after_failure(self, job: Job) -> Job:
        """The same, or the job waiting for the server: this device could not do it."""
        error = job.error
        hopeless = job.state == "failed" and error is not None and error.type not in FATAL_ERRORS
        if not hopeless or error is None or job.options.where != "auto" or not job.whole:
            return job
        consent = self._consent()
        if consent is False:
            return job
        waits = None if consent else _waiting(self.address().origin, error)
        return dataclasses.replace(
            job, state="queued", away=True, error=waits, failed_window=None, fallback=False
        )

    def refused(self) -> list[Job]:
        """What was to be sent when the user said no: tried here, or failed. To be committed."""
        if self._consent() is not False:
            return []
        return [
            _kept_here(job)
            for job in self._ledger.active_jobs()
            if job.state == "queued" and job.away and not job.server.base
        ]

    def answered(self, origin: str) -> None:
        """The question has its answer; should that be forgotten, it may be asked again."""
        self._asked.discard(origin)

    def _consent(self) -> bool | None:
        """The user's answer; None before there is one. False also without an address."""
        try:
            origin = self.address().origin
        except BadRequestError:
            return False
        return self._ledger.settings.server_consent.get(origin)

    def _ask(self, job: Job, origin: str, reason: Reason, seconds: float = 0.0) -> None:
        if origin in self._asked:
            return
        self._asked.add(origin)
        record = self._ledger.records[job.transcript_id]
        id_, name = record.id, record.name
        self._emit(ServerNeeded(origin, id_, name, record.audio_bytes, reason, seconds))


def _waiting(origin: str, error: ErrorView) -> ErrorView:
    return ErrorView(
        _CONSENT,
        f"This device cannot transcribe it. May it be sent to {origin}?",
        "It waits for your answer; nothing has been sent.",
        error.detail or error.message,
    )


def _kept_here(job: Job) -> Job:
    error = job.error
    if error is None or error.type != _CONSENT:
        return dataclasses.replace(job, away=False)
    declined = ErrorView(
        "ModelError",
        "This device could not transcribe it, and it was not sent to the server.",
        "Retry here, or choose the server in the settings.",
        error.detail,
    )
    return dataclasses.replace(job, state="failed", away=False, error=declined)
