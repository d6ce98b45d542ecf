"""Transcribe a recording, batch by batch.

    async for batch in transcribe(audio, vad, model, options, resume, fingerprint=hash):
        commit(batch.windows, batch.resume)     # one transaction, before asking for the next batch

A batch is computed when it is asked for. Once `stop()` returns True, no further batch begins. The
last batch has `finished` set and may have no windows. A run that starts from the last committed
`ResumePoint`, with the same options, settings and fingerprint, gives the missing windows word for
word.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.speech.fallback import EncodedPool, group_by_length
from earwitness.speech.language import LanguageDetector
from earwitness.speech.planner import Plan, Window, plan_window
from earwitness.speech.prompts import build_prompt, check_language
from earwitness.speech.protocols import AudioSource, Encoded, SpeechModel, Vad
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.speech.window_decoder import Instructions, WindowDecoder, WindowResult

PREVIOUS_CHARACTERS = 1000
"""Of the text before, kept in the resume point; more than a prompt can hold."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows to commit together, and where the run goes on after them."""

    windows: tuple[WindowRow, ...]
    resume: ResumePoint
    position_s: float
    """Everything before this time is final."""
    compute_s: float
    finished: bool
    """The recording is at its end."""


async def transcribe(
    audio: AudioSource,
    vad: Vad,
    model: SpeechModel,
    options: TranscribeOptions,
    resume: ResumePoint | None = None,
    *,
    fingerprint: str = "",
    settings: SpeechSettings | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.perf_counter,
) -> AsyncIterator[Batch]:
    """Decode a recording, or the part [start_s, end_s) of it, batch by batch.

    Args:
        vad: Silero, or `EnergyVad` where Silero is missing.
        options: `model` and `where` are not read here.
        fingerprint: identifies the audio; seeds sampling.
        clock: seconds from any origin, for `Batch.compute_s`.

    Raises:
        BadRequestError: the model does not have the language.
        MediaError: the recording cannot be decoded; batches before the error stay valid.
        ModelError: the computation failed.
    """
    run = _Run(
        audio, vad, model, options, settings or SpeechSettings(), fingerprint, start_s, end_s
    )
    point = resume or ResumePoint()
    point = replace(point, sample=max(point.sample, round(start_s * SAMPLE_RATE_HZ)))
    finished = False
    while not finished and not stop():
        began = clock()
        rows, point, finished = await run.next_batch(point)
        yield Batch(rows, point, point.sample / SAMPLE_RATE_HZ, clock() - began, finished)


class _Run:
    """One run over a recording."""

    def __init__(
        self,
        audio: AudioSource,
        vad: Vad,
        model: SpeechModel,
        options: TranscribeOptions,
        settings: SpeechSettings,
        fingerprint: str,
        start_s: float,
        end_s: float | None,
    ) -> None:
        check_language(model.spec, options.language)
        self._audio = audio
        self._vad = vad
        self._model = model
        self._options = options
        self._settings = settings
        self._fingerprint = fingerprint
        self._limit = None if end_s is None else round(max(start_s, end_s) * SAMPLE_RATE_HZ)
        self._ahead: deque[Plan] = deque()

    async def next_batch(
        self, point: ResumePoint
    ) -> tuple[tuple[WindowRow, ...], ResumePoint, bool]:
        """Return the rows of the batch at `point`, the next point, and whether that is the end."""
        windows, sample, ended = await self._plan_batch(point)
        point = replace(point, batch=point.batch + 1, sample=sample)
        if not windows:
            return (), point, ended
        results: dict[int, WindowResult] = {}
        for group in group_by_length(windows, self._settings.windows.evenness):
            together = [windows[index] for index in group]
            pool = EncodedPool(self._model, self._settings.windows.length_step_s)
            try:
                encoded = await pool.encode(together)
                if not point.language:
                    found = await self._language(together, encoded, pool, sample, ended)
                    point = replace(point, language=found[0], language_probability=found[1])
                decoded = await self._decoder(pool, point).decode(together, encoded)
            finally:
                pool.release()
            results.update(zip(group, decoded, strict=True))
        rows = tuple(
            WindowRow(
                window=point.window + index,
                batch=point.batch - 1,
                start_s=window.start / SAMPLE_RATE_HZ,
                end_s=window.stop / SAMPLE_RATE_HZ,
                segments=results[index].segments,
                retries=results[index].retries,
            )
            for index, window in enumerate(windows)
        )
        point = replace(
            point,
            window=point.window + len(rows),
            previous_text=self._previous_text(
                point.previous_text, [results[index] for index in range(len(windows))]
            ),
        )
        return rows, point, ended

    async def _plan_batch(self, point: ResumePoint) -> tuple[list[Window], int, bool]:
        sizes = self._settings.windows
        count = sizes.first_batch if point.window == 0 else sizes.batch
        if self._settings.decoding.condition_on_previous_text:
            count = 1
        windows: list[Window] = []
        sample, ended = point.sample, False
        while len(windows) < count and not ended:
            if sample - point.sample > sizes.scan_s * SAMPLE_RATE_HZ:
                break
            plan = self._ahead.popleft() if self._ahead else await self._plan(sample)
            sample, ended = plan.next_start, plan.ended
            if plan.window is not None:
                windows.append(plan.window)
        return windows, sample, ended

    async def _plan(self, sample: int) -> Plan:
        return await plan_window(
            self._audio,
            self._vad,
            sample,
            self._settings,
            limit=self._limit,
            skip_silence=self._options.voice_activity,
        )

    async def _language(
        self,
        windows: Sequence[Window],
        encoded: Encoded,
        pool: EncodedPool,
        sample: int,
        ended: bool,
    ) -> tuple[str, float | None]:
        """Return the language of the options, or the detected one with its probability."""
        if not self._model.spec.multilingual:
            return "en", None
        if self._options.language not in ("", "auto"):
            return self._options.language, 1.0

        async def look_ahead(count: int) -> list[Window]:
            return [] if ended else await self._look_ahead(sample, count)

        detector = LanguageDetector(self._model, pool, self._settings)
        return await detector.detect(windows, encoded, look_ahead)

    async def _look_ahead(self, sample: int, count: int) -> list[Window]:
        """Return the next windows; their plans are kept, because audio is only read forward."""
        last = sample + self._settings.windows.scan_s * SAMPLE_RATE_HZ
        windows: list[Window] = []
        while len(windows) < count and sample <= last:
            plan = await self._plan(sample)
            self._ahead.append(plan)
            sample = plan.next_start
            if plan.window is not None:
                windows.append(plan.window)
            if plan.ended:
                break
        return windows

    def _decoder(self, pool: EncodedPool, point: ResumePoint) -> WindowDecoder:
        options = self._options
        prompt = build_prompt(
            self._model.spec,
            self._model.tokenizer,
            language=point.language,
            task=options.task,
            expected_words=options.prompt,
            previous_text=point.previous_text,
        )
        instructions = Instructions(
            prompt, point.language, options.task, options.words, self._fingerprint
        )
        return WindowDecoder(self._audio, self._model, pool, instructions, self._settings)

    def _previous_text(self, before: str, results: Sequence[WindowResult]) -> str:
        """Return the text to prompt next; a hot decode discards the text before it."""
        if not self._settings.decoding.condition_on_previous_text:
            return ""
        text = before
        for each in results:
            if each.temperature > self._settings.decoding.prompt_reset_temperature:
                text = ""
            text = f"{text} {' '.join(segment.text for segment in each.segments)}".strip()
        return text[-PREVIOUS_CHARACTERS:]
