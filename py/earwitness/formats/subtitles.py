"""Subtitles that follow a style guide: which words stand in a cue, on which line, and how long.

All ways to cut the text are weighed against each other (dynamic programming): a rule that is broken
costs most, a cut inside a phrase less, each cue a little. So no rule is broken that another cut
would keep. Then the cues are moved within narrow limits, so that each stays as long as it is read.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from earwitness.domain.clock import valid_time_s
from earwitness.formats.characters import is_spaceless, width
from earwitness.formats.cues import Cue, cues, spoken, tidy, valid_span_s, word_offsets
from earwitness.formats.line_breaks import breaks, is_title
from earwitness.formats.phrases import clinging
from earwitness.formats.subtitle_rules import (
    DELAY_S,
    LEAD_S,
    Rules,
    characters,
    reading_s,
    rules_for,
)  # fmt: skip
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript, Word

_BROKEN = 100.0
"""Cost of a broken rule."""
_CUE = 1.0
_TWO_SPEAKERS = 1.5
_ROUGH = 4.0
"""Cost of a cut inside a word; of a smooth one less."""
_LINE_ROUGH = 1.5
_PAUSE_S = 1.0
"""A longer pause inside a cue gives away what is said after it."""
_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text between two places where a line may end."""

    text: str
    space: str
    """Before the text, where it does not begin a line."""
    roughness: float
    """Of a cut before it; 0 at the beginning of a segment."""
    start_s: float
    end_s: float
    segment: int
    speaker: str | None
    words: tuple[Word, ...]


def subtitle_cues(
    transcript: Transcript, options: ExportOptions, *, names: bool = False
) -> list[Cue]:
    """Return the cues of a transcript.

    Args:
        transcript: the text.
        options: which rules they follow; without any of these, those of `cues`.
        names: write the speaker's name before the first words, where the options ask for it.
    """
    if follows_no_guide(options):
        return cues(transcript.segments)
    rules = rules_for(options, transcript.language)
    shown = names and options.speakers is True
    return cues_by_rules(transcript.segments, rules, transcript.language, names=shown)


def follows_no_guide(options: ExportOptions) -> bool:
    """Return whether the cues are those of `cues`, which do without the rules of a guide."""
    own = options.columns or options.lines or options.children
    return options.rules == "earwitness" and not own


def cues_by_rules(
    segments: Sequence[Segment], rules: Rules, language: str | None = None, *, names: bool = False
) -> list[Cue]:
    """Return cues that break no rule which the speech allows to keep; none overlaps another.

    Args:
        segments: what is said, in order.
        rules: what is asked.
        language: Whisper's code, to keep phrases together.
        names: write the speaker's name where another one begins.
    """
    return [cue for cue, _ in timed_cues(segments, rules, language, names=names)]


def timed_cues(
    segments: Sequence[Segment], rules: Rules, language: str | None = None, *, names: bool = False
) -> list[tuple[Cue, tuple[float, float]]]:
    """Return the cues, each with the times at which its words are spoken."""
    pieces = _pieces(segments, rules, language, names)
    if not pieces:
        return []
    made = _Cutter(pieces, rules).cues()
    times = [(cue.start_s, cue.end_s) for cue in made]
    needs = [min(reading_s(cue.lines, rules), rules.longest_s) for cue in made]
    placed = _placed(times, needs, rules)
    return [
        (replace(cue, start_s=start_s, end_s=end_s), span)
        for cue, (start_s, end_s), span in zip(made, placed, times, strict=True)
    ]


