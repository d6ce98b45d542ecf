"""Making redactions final on the server: text and recording without the words, in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from earwitness.domain.final_redactions import is_open
from earwitness.domain.redaction import parts_of
from earwitness.errors import BadRequestError

from earwitness_server.media.silenced import write_silenced
from earwitness_server.media.source import DecodeLimits
from earwitness_server.services import Services
from earwitness_server.storage.library import SilencedObject, audio_names
from earwitness_server.storage.rows import FINISHED, Entry

MEDIA_TYPE = "audio/wav"


async def make_final(
    services: Services,
    owner: str,
    transcript_id: str,
    parts: Sequence[tuple[float, float]],
    by: str = "",
) -> Entry:
    """Redact these parts (seconds) as well, make all redactions final, and return the transcript.

    `by`: who does. The new recording is stored first. If the server ends before the commit, nothing
    has changed, and a worker deletes the new recording; behind the commit it deletes the old one.

    Raises:
        NotFoundError: the owner has no such transcript.
        BadRequestError: nothing is redacted, or the job has not ended.
        MediaError: the recording cannot be decoded.
        StorageError: nothing was changed.
    """
    library = services.library
    found = await asyncio.to_thread(library.get, owner, transcript_id, to_change=True)
    if found.job.state not in FINISHED:
        raise BadRequestError(
            "The recording is still being transcribed.", hint="Wait until it is done, or cancel it."
        )
    if parts:
        found = await asyncio.to_thread(library.redact, owner, transcript_id, parts, by)
    if not is_open(found.document):
        raise BadRequestError("There is nothing to make final.", hint="Redact words first.")
    audio: SilencedObject | None = None
    if found.record.audio_path:
        audio = await _silenced(services, found)
    try:
        made = await asyncio.to_thread(
            library.make_final, owner, transcript_id, found.document.redactions, audio
        )
    finally:
        await asyncio.to_thread(services.uploads.delete_leftover, transcript_id)
    await asyncio.to_thread(services.database.truncate_log)
    return made


async def _silenced(services: Services, found: Entry) -> SilencedObject:
    """Store a copy of the recording that is silent where words are redacted."""
    record = found.record
    [name] = [each for each in audio_names(record.id) if each != record.audio_path]
    uploads = services.uploads
    # What an earlier attempt may have left there.
    await asyncio.to_thread(uploads.delete_leftover, record.id)
    await asyncio.to_thread(uploads.expect_leftover, found.owner, record.id, name)
    target = services.temporary.path()
    try:
        fingerprint = await _write(services, found, target)
        await asyncio.to_thread(services.objects.put, name, target)
        return SilencedObject(name, target.stat().st_size, fingerprint, MEDIA_TYPE)
    finally:
        target.unlink(missing_ok=True)


async def _write(services: Services, found: Entry, target: Path) -> str:
    settings, record = services.settings, found.record
    limits = DecodeLimits(
        longest_s=settings.max_duration_s,
        memory_bytes=settings.decode_memory_bytes,
        cpu_s=settings.decode_cpu_s,
    )
    spans_s = parts_of(record.redactions).spans
    track = found.job.options.audio_track
    reading = services.objects.as_file(record.audio_path, services.temporary.path)
    source = await asyncio.to_thread(reading.__enter__)
    try:
        return await write_silenced(source, target, track, spans_s, limits, record.media_type)
    finally:
        await asyncio.to_thread(reading.__exit__, None, None, None)
