"""What a new job is made from."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.messages import TranscribeOptions


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A recording to transcribe; its audio is stored already."""

    transcript_id: str
    owner: str
    name: str
    options: TranscribeOptions
    audio: str
    """Name of the object."""
    audio_bytes: int
    media_type: str
    fingerprint: str
    """SHA-256 of the audio."""
    keep_audio: bool = True
    hidden: bool = False
    expires_s: float | None = None
    idempotency_key: str | None = None
    request_hash: str = ""
