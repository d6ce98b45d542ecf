"""Who is next: the order of the jobs that wait, on this device and on the server."""

from __future__ import annotations

from collections.abc import Iterable

from earwitness.domain.jobs import Job


def queued(jobs: Iterable[Job], *, on_server: bool) -> list[Job]:
    """Return the jobs that wait for their turn in one place, the next one first."""
    waiting = [job for job in jobs if job.state == "queued" and job.on_server == on_server]
    return sorted(waiting, key=_key)


def queue_position(job: Job, jobs: Iterable[Job]) -> int:
    """Return 1 for the next waiting job, 2 for the one after; 0 when it does not wait."""
    if job.state != "queued":
        return 0
    return 1 + sum(
        other.state == "queued" and other.on_server == job.on_server and _key(other) < _key(job)
        for other in jobs
    )


def queue_positions(jobs: Iterable[Job]) -> dict[str, int]:
    """Return `queue_position` of every waiting job, by transcript id."""
    jobs = tuple(jobs)
    return {
        job.transcript_id: position
        for on_server in (False, True)
        for position, job in enumerate(queued(jobs, on_server=on_server), 1)
    }


def first_order(jobs: Iterable[Job]) -> float:
    """Return an order before every job there is."""
    return min((job.order for job in jobs), default=0.0) - 1


def last_order(jobs: Iterable[Job]) -> float:
    """Return an order after every job there is."""
    return max((job.order for job in jobs), default=0.0) + 1


def _key(job: Job) -> tuple[float, str]:
    return job.order, job.transcript_id
