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
from earwitness.messages import PartialText, TranscribeOptions
from earwitness.speech.channel_windows import plan_channels
from earwitness.speech.channels import Channels
from earwitness.speech.fallback import EncodedPool, group_by_length
from earwitness.speech.language import LanguageDetector
from earwitness.speech.language_switching import LanguageFollower, Passage
from earwitness.speech.partial_text import PartialTexts
from earwitness.speech.planner import Plan, Window, plan_window
from earwitness.speech.prompts import build_prompt, check_language, fitting_end
from earwitness.speech.protocols import AudioSource, Encoded, SpeechModel, Vad
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.terms import prepared
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.speech.window_decoder import (
    Instructions,
    WindowDecoder,
    WindowResult,
    join_results,
)

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
    audio: AudioSource | Channels,
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
    tell: Callable[[tuple[PartialText, ...]], None] | None = None,
) -> AsyncIterator[Batch]:
    """Decode a recording, or the part [start_s, end_s) of it, batch by batch.

    Args:
        audio: the recording, or its channels if they are to be heard one by one. A run that goes
            on hears what it began with (`levels_of_run`).
        vad: Silero, or `EnergyVad` where Silero is missing.
        options: `model` and `where` are not read here.
        fingerprint: identifies the audio; seeds sampling.
        clock: seconds from any origin, for `Batch.compute_s`.
        tell: is told the text so far of the windows in work, where the engine has it.

    Raises:
        BadRequestError: the model does not have the language.
        MediaError: the recording cannot be decoded; batches before the error stay valid.
        ModelError: the computation failed.
    """
    check_language(model.spec, options.language)
    limit = None if end_s is None else round(max(start_s, end_s) * SAMPLE_RATE_HZ)
    partial = PartialTexts(tell) if tell else None
    run = _Run(
        audio, vad, model, options, settings or SpeechSettings(), fingerprint, limit, partial
    )
    point = resume or ResumePoint()
    prompt = options.prompt.strip()
    used = fitting_end(model.spec, model.tokenizer, prompt)
    point = replace(
        point,
        sample=max(point.sample, round(start_s * SAMPLE_RATE_HZ)),
        prompt_used="" if used == prompt else used,
        channel_dbfs=tuple(audio.speech_dbfs) if isinstance(audio, Channels) else (),
    )
    finished = False
    while not finished and not stop():
        began = clock()
        rows, point, finished = await run.next_batch(point)
        yield Batch(rows, point, point.sample / SAMPLE_RATE_HZ, clock() - began, finished)