def _pieces(
    segments: Sequence[Segment], rules: Rules, language: str | None, names: bool
) -> list[_Piece]:
    pieces: list[_Piece] = []
    speaker: str | None = None
    reached_s = 0.0
    for number, segment in enumerate(spoken(segments)):
        text = tidy(segment.text)
        places = _places(text, rules.columns)
        clock = _Clock(text, segment)
        name = tidy(segment.speaker or "") or None
        for start, stop in zip([0, *places], [*places, len(text)], strict=True):
            part = text[start:stop].strip()
            if not part:
                continue
            start_s = max(reached_s, clock.start_s(start))
            end_s = max(start_s, clock.end_s(stop))
            rough = places[start] + clinging(text, start, language) if start else 0.0
            if not start and pieces:
                rough = _roughness_between(pieces[-1].text, part, language)
            is_joined = start and not text[start - 1].isspace()
            if not start and pieces:
                is_joined = is_spaceless(pieces[-1].text[-1]) and is_spaceless(part[0])
            if not start and names and name and name != speaker:
                part = f"{name}: {part}"
            pieces.append(
                _Piece(part, "" if is_joined else " ", rough, start_s, end_s, number, name,
                       clock.words(start, stop))
            )  # fmt: skip
            reached_s = start_s
        speaker = name
    return pieces


def _roughness_between(before: str, after: str, language: str | None) -> float:
    """Return how rough a cut between two segments is: their speech may go on in one sentence."""
    if before.endswith((*".?!…。？！؟।", '"', "”", "»", "」")):
        return 1.0 if is_title(f"{before} {after}", len(before) + 1) else 0.0
    at = len(before) + 1
    return 0.15 if before[-1] in ",;:、，—–-" else 0.3 + clinging(f"{before} {after}", at, language)


def _places(text: str, columns: int) -> dict[int, float]:
    """Return where a cut may be, and how rough it is, so that each part fits on a line."""
    found: dict[int, float] = {}
    todo = [(0, len(text))]
    while todo:
        start, stop = todo.pop()
        if start and width(text[start:stop].strip()) <= columns:
            continue
        part = text[start:stop]
        lead = len(part) - len(part.lstrip())
        ends = [(start + lead + each.at, each.roughness) for each in breaks(part.strip())]
        ends = [(at, rough) for at, rough in ends if start < at < stop]
        found |= {at: rough for at, rough in ends if at not in found}
        edges = [start, *(at for at, _ in ends), stop]
        if len(edges) > 2:
            todo += [(a, b) for a, b in pairwise(edges) if width(text[a:b].strip()) > columns]
    return dict(sorted(found.items()))


