"""Analyses a recording window by window: who speaks when in it, and with which voice.

    async for batch in analyse(audio, models, done=len(stored)):
        store(batch)                            # plain data, before asking for the next batch

Where each channel holds a voice, `audio` is `Channels`, and people of different channels have
different numbers.

A batch is computed when it is asked for. A run that continues after stored windows gives the same
windows as one run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from earwitness.engine_messages import LocalSpeaker, SpeakerWindow
from earwitness.speakers.activity import (
    Span,
    closed,
    find_activity,
    flagged,
    inside,
    length,
    union,
    without,
)
from earwitness.speakers.protocols import (
    EMBEDDING_MIN_SAMPLES,
    FRAME_OFFSET_SAMPLES,
    FRAME_SAMPLES,
    LOCAL_SPEAKERS,
    SAMPLE_RATE_HZ,
    WINDOW_FRAMES,
    WINDOW_SAMPLES,
    AudioSource,
    Samples,
    SpeakerModels,
)
from earwitness.speakers.settings import SpeakerSettings, WindowSettings
from earwitness.speakers.voices import pack
from earwitness.speech.channels import Channels, leaks
from earwitness.speech.silero import VAD_FRAME_SAMPLES


async def analyse(
    audio: AudioSource | Channels,
    models: SpeakerModels,
    settings: SpeakerSettings | None = None,
    *,
    done: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> AsyncIterator[tuple[SpeakerWindow, ...]]:
    """Analyse a recording from window number `done` on, batch by batch.

    Once `stop()` returns True, no further batch begins. The last window has `last` set; a recording
    without samples has no window.

    Raises:
        MediaError: the recording cannot be decoded; windows before the error stay valid.
        ModelError: the computation failed.
    """
    settings = settings or SpeakerSettings()
    channels = audio if isinstance(audio, Channels) else None
    audios = channels.audios if channels else [cast("AudioSource", audio)]
    runs = [_Run(each, models, settings, number) for number, each in enumerate(audios)]
    for run in runs:
        await run.start_at(done)
    index, ended = done, False
    while not ended and not stop():
        cuts: list[list[_Cut]] = []
        while not ended and len(cuts) < settings.windows.batch:
            cut = [each for run in runs if (each := await run.cut(index + len(cuts)))]
            ended = len(cut) < len(runs) or cut[0].last
            if len(cut) == len(runs):
                cuts.append(cut)
        if cuts:
            yield await _analysed(runs, cuts, channels, settings)
        index += len(cuts)


async def _analysed(
    runs: Sequence[_Run],
    cuts: Sequence[Sequence[_Cut]],
    channels: Channels | None,
    settings: SpeakerSettings,
) -> tuple[SpeakerWindow, ...]:
    """The windows of a batch; `cuts` has for each of them one of each channel."""
    others: list[list[list[Span]]] = [[[]] for _ in cuts]
    if channels:
        others = [
            [
                flagged(flags, VAD_FRAME_SAMPLES)
                for flags in await leaks([c.samples for c in cut], channels, settings.channels)
            ]
            for cut in cuts
        ]
    found = [
        await run.analyse([cut[n] for cut in cuts], [each[n] for each in others])
        for n, run in enumerate(runs)
    ]
    return tuple(
        replace(
            each[0],
            speakers=tuple(speaker for window in each for speaker in window.speakers),
            channels=len(runs),
        )
        for each in zip(*found, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A window's audio."""

    samples: Samples
    start: int
    own: Span
    last: bool