@dataclass
class _Run:
    """One run over a recording."""

    audio: AudioSource | Channels
    vad: Vad
    model: SpeechModel
    options: TranscribeOptions
    settings: SpeechSettings
    fingerprint: str
    limit: int | None
    """The sample at which the part to transcribe ends."""
    partial: PartialTexts | None
    planned: deque[Plan] = field(default_factory=deque[Plan])
    """Plans of later windows, which the language was detected with."""

    async def next_batch(
        self, point: ResumePoint
    ) -> tuple[tuple[WindowRow, ...], ResumePoint, bool]:
        """Return the rows of the batch at `point`, the next point, and whether that is the end."""
        planned, sample, ended = await self._plan_batch(point)
        point = replace(point, batch=point.batch + 1, sample=sample)
        if not planned:
            return (), point, ended
        windows = [window for together in planned for window in together]
        if self.partial is not None:
            self.partial.clear()
        pool = EncodedPool(self.model, self.settings.windows.length_step_s)
        try:
            point, passages = await self._passages(windows, pool, point, sample, ended)
            results = await self._decode(passages, pool, point)
        finally:
            pool.release()
        left = iter(results)
        rows = tuple(
            _row(point, index, together, [next(left) for _ in together])
            for index, together in enumerate(planned)
        )
        point = self._with_languages(point, rows, passages)
        point = replace(
            point,
            window=point.window + len(rows),
            previous_text=self._previous_text(point.previous_text, results),
        )
        return rows, point, ended

    async def _passages(
        self,
        windows: Sequence[Window],
        pool: EncodedPool,
        point: ResumePoint,
        sample: int,
        ended: bool,
    ) -> tuple[ResumePoint, list[list[Passage]]]:
        """Return the windows encoded and with their languages, and the point with a language."""
        rows: dict[int, tuple[Encoded, int]] = {}
        for group in group_by_length(windows, self.settings.windows.evenness):
            together = [windows[index] for index in group]
            encoded = await pool.encode(together)
            if not point.language:
                found = await self._language(together, encoded, pool, sample, ended)
                point = replace(point, language=found[0], language_probability=found[1])
            rows.update((index, (encoded, row)) for row, index in enumerate(group))
        places = [rows[index] for index in range(len(windows))]
        if not self._follows:
            one, sure = point.language, point.language_probability or 0.0
            return point, [
                [Passage(window, one, sure, place)]
                for window, place in zip(windows, places, strict=True)
            ]
        follower = LanguageFollower(self._slicer, pool, self.settings)
        before = point.current_language or point.language
        return point, await follower.follow(windows, places, before)

    @property
    def _slicer(self) -> AudioSource:
        """What parts of windows are taken with; that of any channel does."""
        return self.audio.audios[0] if isinstance(self.audio, Channels) else self.audio

    @property
    def _follows(self) -> bool:
        """Whether the language may change."""
        automatic = self.options.language in ("", "auto")
        return self.model.spec.multilingual and automatic and self.options.follow_languages

    async def _decode(
        self, passages: Sequence[Sequence[Passage]], pool: EncodedPool, point: ResumePoint
    ) -> list[WindowResult]:
        """Return a result for each window, decoded together where language and batch are one."""
        groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for index, parts in enumerate(passages):
            for order, part in enumerate(parts):
                batch = id(part.row[0]) if part.row else 0
                groups.setdefault((part.language, batch), []).append((index, order))
        results: dict[tuple[int, int], WindowResult] = {}
        for (language, _), members in groups.items():
            chosen = [passages[index][order] for index, order in members]
            windows = [part.window for part in chosen]
            places = [part.row for part in chosen if part.row]
            if places:
                encoded, rows = places[0][0], [row for _, row in places]
            else:
                encoded, rows = await pool.encode(windows), list(range(len(windows)))
            decoded = await self._decoder(pool, point, language).decode(windows, encoded, rows)
            results.update(zip(members, decoded, strict=True))
        return [
            join_results([results[index, order] for order in range(len(parts))])
            for index, parts in enumerate(passages)
        ]

    def _with_languages(
        self,
        point: ResumePoint,
        rows: Sequence[WindowRow],
        passages: Sequence[Sequence[Passage]],
    ) -> ResumePoint:
        """Return the point with the language spoken longest so far, and the last one."""
        if self.options.language not in ("", "auto") or not self.model.spec.multilingual:
            return point
        spoken_s = dict(point.spoken_s)
        for segment in (segment for row in rows for segment in row.segments):
            code = segment.language or point.language
            spoken_s[code] = spoken_s.get(code, 0.0) + segment.end_s - segment.start_s
        if not spoken_s:
            # Music has no language: it is detected anew until somebody is heard.
            return replace(point, language="", language_probability=None)
        longest = max(spoken_s, key=spoken_s.__getitem__)
        probability = point.language_probability
        if longest != point.language:
            found = [p for parts in passages for p in parts if p.language == longest]
            probability = max((p.probability for p in found), default=None)
        return replace(
            point,
            language=longest,
            language_probability=probability,
            current_language=passages[-1][-1].language,
            spoken_s=spoken_s,
        )

    async def _plan_batch(self, point: ResumePoint) -> tuple[list[tuple[Window, ...]], int, bool]:
        """Return the windows of each row, where planning goes on, and whether that is the end."""
        sizes = self.settings.windows
        count = sizes.first_batch if point.window == 0 else sizes.batch
        if self.settings.decoding.condition_on_previous_text:
            count = 1
        windows: list[tuple[Window, ...]] = []
        sample, ended = point.sample, False
        while sum(map(len, windows)) < count and not ended:
            if sample - point.sample > sizes.scan_s * SAMPLE_RATE_HZ:
                break
            plan = self.planned.popleft() if self.planned else await self._plan(sample)
            sample, ended = plan.next_start, plan.ended
            if plan.windows:
                windows.append(plan.windows)
        return windows, sample, ended

    async def _plan(self, sample: int) -> Plan:
        audio, vad, settings = self.audio, self.vad, self.settings
        limit, skip = self.limit, self.options.voice_activity
        if isinstance(audio, Channels):
            return await plan_channels(audio, vad, sample, settings, limit=limit, skip_silence=skip)
        return await plan_window(audio, vad, sample, settings, limit=limit, skip_silence=skip)

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
            windows += plan.windows
            if plan.ended:
                break
        return windows

    def _decoder(self, pool: EncodedPool, point: ResumePoint, language: str) -> WindowDecoder:
        options = self.options
        prompt = build_prompt(
            self.model.spec,
            self.model.tokenizer,
            language=language,
            task=options.task,
            expected_words=point.prompt_used or options.prompt,
            previous_text=point.previous_text,
        )
        instructions = Instructions(
            prompt,
            language,
            options.task,
            options.words,
            self.fingerprint,
            self._follows,
            prepared(self.model.tokenizer, self.options.terms),
        )
        return WindowDecoder(
            self._slicer, self.model, pool, instructions, self.settings, self.partial
        )

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


def _row(
    point: ResumePoint, index: int, windows: Sequence[Window], results: Sequence[WindowResult]
) -> WindowRow:
    """Return the row of windows that were planned together: one, or those of all channels."""
    result = join_results(results)
    segments = result.segments
    if len(windows) > 1:
        segments = tuple(sorted(segments, key=lambda segment: segment.start_s))
    return WindowRow(
        window=point.window + index,
        batch=point.batch - 1,
        start_s=windows[0].start / SAMPLE_RATE_HZ,
        end_s=max(window.stop for window in windows) / SAMPLE_RATE_HZ,
        segments=segments,
        retries=result.retries,
    )
