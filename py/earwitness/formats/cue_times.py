"""When cues come to the screen and leave it, so that each can be read.

A cue stays at least 5/6 of a second, the shortest time in broadcasters' style guides, and longer if
its text takes longer to read and nothing follows. Where the next cue follows sooner, it waits;
where it cannot wait either, the first one comes earlier if there is silence before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

SHORTEST_S = 5 / 6
"""A cue stays this long where there is room."""
COLUMNS_PER_S = 20.0
"""Reading speed; a wide character has two columns."""
_LATEST_S = SHORTEST_S
"""A cue waits this long for those before it, if these did not all start at once."""
_EARLIEST_S = SHORTEST_S
"""A cue comes at most this long before its words."""
_READABLE_S = 0.3
"""In a crowd of cues each stays this long, even if later ones wait longer than `_LATEST_S`."""
_FLOOR_S = 0.1
"""No cue is shorter, whatever the times say."""


def screen_times(
    spoken: Sequence[tuple[float, float]], columns: Sequence[int]
) -> list[tuple[float, float]]:
    """Return start and end of each cue: in order, none empty, none before the one before it ends.

    Args:
        spoken: start and end of each cue's words, in seconds.
        columns: the width of each cue's text.
    """
    starts = _starts(
        list(accumulate((start_s for start_s, _ in spoken), max)),
        list(accumulate((end_s for _, end_s in spoken), max)),
    )
    following = [*starts, float("inf")][1:]
    return [
        (start_s, min(next_s, max(end_s, start_s + max(SHORTEST_S, wide / COLUMNS_PER_S))))
        for start_s, next_s, (_, end_s), wide in zip(
            starts, following, spoken, columns, strict=True
        )
    ]


def _starts(spoken: list[float], ends: list[float]) -> list[float]:
    """Return the times at which cues appear, of the times at which they are spoken, in order.

    `ends`: when everything up to a cue has been said.
    """
    starts: list[float] = []
    free_s = 0.0
    for first, stop in _crowds(spoken):
        begin_s = max(spoken[first], free_s)
        limit_s = _limit_s(spoken, stop)
        missing_s = (stop - first) * SHORTEST_S - (limit_s - begin_s)
        if missing_s > 0 and first + 1 < stop:
            silent_s = max(free_s, ends[first - 1] if first else 0.0, begin_s - _EARLIEST_S)
            begin_s = min(begin_s, max(silent_s, begin_s - missing_s))
        share_s, last_s = _shares(begin_s, limit_s, stop - first)
        starts.append(begin_s)
        for i in range(first + 1, stop):
            wanted_s = max(spoken[i], starts[-1] + share_s)
            if spoken[i] > spoken[i - 1]:
                wanted_s = min(wanted_s, max(spoken[i] + _LATEST_S, starts[-1] + _READABLE_S))
            latest_s = limit_s - last_s - (stop - 1 - i) * share_s
            wanted_s = max(spoken[i], min(wanted_s, latest_s))
            starts.append(max(wanted_s, starts[-1] + _FLOOR_S))
        free_s = max(min(starts[-1] + SHORTEST_S, limit_s), starts[-1] + _FLOOR_S)
    return starts


def _crowds(spoken: list[float]) -> list[tuple[int, int]]:
    """Return [first, stop) of cues of which each but the last has less than `SHORTEST_S`."""
    ends = [i for i, (a, b) in enumerate(pairwise(spoken), 1) if b - a >= SHORTEST_S]
    cuts = [0, *ends, len(spoken)]
    return list(pairwise(cuts)) if spoken else []


def _limit_s(spoken: list[float], stop: int) -> float:
    """Return when the cue after a crowd must appear: it may wait where it has time left."""
    if stop >= len(spoken):
        return float("inf")
    after_s = spoken[stop + 1] if stop + 1 < len(spoken) else float("inf")
    return spoken[stop] + max(0.0, min(after_s - spoken[stop] - SHORTEST_S, _LATEST_S))


def _shares(begin_s: float, limit_s: float, count: int) -> tuple[float, float]:
    """Return the time of each cue of a crowd, and of its last one."""
    if count > 1 and (share_s := (limit_s - SHORTEST_S - begin_s) / (count - 1)) >= _READABLE_S:
        return min(SHORTEST_S, share_s), SHORTEST_S
    share_s = min(SHORTEST_S, max(_FLOOR_S, (limit_s - begin_s) / count))
    return share_s, share_s
