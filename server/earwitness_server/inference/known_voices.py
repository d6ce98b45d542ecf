"""Recordings of known speakers: decoded in the limited process, and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from earwitness.errors import MediaError
from earwitness.speakers.protocols import SAMPLE_RATE_HZ, SpeakerModels

from earwitness_server.inference.errors import UnsupportedValueError
from earwitness_server.media.source import DecodedAudio, DecodeLimits

SHORTEST_S, LONGEST_S = 2.0, 10.0
FIELD = "known_speaker_references"
_TOLERANCE_S = 0.2
"""Encoders add a little silence."""


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A speaker's name, and a file with the speaker's voice."""

    name: str
    path: Path
    media_type: str = ""


async def voice_vector(
    voice: KnownVoice, models: SpeakerModels, limits: DecodeLimits
) -> Sequence[float]:
    """Return the vector of a known voice.

    Raises:
        UnsupportedValueError: it is no recording, or shorter or longer than allowed.
    """
    try:
        audio = await DecodedAudio.open(voice.path, 0, limits, voice.media_type)
        try:
            longest = round((LONGEST_S + _TOLERANCE_S) * SAMPLE_RATE_HZ)
            samples = await audio.read(0, longest + 1)
        finally:
            await audio.close()
    except MediaError as error:
        raise UnsupportedValueError(
            f"The reference of {voice.name!r:.80} cannot be read. {error.message}",
            hint="Send a data URL of a recording.",
            field=FIELD,
        ) from error
    if not (SHORTEST_S - _TOLERANCE_S) * SAMPLE_RATE_HZ <= len(samples) <= longest:
        raise UnsupportedValueError(
            f"The reference of {voice.name!r:.80} should have 2 to 10 seconds.",
            hint="Cut another part of the recording.",
            field=FIELD,
        )
    return await models.embed(samples)
