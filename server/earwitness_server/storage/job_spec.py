"""What is asked for when a job is accepted."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.messages import TranscribeOptions

from earwitness_server.errors import ApiError


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A recording to be transcribed; its audio is stored already."""

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


def key_reused() -> ApiError:
    """The idempotency key stands for another order already."""
    return ApiError(
        422,
        "This Idempotency-Key was used for another recording or other options.",
        hint="Use a fresh key for each new job.",
        code="idempotency_key_reused",
        param="idempotency-key",
    )