class _Clock:
    """When each character of a segment is spoken."""

    def __init__(self, text: str, segment: Segment) -> None:
        self._span = valid_span_s(segment)
        self._length = max(1, len(text))
        self._words = [word for word in segment.words if word.text.strip()]
        self._offsets = word_offsets(text, self._words) or []
        if not self._offsets:
            self._words = []

    def start_s(self, at: int) -> float:
        """Return when the character at an offset begins."""
        if not self._words:
            return self._share_s(at)
        i = max(0, bisect_right(self._offsets, at) - 1)
        return self._inside_s(i, at)

    def end_s(self, at: int) -> float:
        """Return when the text before an offset has been said."""
        if not self._words:
            return self._share_s(at)
        i = max(0, bisect_right(self._offsets, at - 1) - 1)
        return self._inside_s(i, at)

    def words(self, start: int, stop: int) -> tuple[Word, ...]:
        """Return the words that begin between two offsets."""
        low = bisect_left(self._offsets, start)
        return tuple(self._words[low : bisect_left(self._offsets, stop)])

    def _share_s(self, at: int) -> float:
        first_s, last_s = self._span
        return first_s + (last_s - first_s) * at / self._length

    def _inside_s(self, i: int, at: int) -> float:
        word, length = self._words[i], max(1, len(tidy(self._words[i].text)))
        share = min(1.0, max(0.0, (at - self._offsets[i]) / length))
        start_s = valid_time_s(word.start_s)
        return start_s + (max(start_s, valid_time_s(word.end_s)) - start_s) * share


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a cue, as the first piece of each, and what they cost."""

    cost: float
    starts: tuple[int, ...]
    dash: str = ""


class _Cutter:
    """Where the pieces of a text are cut into cues and lines."""

    def __init__(self, pieces: Sequence[_Piece], rules: Rules) -> None:
        self._pieces = pieces
        self._rules = rules
        spaces = [width(piece.space) for piece in pieces]
        own = [width(piece.text) for piece in pieces]
        self._widths = list(accumulate(map(sum, zip(spaces, own, strict=True)), initial=0))
        self._spaces = spaces
        counts = (characters(piece.space + piece.text) for piece in pieces)
        self._counts = list(accumulate(counts, initial=0))
        changes = (a.speaker != b.speaker for a, b in pairwise(pieces))
        self._changes = [0, *accumulate(changes)]
        """How often the speaker has changed up to a piece."""

    def cues(self) -> list[Cue]:
        """Return the cues at the least cost, with the times at which their words are spoken."""
        count = len(self._pieces)
        best = [0.0] + [math.inf] * count
        origin: list[tuple[int, _Lines]] = [(0, _Lines(0.0, ()))] * (count + 1)
        for start in range(count):
            for stop in range(start + 1, count + 1):
                lines = self._layout(start, stop)
                if lines is not None:
                    cost = best[start] + lines.cost + self._cost(start, stop)
                    if cost < best[stop]:
                        best[stop], origin[stop] = cost, (start, lines)
                elif stop > start + 1 and not self._may_fit(start, stop):
                    break
        found: list[Cue] = []
        stop = count
        while stop:
            start, lines = origin[stop]
            found.append(self._cue(start, stop, lines))
            stop = start
        return found[::-1]

    def _may_fit(self, start: int, stop: int) -> bool:
        """Return whether more pieces may fit where these do not: a line may become complete."""
        room = self._rules.lines * (self._rules.columns + 1)
        changed = self._changes[stop - 1] - self._changes[start]
        return changed == 1 and self._width(start, stop) <= room

    def _width(self, start: int, stop: int) -> int:
        return self._widths[stop] - self._widths[start] - self._spaces[start]

    def _layout(self, start: int, stop: int) -> _Lines | None:
        """Return the best lines of some pieces, None where they do not fit."""
        changed = self._changes[stop - 1] - self._changes[start]
        if changed:
            return self._dialogue(start, stop) if changed == 1 else None
        lines = self._split(start, stop, self._rules.lines)
        if lines is None and stop == start + 1:
            return _Lines(_BROKEN, (start,))
        return lines

    def _split(self, start: int, stop: int, lines: int) -> _Lines | None:
        whole = self._width(start, stop)
        columns = self._rules.columns
        if whole <= columns:
            return _Lines(0.0, (start,))
        if lines < 2 or whole > lines * (columns + 1):
            return None
        best: _Lines | None = None
        for at in range(start + 1, stop):
            first = self._width(start, at)
            if first > columns:
                break
            rest = self._split(at, stop, lines - 1)
            if rest is None:
                continue
            rough = self._pieces[at].roughness
            cost = _LINE_ROUGH * rough + abs(first / whole - 1 / lines) + rest.cost
            if best is None or cost < best.cost:
                best = _Lines(cost, (start, *rest.starts))
        return best

    def _dialogue(self, start: int, stop: int) -> _Lines | None:
        """Return two lines of two speakers, if these are whole segments that fit."""
        pieces, dash = self._pieces, self._rules.dash
        at = bisect_right(self._changes, self._changes[start], start, stop)
        is_whole = self._begins(start) and self._begins(at) and self._begins(stop)
        widest = max(self._width(start, at), self._width(at, stop)) + width(dash)
        fits = self._rules.lines > 1 and widest <= self._rules.columns
        is_named = bool(pieces[start].speaker and pieces[at].speaker)
        return _Lines(0.0, (start, at), dash) if is_whole and fits and is_named else None

    def _begins(self, at: int) -> bool:
        """Return whether a segment begins with a piece."""
        pieces = self._pieces
        return at in (0, len(pieces)) or pieces[at].segment != pieces[at - 1].segment

    def _cost(self, start: int, stop: int) -> float:
        pieces, rules = self._pieces, self._rules
        first, last = pieces[start], pieces[stop - 1]
        lead_s = min(LEAD_S, first.start_s - (pieces[start - 1].end_s if start else 0.0))
        room_s = math.inf
        if stop < len(pieces):
            room_s = pieces[stop].start_s - rules.gap_s - first.start_s + max(0.0, lead_s)
        spoken_s = last.end_s - first.start_s
        need_s = (self._counts[stop] - self._counts[start]) / rules.characters_per_s
        cost = _CUE
        if room_s < rules.shortest_s:
            cost += _BROKEN * (2 - max(0.0, room_s) / rules.shortest_s)
        if room_s < need_s:
            cost += _BROKEN * min(3.0, need_s / max(0.1, room_s) - 0.5)
        if spoken_s > rules.longest_s and stop > start + 1:
            cost += _BROKEN * spoken_s / rules.longest_s
        if stop < len(pieces):
            cost += _ROUGH * pieces[stop].roughness
        for before, after in pairwise(pieces[start:stop]):
            pause_s = after.start_s - before.end_s
            if pause_s > _PAUSE_S:
                cost += _PAUSE * pause_s
            if before.speaker != after.speaker:
                cost += _TWO_SPEAKERS
        return cost

    def _cue(self, start: int, stop: int, lines: _Lines) -> Cue:
        pieces = self._pieces
        texts: list[str] = []
        for a, b in pairwise((*lines.starts, stop)):
            line = "".join([pieces[a].text, *(p.space + p.text for p in pieces[a + 1 : b])])
            keeps = b < stop and not lines.dash and _keeps_space(pieces[b - 1], pieces[b])
            texts.append(f"{lines.dash}{line}{' ' if keeps else ''}")
        words = tuple(word for piece in pieces[start:stop] for word in piece.words)
        speaker = None if lines.dash else pieces[start].speaker
        span = pieces[start].start_s, pieces[stop - 1].end_s
        return Cue(*span, tuple(texts), words, speaker)


def _keeps_space(before: _Piece, after: _Piece) -> bool:
    """Return whether joining two lines would lose the space between them."""
    close = is_spaceless(before.text[-1]) and is_spaceless(after.text[0])
    return close and after.space == " " and before.segment == after.segment


def _placed(
    times: Sequence[tuple[float, float]], needs: Sequence[float], rules: Rules
) -> list[tuple[float, float]]:
    """Return when each cue comes and goes: as its words are spoken, moved where time is short."""
    latest = [start_s + DELAY_S for start_s, _ in times]
    for i in range(len(times) - 2, -1, -1):
        wanted_s = min(latest[i], latest[i + 1] - rules.gap_s - needs[i])
        latest[i] = max(times[i][0] - LEAD_S, wanted_s)
    starts: list[float] = []
    for i, (spoken_s, _) in enumerate(times):
        start_s = min(spoken_s, latest[i])
        if i:
            # It may come before the words before it have ended, but not before they are read.
            free_s = starts[-1] + needs[i - 1] + rules.gap_s
            earliest_s = max(spoken_s - LEAD_S, min(free_s, spoken_s))
            start_s = max(start_s, earliest_s)
            # The cue before may stay until it is read, as far as this one can wait.
            wanted_s = min(starts[-1] + needs[i - 1] + rules.gap_s, spoken_s + DELAY_S)
            start_s = max(start_s, min(wanted_s, max(start_s, latest[i])))
            start_s = max(start_s, starts[-1] + 2 * rules.gap_s)
        else:
            start_s = max(0.0, spoken_s - LEAD_S, start_s)
        starts.append(start_s)
    placed: list[tuple[float, float]] = []
    for i, (_, spoken_s) in enumerate(times):
        start_s = starts[i]
        end_s = max(start_s + needs[i], min(spoken_s, start_s + rules.longest_s))
        if i + 1 < len(starts):
            room_s = starts[i + 1] - rules.gap_s
            if starts[i + 1] - end_s < rules.closed_gap_s:
                end_s = min(room_s, max(end_s, start_s + rules.longest_s))
                # A cue that has its longest time cannot close the gap: the next one comes earlier.
                starts[i + 1] = end_s + rules.gap_s
        placed.append((start_s, end_s))
    return placed
