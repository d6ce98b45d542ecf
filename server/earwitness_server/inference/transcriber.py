"""What a direct request needs: a recording, and someone who transcribes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from earwitness.engine_messages import ResumePoint
from earwitness.messages import TranscribeOptions
from earwitness.speakers.diarization import Diarization
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch

from earwitness_server.inference.known_voices import KnownVoice


@dataclass(frozen=True, slots=True)
class Recording:
    """A file to transcribe, and the point to continue from."""

    path: Path
    options: TranscribeOptions
    fingerprint: str
    resume: ResumePoint | None = None
    media_type: str = ""
    """As `media.media_types` has it; counts only where the content does not tell."""


class Transcriber(Protocol):
    """Transcribes direct requests: on this process's model, or through the queue."""

    def transcribe(
        self, recording: Recording, settings: SpeechSettings | None = None
    ) -> AsyncGenerator[Batch]:
        """Yield batches as they are decoded. Closing the generator early stops the work.

        Raises:
            StoppingError: the server stops before the recording is done.
            EarwitnessError: why the recording cannot be transcribed.
        """
        ...

    async def find_speakers(
        self, recording: Recording, known: Sequence[KnownVoice] = ()
    ) -> Diarization:
        """Return who speaks when; people that are alike a known voice have its name.

        Raises:
            StoppingError: the server stops before the analysis is done.
            EarwitnessError: why the speakers cannot be told apart.
        """
        ...
