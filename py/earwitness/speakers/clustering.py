"""Groups voice vectors into people.

Agglomerative: the two clusters whose mean vectors are most alike become one, until no two are alike
enough. The products of all pairs are computed once; a merge only adds them up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from earwitness.speakers.settings import ClusterSettings
from earwitness.speakers.voices import Vector, cosine, product, scaled, total

Labels = list[int | None]


@dataclass(frozen=True, slots=True)
class Voice:
    """A vector of length 1 and the speech behind it."""

    vector: Vector
    heard_s: float
    apart: frozenset[int] = frozenset()
    """Indices of voices that belong to other people, because both spoke at once."""


@dataclass(frozen=True, slots=True)
class Range:
    """How many people there are, as far as the user says."""

    least: int = 1
    most: int | None = None


def cluster(voices: Sequence[Voice], settings: ClusterSettings, people: Range) -> list[int]:
    """Return a person's number for each voice: 0, 1 … in the order of their first voice.

    The number of people is in the range, unless the voices do not give as many.
    """
    if not voices:
        return []
    reliable = [i for i, voice in enumerate(voices) if voice.heard_s >= settings.reliable_s]
    deciding = reliable or list(range(len(voices)))
    groups = _condense(voices, deciding, settings)
    tree = _Tree([_Node.of(voices, group) for group in groups], settings.apart_threshold)
    heard_s = math.fsum(voices[i].heard_s for i in deciding)
    least_s = min(settings.speaker_min_s, settings.speaker_min_share * heard_s)
    clusters = tree.cut(settings.threshold, least_s, people)
    return _in_order(_assigned(voices, clusters, least_s))


def _condense(
    voices: Sequence[Voice], deciding: Sequence[int], settings: ClusterSettings
) -> list[list[int]]:
    """Groups of voices that are certainly alike, where there are too many to compare them all."""
    if len(deciding) <= settings.block:
        return [[index] for index in deciding]
    count = -(-len(deciding) // settings.block)
    groups: list[list[int]] = []
    for part in range(count):
        block = deciding[part * len(deciding) // count : (part + 1) * len(deciding) // count]
        nodes = [_Node.of(voices, [index]) for index in block]
        tree = _Tree(nodes, settings.apart_threshold)
        groups += tree.cut(settings.block_threshold, 0.0, Range())
    return groups


def _assigned(
    voices: Sequence[Voice], clusters: Sequence[Sequence[int]], least_s: float
) -> list[int]:
    """Each voice's cluster: its own if that is a person's, otherwise the most alike person's."""
    heard = [math.fsum(voices[i].heard_s for i in members) for members in clusters]
    people = [k for k, seconds in enumerate(heard) if seconds >= least_s]
    people = people or [max(range(len(clusters)), key=heard.__getitem__)]
    centres = [
        total([scaled(voices[i].vector, voices[i].heard_s) for i in clusters[k]]) for k in people
    ]
    labels: Labels = [None] * len(voices)
    for number, k in enumerate(people):
        for index in clusters[k]:
            labels[index] = number
    for index, voice in enumerate(voices):
        if labels[index] is None:
            taken = {labels[other] for other in voice.apart}
            free = [n for n in range(len(people)) if n not in taken] or range(len(people))
            labels[index] = max(free, key=lambda n: cosine(voice.vector, centres[n]))
    return [label or 0 for label in labels]


def _in_order(labels: Sequence[int]) -> list[int]:
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


@dataclass
class _Node:
    """A cluster under construction."""

    members: list[int]
    total: Vector
    heard_s: float
    apart: set[int]

    @staticmethod
    def of(voices: Sequence[Voice], members: Sequence[int]) -> _Node:
        seconds = [voices[i].heard_s for i in members]
        weighted = [scaled(voices[i].vector, voices[i].heard_s) for i in members]
        apart = {other for i in members for other in voices[i].apart}
        return _Node(list(members), total(weighted), math.fsum(seconds), apart)


@dataclass
class _Tree:
    """The merges of clusters, most alike first."""

    nodes: list[_Node]
    apart_threshold: float
    _products: list[list[float]] = field(init=False)
    _sizes: list[float] = field(init=False)
    _alive: list[int] = field(init=False)
    _best: dict[int, tuple[float, int]] = field(init=False)

    def __post_init__(self) -> None:
        totals = [node.total for node in self.nodes]
        count = len(totals)
        self._products = [[0.0] * count for _ in range(count)]
        for i in range(count):
            row = self._products[i]
            for j in range(i + 1):
                row[j] = self._products[j][i] = product(totals[i], totals[j])
        self._sizes = [math.sqrt(self._products[i][i]) or 1.0 for i in range(count)]
        self._alive = list(range(count))
        self._best = {i: self._closest(i) for i in self._alive}

    def cut(self, threshold: float, least_s: float, people: Range) -> list[list[int]]:
        """Return the members of the clusters, merged as long as two are alike by the threshold.

        If the clusters of at least `least_s` are not in the range then, as few merges as possible
        are undone or added.
        """
        merges: list[tuple[float, int, int]] = []
        counts = [sum(node.heard_s >= least_s for node in self.nodes)]
        groups = [list(node.members) for node in self.nodes]
        while len(self._alive) > 1:
            first = max(self._alive, key=lambda i: self._best[i][0])
            likeness, second = self._best[first]
            merges.append((likeness, first, second))
            self._merge(first, second)
            counts.append(sum(self.nodes[i].heard_s >= least_s for i in self._alive))
        usual = next((i for i, each in enumerate(merges) if each[0] < threshold), len(merges))
        most = people.most or len(groups)
        possible = [i for i, count in enumerate(counts) if people.least <= count <= most]
        chosen = min(possible, key=lambda i: abs(i - usual), default=usual)
        for _, first, second in merges[:chosen]:
            groups[first] += groups[second]
            groups[second] = []
        return [group for group in groups if group]

    def _merge(self, first: int, second: int) -> None:
        into, gone = self.nodes[first], self.nodes[second]
        into.members += gone.members
        into.heard_s += gone.heard_s
        into.apart |= gone.apart
        self._alive.remove(second)
        del self._best[second]
        mine, other = self._products[first], self._products[second]
        mine[first] += 2 * mine[second] + other[second]
        for i in self._alive:
            if i != first:
                mine[i] += other[i]
                self._products[i][first] = mine[i]
        self._sizes[first] = math.sqrt(mine[first]) or 1.0
        self._best[first] = self._closest(first)
        for i in self._alive:
            if i == first:
                continue
            if self._best[i][1] in (first, second):
                self._best[i] = self._closest(i)
            elif (likeness := self._likeness(i, first)) > self._best[i][0]:
                self._best[i] = (likeness, first)

    def _closest(self, index: int) -> tuple[float, int]:
        best = (-2.0, index)
        for other in self._alive:
            if other != index and (likeness := self._likeness(index, other)) > best[0]:
                best = (likeness, other)
        return best

    def _likeness(self, first: int, second: int) -> float:
        likeness = self._products[first][second] / (self._sizes[first] * self._sizes[second])
        if likeness >= self.apart_threshold:
            return likeness
        at_once = not self.nodes[first].apart.isdisjoint(self.nodes[second].members)
        return -2.0 if at_once else likeness
