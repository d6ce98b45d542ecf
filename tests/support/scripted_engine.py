"""An engine whose words are known, so that a test is about the server and not about Whisper."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from earwitness.domain.speakers import speaker_range
from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.errors import BadRequestError, EarwitnessError, MediaError, ModelError
from earwitness.speakers.diarization import Diarization
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch
from earwitness.transcript import Segment, Speaker, Turn, Word
from earwitness_server.inference.errors import SpeakersUnavailableError
from earwitness_server.inference.known_voices import KnownVoice
from earwitness_server.inference.transcriber import Recording

WINDOW_S = 10.0
SENTENCE = "This is sentence number {}."
LOOK_S = 0.01
"""Time between two looks whether a window may end."""


def sentence(window: int) -> str:
    """The text of a window."""
    return SENTENCE.format(window)


PROMPT_MAX = 1000
"""Characters of a prompt that is cut."""


class ScriptedEngine:
    """Transcribes one sentence a window, one window a batch, `windows` of them in any file.

    A file that begins with `bad` is not a recording; in one that begins with `silent` nothing is
    said; one that begins with `torn` ends before it should. A test stops the engine in the middle
    of a window with `hold` and lets it go on with `release`: no test has to be faster than the
    engine.
    """

    default = "base"

    def __init__(self, windows: int = 3) -> None:
        self.windows = windows
        self.batches: list[tuple[str, int]] = []
        """(first bytes of the audio, window) of every batch decoded, in order."""
        self.terms: list[tuple[str, ...]] = []
        """The names and terms that each transcription was given."""
        self.media_types: list[str] = []
        """The media type that each transcription was given."""
        self.model_failures = 0
        """So many batches fail in the model before one succeeds."""
        self.speaker_models = True
        self.speaker_error: EarwitnessError | None = None
        self.speaker_ranges: list[tuple[int, int | None] | None] = []
        self.known: list[tuple[str, bytes]] = []
        """Name and file of each known voice of the latest analysis."""
        self.analysis_held = False
        """The analysis of speakers ends only when it is to stop."""
        self._limit = math.inf

    def hold(self, window: int = 0) -> None:
        """Stop in the middle of this window of every recording."""
        self._limit = window

    def release(self) -> None:
        """Go on."""
        self._limit = math.inf

    def limit(self) -> float:
        """The window that must not end yet."""
        return self._limit

    def begun(self, content: bytes, window: int) -> None:
        """Called when a window begins."""

    def models(self) -> list[str]:
        """Models on the disk."""
        return ["base", "tiny.en"]

    def load(self, model_id: str) -> None:
        """Raise BadRequestError for a model that is not on the disk."""
        if (model_id or self.default) not in self.models():
            raise BadRequestError(f"There is no model {model_id!r}.", hint="Use base.")

    def tells_speakers(self) -> bool:
        """Whether the models for it are on the disk."""
        return self.speaker_models

    async def find_speakers(
        self,
        recording: Recording,
        known: Sequence[KnownVoice] = (),
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> Diarization:
        """Two people, who take turns of ten seconds; the first is the first one known."""
        if not self.speaker_models:
            raise SpeakersUnavailableError
        self.speaker_ranges.append(speaker_range(recording.options.speakers))
        while self.analysis_held and not stop():
            await asyncio.sleep(0.02)
        if self.speaker_error is not None:
            raise self.speaker_error
        ends = [WINDOW_S * (n + 1) for n in range(self.windows)]
        turns = tuple(Turn(f"S{n % 2 + 1}", end - WINDOW_S, end) for n, end in enumerate(ends))
        self.known = [(each.name, each.path.read_bytes()) for each in known]
        names = [each.name for each in known][:1] or ["S1"]
        speakers = (Speaker("S1", names[0], WINDOW_S), Speaker("S2", "S2", WINDOW_S))
        return Diarization(speakers, turns)

    async def transcribe(
        self,
        recording: Recording,
        *,
        settings: SpeechSettings | None = None,
        opened: Callable[[Any], None] = lambda _audio: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Batch]:
        """Batches from the resume point on, as the real engine yields them."""
        self.load(recording.options.model)
        self.terms.append(recording.options.terms)
        self.media_types.append(recording.media_type)
        if recording.options.language == "haw":
            raise BadRequestError(
                "The model base does not support the language 'haw'.", hint="Use another."
            )
        content = recording.path.read_bytes()
        if content.startswith(b"bad"):
            raise MediaError("This is not a recording.", hint="Send another file.")
        is_cut_off = content.startswith(b"torn")
        opened(SimpleNamespace(duration_s=self.windows * WINDOW_S, is_cut_off=is_cut_off))
        point = recording.resume or ResumePoint()
        if content.startswith(b"silent"):
            length_s = self.windows * WINDOW_S
            point = replace(point, batch=1, sample=round(length_s * 16_000))
            yield Batch((), point, length_s, 0.1, finished=True)
            return
        if point.window >= self.windows:
            point = replace(point, batch=point.batch + 1)
            yield Batch((), point, self.windows * WINDOW_S, 0.0, finished=True)
            return
        while not stop():
            window = point.window
            self.begun(content, window)
            while window >= self.limit():
                await asyncio.sleep(LOOK_S)
            if self.model_failures:
                self.model_failures -= 1
                raise ModelError("The model failed.", hint="Try again.")
            self.batches.append((content[:8].decode(), window))
            point = replace(
                point,
                batch=point.batch + 1,
                window=window + 1,
                sample=round((window + 1) * WINDOW_S * 16_000),
                language="en",
                language_probability=0.9,
                prompt_used=recording.options.prompt[PROMPT_MAX:],
            )
            finished = window + 1 >= self.windows
            yield Batch((self._row(window),), point, (window + 1) * WINDOW_S, 0.5, finished)
            if finished:
                return

    def _row(self, window: int) -> WindowRow:
        start_s = window * WINDOW_S
        text = sentence(window)
        words = tuple(
            Word(f" {word}", start_s + i, start_s + i + 0.5, 0.9)
            for i, word in enumerate(text.split())
        )
        segment = Segment(start_s, start_s + 5, text, words, average_log_probability=-0.2)
        return WindowRow(window, window, start_s, start_s + WINDOW_S, (segment,))
