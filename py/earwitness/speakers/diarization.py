"""From analysed windows to people and their turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speakers.activity import Span, inside, length, union
from earwitness.speakers.clustering import Range, Voice, cluster
from earwitness.speakers.protocols import LOCAL_SPEAKERS, SAMPLE_RATE_HZ
from earwitness.speakers.settings import SpeakerSettings, TurnSettings
from earwitness.speakers.voices import cosine, scaled, total, unpack
from earwitness.speakers.windows import LocalSpeaker, SpeakerWindow
from earwitness.speech.channels import CHANNELS
from earwitness.transcript import Speaker, Turn


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when."""

    speakers: tuple[Speaker, ...] = ()
    """In the order of their first turns."""
    turns: tuple[Turn, ...] = ()
    """In the order of their starts."""


def diarize(
    windows: Sequence[SpeakerWindow],
    least: int = 1,
    most: int | None = None,
    settings: SpeakerSettings | None = None,
) -> Diarization:
    """Return the people of a recording, at least and at most as many as given if the voices allow.

    Raises:
        ValueError: the range is empty or begins below 1.
    """
    if least < 1 or (most is not None and most < least):
        raise ValueError(f"There is no number of speakers from {least} to {most}.")
    settings = settings or SpeakerSettings()
    people = Range(least, most)
    labels = _by_channel(windows, settings, people)
    if labels is None:
        labels = _labels(windows, settings, people)
    return _turns(windows, labels, settings.turns)


Key = tuple[int, int]
"""Number of a window, and of a local speaker in it."""


def _by_channel(
    windows: Sequence[SpeakerWindow], settings: SpeakerSettings, people: Range
) -> dict[Key, int] | None:
    """The channel of each local speaker, if each channel is a person; None: voices decide.

    They also decide if the user says that there are more people than channels, or fewer.
    """
    if not windows or windows[0].channels != CHANNELS:
        return None
    if not people.least <= CHANNELS <= (people.most or CHANNELS):
        return None
    labels: dict[Key, int] = {}
    spoken = [0.0] * CHANNELS
    vectors: list[list[list[float]]] = [[] for _ in range(CHANNELS)]
    for w, window in enumerate(windows):
        for s, speaker in enumerate(window.speakers):
            channel = labels[w, s] = speaker.number // LOCAL_SPEAKERS
            spoken[channel] += length(inside(speaker.spans, *window.own)) / SAMPLE_RATE_HZ
            if speaker.voice:
                vectors[channel].append(scaled(unpack(speaker.voice), speaker.heard_s))
    if min(spoken) < settings.channels.spoken_min_s:
        return None
    if all(vectors) and cosine(*map(total, vectors)) >= settings.clusters.channel_threshold:
        return None
    return labels


def _labels(
    windows: Sequence[SpeakerWindow], settings: SpeakerSettings, people: Range
) -> dict[Key, int]:
    """The number of the person that each local speaker is."""
    keys = [
        (w, s)
        for w, window in enumerate(windows)
        for s, speaker in enumerate(window.speakers)
        if speaker.voice
    ]
    positions = {key: index for index, key in enumerate(keys)}
    voices: list[Voice] = []
    for w, s in keys:
        speakers = windows[w].speakers
        apart = frozenset(
            positions[w, other]
            for other in range(len(speakers))
            if other != s and (w, other) in positions and _together(speakers[s], speakers[other])
        )
        voices.append(Voice(unpack(speakers[s].voice), speakers[s].heard_s, apart))
    numbers = cluster(voices, settings.clusters, people)
    labels = dict(zip(keys, numbers, strict=True))
    for w, window in enumerate(windows):
        for s, speaker in enumerate(window.speakers):
            if not speaker.voice:
                found = _by_neighbours(windows, labels, w, speaker)
                if found is not None:
                    labels[w, s] = found
    return labels


def _together(first: LocalSpeaker, second: LocalSpeaker) -> bool:
    """Whether two people of a window speak at once."""
    return first.number != second.number and any(
        inside(second.spans, *span) for span in first.spans
    )


def _by_neighbours(
    windows: Sequence[SpeakerWindow], labels: dict[Key, int], w: int, speaker: LocalSpeaker
) -> int | None:
    """The person who speaks at the same times in the windows beside; None if there is none.

    A person who is already another local speaker of this window at these times does not count.
    """
    shared: dict[int, int] = defaultdict(int)
    for beside in (w - 1, w + 1):
        if 0 <= beside < len(windows):
            for s, other in enumerate(windows[beside].speakers):
                if (beside, s) in labels:
                    common = sum(length(inside(other.spans, *span)) for span in speaker.spans)
                    shared[labels[beside, s]] += common
    for s, other in enumerate(windows[w].speakers):
        if other is not speaker and (w, s) in labels:
            shared.pop(labels[w, s], None)
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] > 0 else None


def _turns(
    windows: Sequence[SpeakerWindow], labels: dict[Key, int], settings: TurnSettings
) -> Diarization:
    spoken: dict[int, list[Span]] = defaultdict(list)
    for (w, s), label in labels.items():
        spoken[label] += inside(windows[w].speakers[s].spans, *windows[w].own)
    gap, shortest = (round(x * SAMPLE_RATE_HZ) for x in (settings.gap_s, settings.min_s))
    found: list[tuple[int, int, int]] = []
    for label, spans in spoken.items():
        joined = _join(union(spans), gap)
        found += [(start, stop, label) for start, stop in joined if stop - start >= shortest]
    found.sort()
    names: dict[int, str] = {}
    seconds: dict[str, float] = defaultdict(float)
    turns: list[Turn] = []
    for start, stop, label in found:
        name = names.setdefault(label, f"S{len(names) + 1}")
        turn = Turn(name, round(start / SAMPLE_RATE_HZ, 3), round(stop / SAMPLE_RATE_HZ, 3))
        seconds[name] += turn.end_s - turn.start_s
        turns.append(turn)
    speakers = tuple(Speaker(name, name, round(total, 3)) for name, total in seconds.items())
    return Diarization(speakers, tuple(turns))


def _join(spans: Sequence[Span], gap: int) -> list[Span]:
    joined: list[Span] = []
    for start, stop in spans:
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined
