"""The jobs of recordings that were not done in a backup of 0.1.0, which holds no jobs."""

from __future__ import annotations

from earwitness.domain.jobs import Job, advance, pause
from earwitness.engine_messages import SAMPLE_RATE_HZ, ResumePoint
from earwitness.library.backup.manifest import Saved
from earwitness.messages import TranscribeOptions


def unfinished_job(saved: Saved, order: float) -> Job | None:
    """Return the paused job of a recording whose latest run did not end; None: it did.

    0.1.0 did not save whether a job waited, failed or was cancelled, so the user decides whether it
    goes on. A language that is certain was chosen.
    """
    record, layer = saved.record, max(saved.document.layers, key=lambda each: each.run)
    if layer.finished:
        return None
    chosen = record.language if record.language_probability == 1.0 else None
    options = TranscribeOptions(model=record.model, language=chosen or "auto", task=record.task)
    job = Job(record.id, options, order, layer.run, start_s=layer.start_s, end_s=layer.end_s)
    if last := max(saved.windows.get(str(layer.run), ()), key=lambda row: row.window, default=None):
        resume = ResumePoint(
            batch=last.batch + 1,
            window=last.window + 1,
            sample=round(layer.until_s * SAMPLE_RATE_HZ),
            language=record.language or "",
            language_probability=record.language_probability,
        )
        job = advance(job, resume, layer.until_s)
    return pause(job)
