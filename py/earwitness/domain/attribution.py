"""Gives each word of a transcript to the person who says it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.transcript import Segment, Turn, Word, speaker_of

CERTAIN_SHARE = 0.6
"""A word is certain if one person speaks for this share of it, and nobody else for as long."""
NEAR_S = 0.5
"""A word in silence belongs to the nearest turn; farther than this it is uncertain."""
SHORT_S = 0.6
SHORT_WORDS = 2
"""At the beginning or the end of a sentence, a run of at most so many words and so many seconds
beside another person's follows that person: the change is at the sentence's end."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word, and who says it."""

    word: Word
    speaker: str | None
    certain: bool
    """False: two people speak, or nobody does nearby."""


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """A sentence, or the part of it that one person says."""

    segment: Segment
    """With `speaker` set; its times and text are those of its words where it is a part."""
    words: tuple[SpokenWord, ...]


def attribute(
    segments: Sequence[Segment], turns: Sequence[Turn], everything: Sequence[Segment] = ()
) -> list[SpokenSegment]:
    """Return the sentences with their speakers; a sentence in which the speaker changes is split.

    A segment without words goes to the person who speaks longest in it. Without turns, no segment
    has a speaker. A segment that was heard in one channel goes to a person of that channel;
    `everything`, by default `segments`, tells whose voice is in which.
    """
    finders = _Finders(everything or segments, turns)
    spoken: list[SpokenSegment] = []
    for segment in segments:
        finder = finders.of(segment)
        if not segment.words:
            speaker, _ = finder.speaker(segment.start_s, segment.end_s)
            spoken.append(SpokenSegment(_with(segment, speaker), ()))
            continue
        words = [
            SpokenWord(word, *finder.speaker(word.start_s, word.end_s)) for word in segment.words
        ]
        runs = _snapped(_runs(words))
        if len(runs) == 1:
            spoken.append(SpokenSegment(_with(segment, runs[0][0].speaker), tuple(runs[0])))
        else:
            spoken += [SpokenSegment(_part(segment, run), tuple(run)) for run in runs]
    return spoken


def uncertain_runs(
    segments: Sequence[Segment], turns: Sequence[Turn]
) -> list[tuple[int, int, int]]:
    """Return stretches of words whose speaker is uncertain: segment, first word, word after it.

    A word is uncertain if two people of its channel speak, nobody does nearby, or the turns say
    somebody else than the segment. Segments without words or without a speaker have none.
    """
    finders = _Finders(segments, turns)
    runs: list[tuple[int, int, int]] = []
    for number, segment in enumerate(segments if turns else ()):
        if segment.speaker is None:
            continue
        finder = finders.of(segment)
        for index, word in enumerate(segment.words):
            speaker, certain = finder.speaker(word.start_s, word.end_s)
            if certain and speaker == segment.speaker:
                continue
            if runs and runs[-1][0] == number and runs[-1][2] == index:
                runs[-1] = (number, runs[-1][1], index + 1)
            else:
                runs.append((number, index, index + 1))
    return runs


def common_s(turns: Sequence[Turn], others: Sequence[Turn]) -> dict[tuple[str, str], float]:
    """Return for how long somebody of `turns` and somebody of `others` speak at the same time."""
    shared: dict[tuple[str, str], float] = defaultdict(float)
    ordered = sorted(others, key=lambda turn: turn.start_s)
    starts = [turn.start_s for turn in ordered]
    longest_s = max((turn.end_s - turn.start_s for turn in ordered), default=0.0)
    for turn in turns:
        first = bisect_left(starts, turn.start_s - longest_s)
        for other in ordered[first : bisect_left(starts, turn.end_s)]:
            both_s = min(turn.end_s, other.end_s) - max(turn.start_s, other.start_s)
            if both_s > 0:
                shared[turn.speaker, other.speaker] += both_s
    return shared


def turns_in_channels(segments: Sequence[Segment]) -> list[Turn]:
    """Return the times of the segments that were heard in one channel, as turns of its person."""
    return [
        Turn(speaker_of(segment.channel), segment.start_s, segment.end_s)
        for segment in segments
        if segment.channel is not None
    ]


