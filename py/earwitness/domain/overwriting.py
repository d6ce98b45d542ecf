"""A user's text in the place of what somebody else has made of the same segments meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import accumulate

from earwitness.domain.edits import Wanted, letters_before
from earwitness.domain.passages import clean
from earwitness.domain.scripts import join_texts


def overwriting(
    wanted: Wanted,
    conflicts: Collection[int],
    before: Mapping[int, str],
    places: Mapping[int, range],
) -> Wanted | None:
    """Return changes for the text as it is now; None where no segment is left to take the text.

    `conflicts`: segments that the user and somebody else have changed. `before`: the texts that the
    user changed. `places`: the segments that stand in the place of each of them now. Where segments
    were split, joined or deleted since, what stands in their place becomes what the user saw, as
    the user changed it.
    """
    groups = _groups(conflicts, places, wanted.joins)
    group_of = {i: group for group in groups for i in group}
    stops = {i: place.stop for i, place in places.items()}
    alone = [i for i in sorted(wanted.segments) if i not in group_of and len(places[i]) == 1]
    texts = {places[i].start: wanted.texts[i] for i in alone if i in wanted.texts}
    cuts = [(places[i].start, letters) for i, letters in wanted.cuts if i in alone]
    deletions = [places[i].start for i in wanted.deletions if i in alone]
    joins: set[int] = set()
    for group in groups:
        first = min(places[i].start for i in group)
        stop = max(places[i].stop for i in group)
        if first == stop:
            return None
        stops |= dict.fromkeys(group, stop)
        # What somebody else deleted, and the user did not change, stays deleted.
        gone = {i for i in group if i in wanted.deletions or (not places[i] and i not in conflicts)}
        own = ["" if i in gone else clean(wanted.texts.get(i, before.get(i, ""))) for i in group]
        ends = [0, *accumulate(letters_before(text, len(text)) for text in own)]
        inside = {ends[group.index(i)] + letters for i, letters in wanted.cuts if i in group} | {
            end for i, end in zip(group, ends[1:], strict=True) if i not in wanted.joins
        }
        cuts += [(first, letters) for letters in sorted(inside) if 0 < letters < ends[-1]]
        if not ends[-1] and group.start - 1 not in wanted.joins and group[-1] not in wanted.joins:
            deletions += range(first, stop)
            continue
        texts |= dict.fromkeys(range(first, stop), "") | {first: join_texts(own)}
        joins |= {*range(first, stop - 1)}
    joins |= {stops[i] - 1 for i in wanted.joins if i + 1 not in group_of.get(i, ())}
    return Wanted(
        texts,
        joins=sorted(joins),
        deletions=deletions,
        restored=wanted.restored,
        cuts=cuts,
        highlights=wanted.highlights,
        paragraphs={places[i].start: wanted.paragraphs[i] for i in alone if i in wanted.paragraphs},
    )


def _groups(
    conflicts: Collection[int], places: Mapping[int, range], joins: Collection[int]
) -> list[range]:
    """Return the conflicts with the segments that share a place with them, in order."""
    apart = {i for i in joins if places[i].stop != places[i + 1].start}
    groups: list[range] = []
    for segment in sorted(conflicts):
        if groups and segment in groups[-1]:
            continue
        group = range(segment, segment + 1)
        while (wider := _wider(group, places, apart)) != group:
            group = wider
        while groups and groups[-1].stop > group.start:
            group = range(min(group.start, groups.pop().start), group.stop)
        groups.append(group)
    return groups


def _wider(group: range, places: Mapping[int, range], apart: Collection[int]) -> range:
    """Return a group with the neighbour that shares its place, or takes its text; else the same."""
    first = min(places[i].start for i in group)
    stop = max(places[i].stop for i in group)
    before, after = group.start - 1, group.stop
    if before in places and (before in apart or places[before].stop > first):
        return range(before, group.stop)
    if after in places and (group[-1] in apart or places[after].start < stop or first == stop):
        return range(group.start, after + 1)
    return range(before, group.stop) if before in places and first == stop else group
