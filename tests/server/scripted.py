"""An engine whose words are known, so that what is tested is the server and not Whisper."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.errors import BadRequestError, MediaError, ModelError
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.transcribe import Batch
from earwitness.transcript import Segment, Word
from earwitness_server.inference.engine import Recording

WINDOW_S = 10.0
SENTENCE = "This is sentence number {}."


def sentence(window: int) -> str:
    """What the scripted engine hears in a window."""
    return SENTENCE.format(window)


class ScriptedEngine:
    """Hears one sentence a window, one window a batch; `windows` of them in any file.

    A file that begins with `bad` is no recording. `pace_s` is how long a batch takes.
    """

    default = "base"

    def __init__(self, windows: int = 3, pace_s: float = 0.0) -> None:
        self.windows = windows
        self.pace_s = pace_s
        self.heard: list[tuple[str, int]] = []
        """(audio's first bytes, window) of every batch decoded, in order."""
        self.media_types: list[str] = []
        """What each decoding was told that its file is."""
        self.model_failures = 0
        """So many batches fail in the model before one succeeds."""
        self.gate = threading.Event()
        self.gate.set()

    def models(self) -> list[str]:
        return ["base", "tiny.en"]

    def load(self, model_id: str) -> None:
        if (model_id or self.default) not in self.models():
            raise BadRequestError(f"There is no model {model_id!r}.", hint="Use base.")

    async def transcribe(
        self,
        recording: Recording,
        *,
        settings: SpeechSettings | None = None,
        opened: Callable[[float], None] = lambda _duration_s: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Batch]:
        self.load(recording.options.model)
        self.media_types.append(recording.media_type)
        if recording.options.language == "haw":
            raise BadRequestError("The model base knows no language 'haw'.", hint="Use another.")
        content = recording.path.read_bytes()
        if content.startswith(b"bad"):
            raise MediaError("This is not a recording.", hint="Send another file.")
        opened(self.windows * WINDOW_S)
        point = recording.resume or ResumePoint()
        while not stop():
            await asyncio.sleep(self.pace_s)
            await asyncio.to_thread(self.gate.wait)
            if self.model_failures:
                self.model_failures -= 1
                raise ModelError("The model failed.", hint="Try again.")
            window = point.window
            self.heard.append((content[:8].decode(), window))
            point = replace(
                point,
                batch=point.batch + 1,
                window=window + 1,
                sample=round((window + 1) * WINDOW_S * 16_000),
                language="en",
                language_probability=0.9,
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
