"""Adds the nodes of a beam search step: the best continuations of each window's hypotheses.

The hypotheses of a window are tokens of one row. They share the row's audio and prompt. One cache
keeps the tokens of all hypotheses, and a mask gives each hypothesis the tokens of its own past, so
that no cache is copied from one hypothesis to another.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from .graph import BOOL, EVERY, FLOAT, INT64, Graph
from .rules import NEVER, Choice, Scores


@dataclass(frozen=True)
class BeamControls:
    """Names of values of the outer graph that are the same in all steps."""

    beams: str
    """int64 [1]: hypotheses per window; 1 means no search."""
    search: str
    """bool [1]: whether there is more than one hypothesis per window."""
    searched_rows: str
    """int64 [1]: the batch size in a search, otherwise 0."""
    batch: str
    """int64 [1]"""
    lines: str
    """int64 [batch]: 0 … batch - 1."""
    order: str
    """int64 [beams]: 0 … beams - 1."""
    apart: str
    """float32 [batch, beams, beams]: 0 on the diagonal, elsewhere `NEVER`."""


def beam_controls(graph: Graph, beams: str, batch: str) -> BeamControls:
    """Add the values that depend only on `beams` int64 [1] and `batch` int64 [1]."""
    search = graph.op("Greater", beams, graph.ints(1))
    order = count_up(graph, beams)
    same = graph.op("Equal", order, graph.op("Unsqueeze", order, graph.ints(1)))
    apart = graph.op("Where", same, graph.float(0.0), graph.float(NEVER))
    shape = graph.op("Concat", batch, beams, beams, axis=0)
    return BeamControls(
        beams=beams,
        search=search,
        searched_rows=graph.op("Where", search, batch, graph.int(0)),
        batch=batch,
        lines=count_up(graph, batch),
        order=order,
        apart=graph.op("Expand", apart, shape),
    )


@dataclass(frozen=True)
class Survivors:
    """The hypotheses after a step: `beams` for each window, one without a search."""

    tokens: str
    """int64 [batch * beams, 1]"""
    log_probabilities: str
    """float32 [batch * beams, 1]: log-probabilities of these tokens."""
    totals: str
    """float32 [batch * beams, 1]: log-probabilities of the hypotheses; 0 without a search."""
    rows: str
    """int64 [batch * beams]: the row of the step before that each hypothesis continues."""
    parents: str
    """int64 [batch, beams]: the same row, counted within the window."""
    endings: str
    """float32 [batch, beams]: log-probability of each hypothesis of the step before if it ends
    here; `NEVER` if `beams` other hypotheses are better."""
    ended: str
    """bool [batch, 1]: ending is the best continuation, or there is no other."""


_KINDS = (INT64, FLOAT, FLOAT, INT64, INT64, FLOAT, BOOL)


@dataclass(frozen=True)
class BeamSearch:
    """Writes one step of the search into the body of the decode loop."""

    graph: Graph
    controls: BeamControls
    eot: int

    def survivors(self, scores: Scores, choice: Choice, totals: str, hypotheses: str) -> Survivors:
        """Add the best continuations in a search; without a search, each row's own choice.

        `totals` float32 [batch * hypotheses, 1]; `hypotheses` int64 [1] is 1 in the first step and
        `beams` later.
        """
        searching = Graph(self.graph.fresh("search"), self.graph)
        alone = Graph(self.graph.fresh("alone"), self.graph)
        branches = (
            (searching, self._best(searching, scores, totals, hypotheses)),
            (alone, self._own(alone, choice, totals)),
        )
        for branch, found in branches:
            for value, kind in zip(astuple(found), _KINDS, strict=True):
                branch.output(branch.op("Identity", value), kind, None)
        return Survivors(*self.graph.branch(self.controls.search, searching, alone))

    def _best(self, graph: Graph, scores: Scores, totals: str, hypotheses: str) -> Survivors:
        controls = self.controls
        batch, beams, eot = controls.batch, controls.beams, graph.int(self.eot)
        width = graph.op("Add", beams, graph.ints(1))
        best, tokens = graph.ops("TopK", 2, scores.logits, width, axis=1)
        each = graph.op("Sub", best, scores.log_sum)
        shape = graph.op("Concat", batch, hypotheses, width, axis=0)
        reached = graph.op("Reshape", graph.op("Add", each, totals), shape)
        ends = graph.op("Equal", graph.op("Reshape", tokens, shape), eot)
        never = graph.float(NEVER)
        ending = graph.op("Where", ends, reached, never)
        ending = graph.op("ReduceMax", ending, graph.ints(2), keepdims=0)
        flat = graph.op("Concat", batch, graph.op("Mul", hypotheses, width), axis=0)
        going_on = graph.op("Reshape", graph.op("Where", ends, never, reached), flat)
        kept, chosen = graph.ops("TopK", 2, going_on, beams, axis=1)

        worst = graph.op("Gather", kept, graph.ints(-1), axis=1)
        endings = graph.op("Where", graph.op("Greater", ending, worst), ending, never)
        best_ending = graph.op("ReduceMax", ending, graph.ints(1), keepdims=1)
        hopeless = graph.op("Max", best_ending, graph.float(NEVER / 10))
        parents = graph.op("Div", chosen, width)
        begin = graph.op("Mul", controls.lines, hypotheses)
        rows = graph.op("Add", parents, graph.op("Unsqueeze", begin, graph.ints(1)))

        def pick(values: str) -> str:
            by_window = graph.op("Reshape", values, flat)
            return graph.reshape(graph.op("GatherElements", by_window, chosen, axis=1), -1, 1)

        return Survivors(
            tokens=pick(tokens),
            log_probabilities=pick(each),
            totals=graph.reshape(kept, -1, 1),
            rows=graph.reshape(rows, -1),
            parents=parents,
            endings=graph.op("Expand", endings, graph.op("Concat", batch, beams, axis=0)),
            ended=graph.op("Greater", hopeless, graph.op("Gather", kept, graph.ints(0), axis=1)),
        )

    def _own(self, graph: Graph, choice: Choice, totals: str) -> Survivors:
        column = graph.op("Unsqueeze", self.controls.lines, graph.ints(1))
        return Survivors(
            tokens=choice.tokens,
            log_probabilities=choice.log_probabilities,
            totals=totals,
            rows=self.controls.lines,
            parents=graph.op("Mul", column, graph.int(0)),
            endings=graph.op("Sub", totals, graph.float(-NEVER)),
            ended=graph.op("Equal", choice.tokens, graph.int(self.eot)),
        )

    def mask(self, mask: str, rows: str, hypotheses: str) -> str:
        """Add the next step's mask: each hypothesis attends to its parent's past and to itself.

        `mask` float32 [batch, n, length], of which the last `hypotheses` lines count.
        """
        graph, controls = self.graph, self.controls
        counted = graph.slice(mask, graph.op("Neg", hypotheses), graph.ints(EVERY), 1)
        length = graph.op("Shape", mask, start=2, end=3)
        lines = graph.op("Reshape", counted, graph.op("Concat", graph.ints(-1), length, axis=0))
        past = graph.op("Gather", lines, rows, axis=0)
        shape = graph.op("Concat", graph.ints(-1), controls.beams, length, axis=0)
        return graph.op("Concat", graph.op("Reshape", past, shape), controls.apart, axis=2)


def count_up(graph: Graph, size: str) -> str:
    """Add int64 [size]: 0 … size - 1."""
    scalar = graph.op("Squeeze", size, graph.ints(0))
    return graph.op("Range", graph.int(0), scalar, graph.int(1))