@dataclass
class _Run:
    """The windows of the recording, or of one channel of it."""

    audio: AudioSource
    models: SpeakerModels
    all_settings: SpeakerSettings
    channel: int = 0
    _before: Samples | None = field(default=None)
    """The first part of the window before, which the last window may need."""

    @property
    def settings(self) -> WindowSettings:
        """How windows are cut and computed."""
        return self.all_settings.windows

    async def start_at(self, index: int) -> None:
        """Read what window `index` may need of the one before."""
        if index:
            start = (index - 1) * self.settings.hop_samples
            self._before = await self.audio.read(start, start + self.settings.hop_samples)

    async def cut(self, index: int) -> _Cut | None:
        """Return the audio of a window; None if the recording ended before it.

        The last window of a recording that is longer than a window ends with the recording.
        """
        hop = self.settings.hop_samples
        edge = (WINDOW_SAMPLES - hop) // 2
        start = index * hop
        samples = await self.audio.read(start, start + WINDOW_SAMPLES + 1)
        own_start = start + edge if index else 0
        if len(samples) > WINDOW_SAMPLES:
            window = await self.audio.slice(samples, 0, WINDOW_SAMPLES)
            self._before = await self.audio.slice(samples, 0, hop)
            return _Cut(window, start, (own_start, start + edge + hop), last=False)
        if not len(samples):
            return None
        end = start + len(samples)
        missing = WINDOW_SAMPLES - len(samples)
        if self._before is not None and missing:
            part = await self.audio.slice(self._before, hop - missing, hop)
            samples = await self.audio.concatenate([part, samples])
            start -= missing
        return _Cut(samples, start, (own_start, end), last=True)

    async def analyse(
        self, cuts: Sequence[_Cut], leaks: Sequence[Sequence[Span]]
    ) -> tuple[SpeakerWindow, ...]:
        """Return a window for each cut; `leaks` are spans of each that are not this channel's."""
        answers = await self.models.segment([cut.samples for cut in cuts])
        each = zip(cuts, answers, leaks, strict=True)
        return tuple([await self._window(*own) for own in each])

    async def _window(
        self, cut: _Cut, probabilities: Sequence[float], leaks: Sequence[Span]
    ) -> SpeakerWindow:
        activity = find_activity(probabilities, self.settings)
        size = len(cut.samples)
        everybody = [[_samples(span, size) for span in spans] for spans in activity]
        if leaks:
            shortest = round(self.all_settings.channels.shortest_s * SAMPLE_RATE_HZ)
            everybody = [closed(without(spans, leaks), shortest) for spans in everybody]
        speakers: list[LocalSpeaker] = []
        for who, spans in enumerate(everybody):
            others = union([span for other in everybody if other is not spans for span in other])
            number = LOCAL_SPEAKERS * self.channel + who
            speakers += await self._stretches(cut, number, spans, others)
        return SpeakerWindow(cut.start, cut.start + size, cut.own, tuple(speakers), cut.last)

    async def _stretches(
        self, cut: _Cut, who: int, spans: Sequence[Span], others: Sequence[Span]
    ) -> list[LocalSpeaker]:
        """A local speaker, each long stretch with a vector of its own, the others with one."""
        own = (cut.own[0] - cut.start, cut.own[1] - cut.start)
        enough = self.settings.stretch_s * SAMPLE_RATE_HZ
        found: list[LocalSpeaker] = []
        rest: list[Span] = []
        for span in spans:
            alone = inside(without([span], others), *own)
            if length(alone) >= enough:
                found.append(await self._speaker(cut, who, [span], alone))
            else:
                rest.append(span)
        if inside(rest, *own):
            alone = without(rest, others)
            middle = inside(alone, *own)
            if length(middle) < self.settings.embed_enough_s * SAMPLE_RATE_HZ:
                middle = alone
            found.append(await self._speaker(cut, who, rest, middle))
        return found

    async def _speaker(
        self, cut: _Cut, who: int, spans: Sequence[Span], alone: Sequence[Span]
    ) -> LocalSpeaker:
        voice, heard_s = await self._voice(cut, alone)
        placed = tuple((cut.start + first, cut.start + last) for first, last in spans)
        return LocalSpeaker(who, placed, voice, heard_s)

    async def _voice(self, cut: _Cut, alone: Sequence[Span]) -> tuple[str, float]:
        """The packed vector of speech by one person, and its length in seconds."""
        chosen = _longest(alone, round(self.settings.embed_max_s * SAMPLE_RATE_HZ))
        size = length(chosen)
        if size < max(EMBEDDING_MIN_SAMPLES, self.settings.embed_min_s * SAMPLE_RATE_HZ):
            return "", 0.0
        parts = [await self.audio.slice(cut.samples, *span) for span in chosen]
        stretch = parts[0] if len(parts) == 1 else await self.audio.concatenate(parts)
        return pack(await self.models.embed(stretch)), round(size / SAMPLE_RATE_HZ, 3)


def _samples(frames: Span, size: int) -> Span:
    """The samples of a window that belong to frames; the edges belong to the outer frames."""
    start, stop = (FRAME_OFFSET_SAMPLES + FRAME_SAMPLES * frame for frame in frames)
    start = start if frames[0] else 0
    return min(start, size), min(stop, size) if frames[1] < WINDOW_FRAMES else size


def _longest(spans: Sequence[Span], limit: int) -> list[Span]:
    """The longest spans up to a total length, in order; the last one chosen is cut."""
    chosen: list[Span] = []
    left = limit
    for start, stop in sorted(spans, key=lambda span: span[0] - span[1]):
        if left <= 0:
            break
        chosen.append((start, min(stop, start + left)))
        left -= stop - start
    return sorted(chosen)