class _Finders:
    """Finds who speaks in a segment: for one of a channel, among the people of that channel."""

    def __init__(self, segments: Sequence[Segment], turns: Sequence[Turn]) -> None:
        self._all = _Finder(turns)
        heard = turns_in_channels(segments)
        lengths: dict[str, float] = defaultdict(float)
        for turn in turns:
            lengths[turn.speaker] += turn.end_s - turn.start_s
        heard_s: dict[str, float] = defaultdict(float)
        for turn in heard:
            heard_s[turn.speaker] += turn.end_s - turn.start_s
        # A person is in the channel whose sentences the turns match best. The common time alone
        # does not tell: somebody may speak only while the other one does.
        best: dict[str, tuple[float, str]] = {}
        for (who, channel), both_s in common_s(turns, heard).items():
            match = both_s / (lengths[who] + heard_s[channel] - both_s)
            best[who] = max(best.get(who, (0.0, "")), (match, channel))
        own: dict[str, list[Turn]] = defaultdict(list)
        for turn in turns if best else ():
            own[best.get(turn.speaker, (0.0, ""))[1]].append(turn)
        self._own = {channel: _Finder(each) for channel, each in own.items()}

    def of(self, segment: Segment) -> _Finder:
        """Return what finds the words of a segment; where its channel has nobody, among all."""
        if segment.channel is None:
            return self._all
        return self._own.get(speaker_of(segment.channel), self._all)


class _Finder:
    """Finds who speaks in a short time."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = sorted(turns, key=lambda turn: turn.start_s)
        self.starts = [turn.start_s for turn in self.turns]
        self.longest_s = max((turn.end_s - turn.start_s for turn in turns), default=0.0)

    def speaker(self, start_s: float, end_s: float) -> tuple[str | None, bool]:
        """Return who speaks most in [start_s, end_s], and whether that is certain."""
        end_s = max(end_s, start_s + 0.02)
        shares: dict[str, float] = defaultdict(float)
        first = bisect_left(self.starts, start_s - self.longest_s - NEAR_S)
        nearest: tuple[float, str] | None = None
        for turn in self.turns[first:]:
            if turn.start_s > end_s + NEAR_S:
                break
            common = min(turn.end_s, end_s) - max(turn.start_s, start_s)
            if common > 0:
                shares[turn.speaker] += common
            elif nearest is None or -common < nearest[0]:
                nearest = (-common, turn.speaker)
        if shares:
            ranked = sorted(shares.items(), key=lambda item: -item[1])
            share = ranked[0][1] / (end_s - start_s)
            rival = ranked[1][1] / (end_s - start_s) if len(ranked) > 1 else 0.0
            return ranked[0][0], share >= CERTAIN_SHARE and rival < CERTAIN_SHARE
        if nearest and nearest[0] <= NEAR_S:
            return nearest[1], True
        return self._nearest(start_s, end_s), False

    def _nearest(self, start_s: float, end_s: float) -> str | None:
        """Who speaks next to a word that is far from all turns."""
        if not self.turns:
            return None

        def distance_s(turn: Turn) -> float:
            return max(turn.start_s - end_s, start_s - turn.end_s)

        return min(self.turns, key=distance_s).speaker


def _runs(words: Sequence[SpokenWord]) -> list[list[SpokenWord]]:
    """Words in groups of one speaker each; an uncertain word goes with the words before it."""
    runs: list[list[SpokenWord]] = []
    for word in words:
        if runs and (word.speaker == runs[-1][-1].speaker or not word.certain):
            runs[-1].append(_said_by(word, runs[-1][0].speaker))
        else:
            runs.append([word])
    return runs


def _snapped(runs: list[list[SpokenWord]]) -> list[list[SpokenWord]]:
    """Short first and last runs join the run beside them: speakers change between sentences."""
    while len(runs) > 1:
        if _is_short(runs[0]):
            joined = [_said_by(word, runs[1][0].speaker) for word in runs[0]]
            runs = [joined + runs[1], *runs[2:]]
        elif _is_short(runs[-1]):
            joined = [_said_by(word, runs[-2][0].speaker) for word in runs[-1]]
            runs = [*runs[:-2], runs[-2] + joined]
        else:
            break
    return runs


def _is_short(run: Sequence[SpokenWord]) -> bool:
    length_s = run[-1].word.end_s - run[0].word.start_s
    return len(run) <= SHORT_WORDS and length_s <= SHORT_S


def _said_by(word: SpokenWord, speaker: str | None) -> SpokenWord:
    if word.speaker == speaker:
        return word
    return SpokenWord(word.word, speaker, certain=False)


def _with(segment: Segment, speaker: str | None) -> Segment:
    return replace(segment, speaker=speaker)


def _part(segment: Segment, run: Sequence[SpokenWord]) -> Segment:
    words = tuple(each.word for each in run)
    return replace(
        segment,
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        text="".join(word.text for word in words),
        words=words,
        speaker=run[0].speaker,
    )
