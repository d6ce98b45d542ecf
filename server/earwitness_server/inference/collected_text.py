"""The transcript of a recording, gathered from the batches of one transcription."""

from __future__ import annotations

from earwitness.messages import TranscribeOptions
from earwitness.speech.transcribe import Batch
from earwitness.transcript import Segment, Transcript

from earwitness_server.inference.model_registry import is_english_only


class CollectedText:
    """What the batches so far have brought."""

    def __init__(self, options: TranscribeOptions) -> None:
        self._options = options
        self._segments: list[Segment] = []
        self._language = ""
        self._probability: float | None = None
        self._duration_s = 0.0
        self.prompt_used = ""
        """The end of a prompt that is too long; empty: all of it is used."""

    def add(self, batch: Batch) -> None:
        """Take in the next batch."""
        self._segments += [segment for row in batch.windows for segment in row.segments]
        self._language = batch.resume.language
        self._probability = batch.resume.language_probability
        self._duration_s = batch.position_s
        self.prompt_used = batch.resume.prompt_used

    def transcript(self, id: str, name: str, created_at: str) -> Transcript:
        """Return the transcript so far."""
        return Transcript(
            id=id,
            name=name,
            created_at=created_at,
            duration_s=self._duration_s,
            model=self._options.model,
            task=self._options.task,
            language=self._language or self._asked_language(),
            language_probability=self._probability,
            segments=tuple(self._segments),
        )

    def _asked_language(self) -> str | None:
        """Return the language of a recording in which nothing is said, if the request has one."""
        if is_english_only(self._options.model):
            return "en"
        return self._options.language if self._options.language not in ("", "auto") else None
