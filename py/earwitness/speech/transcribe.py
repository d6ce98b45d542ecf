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
from dataclasses import dataclass, field, replace

from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.speech.fallback import EncodedPool, group_by_length
from earwitness.speech.language import LanguageDetector
from earwitness.speech.planner import Plan, Window, plan_window
from earwitness.speech.prompts import build_prompt, check_language, fitting_end
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
    check_language(model.spec, options.language)
    limit = None if end_s is None else round(max(start_s, end_s) * SAMPLE_RATE_HZ)
    run = _Run(audio, vad, model, options, settings or SpeechSettings(), fingerprint, limit)
    point = resume or ResumePoint()
    prompt = options.prompt.strip()
    used = fitting_end(model.spec, model.tokenizer, prompt)
    point = replace(
        point,
        sample=max(point.sample, round(start_s * SAMPLE_RATE_HZ)),
        prompt_used="" if used == prompt else used,
    )
    finished = False
    while not finished and not stop():
        began = clock()
        rows, point, finished = await run.next_batch(point)
        yield Batch(rows, point, point.sample / SAMPLE_RATE_HZ, clock() - began, finished)


@dataclass
class _Run:
    """One run over a recording."""

    audio: AudioSource
    vad: Vad
    model: SpeechModel
    options: TranscribeOptions
    settings: SpeechSettings
    fingerprint: str
    limit: int | None
    """The sample at which the part to transcribe ends."""
    planned: deque[Plan] = field(default_factory=deque[Plan])
    """Plans of later windows, which the language was detected with."""

    async def next_batch(
        self, point: ResumePoint
    ) -> tuple[tuple[WindowRow, ...], ResumePoint, bool]:
        """Return the rows of the batch at `point`, the next point, and whether that is the end."""
        windows, sample, ended = await self._plan_batch(point)
        point = replace(point, batch=point.batch + 1, sample=sample)
        if not windows:
            return (), point, ended
        results: dict[int, WindowResult] = {}
        for group in group_by_length(windows, self.settings.windows.evenness):
            together = [windows[index] for index in group]
            pool = EncodedPool(self.model, self.settings.windows.length_step_s)
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
        sizes = self.settings.windows
        count = sizes.first_batch if point.window == 0 else sizes.batch
        if self.settings.decoding.condition_on_previous_text:
            count = 1
        windows: list[Window] = []
        sample, ended = point.sample, False
        while len(windows) < count and not ended:
            if sample - point.sample > sizes.scan_s * SAMPLE_RATE_HZ:
                break
            plan = self.planned.popleft() if self.planned else await self._plan(sample)
            sample, ended = plan.next_start, plan.ended
            if plan.window is not None:
                windows.append(plan.window)
        return windows, sample, ended

    async def _plan(self, sample: int) -> Plan:
        return await plan_window(
            self.audio,
            self.vad,
            sample,
            self.settings,
            limit=self.limit,
            skip_silence=self.options.voice_activity,
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
        if not self.model.spec.multilingual:
            return "en", None
        if self.options.language not in ("", "auto"):
            return self.options.language, 1.0

        async def look_ahead(count: int) -> list[Window]:
            return [] if ended else await self._look_ahead(sample, count)

        detector = LanguageDetector(self.model, pool, self.settings)
        return await detector.detect(windows, encoded, look_ahead)

    async def _look_ahead(self, sample: int, count: int) -> list[Window]:
        """Return the next windows; their plans are kept, because audio is only read forward."""
        last = sample + self.settings.windows.scan_s * SAMPLE_RATE_HZ
        windows: list[Window] = []
        while len(windows) < count and sample <= last:
            plan = await self._plan(sample)
            self.planned.append(plan)
            sample = plan.next_start
            if plan.window is not None:
                windows.append(plan.window)
            if plan.ended:
                break
        return windows

    def _decoder(self, pool: EncodedPool, point: ResumePoint) -> WindowDecoder:
        options = self.options
        prompt = build_prompt(
            self.model.spec,
            self.model.tokenizer,
            language=point.language,
            task=options.task,
            expected_words=point.prompt_used or options.prompt,
            previous_text=point.previous_text,
        )
        instructions = Instructions(
            prompt, point.language, options.task, options.words, self.fingerprint
        )
        return WindowDecoder(self.audio, self.model, pool, instructions, self.settings)

    def _previous_text(self, before: str, results: Sequence[WindowResult]) -> str:
        """Return the text to prompt next; a hot decode discards the text before it."""
        if not self.settings.decoding.condition_on_previous_text:
            return ""
        text = before
        for each in results:
            if each.temperature > self.settings.decoding.prompt_reset_temperature:
                text = ""
            text = f"{text} {' '.join(segment.text for segment in each.segments)}".strip()
        return text[-PREVIOUS_CHARACTERS:]
