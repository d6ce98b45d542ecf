"""Adds the prompt's shape: a text, and branches that continue it from different places.

The likelihoods of many variants of a text are computed in one step: the tokens that differ follow
the text in the prompt, and each branch attends to the text before its place and to itself. The
hypotheses of a beam search share a row in the same way (`beams`).
"""

from __future__ import annotations

from dataclasses import dataclass

from .beams import count_up
from .graph import Graph
from .rules import NEVER


@dataclass(frozen=True)
class TokenTree:
    """Names of values that say what each token of the prompt follows."""

    places: str
    """int64 [tokens]: the position of each token in its text."""
    parents: str
    """int64 [tokens]: the index of the token that each one follows; -1 for the first."""
    order: str
    """int64 [tokens]: 0 … tokens - 1."""
    prefixes: str
    """int64 [tokens]"""
    begins: str
    """int64 [tokens]"""

    def mask(self, graph: Graph, batch: str, length: str) -> str:
        """Add float32 [batch, tokens, tokens]: each token attends to itself and to its past."""
        axis = graph.ints(1)
        prefixes, begins, lines = (
            graph.op("Unsqueeze", each, axis) for each in (self.prefixes, self.begins, self.order)
        )
        shared = graph.op("Less", self.order, prefixes)
        own = graph.op(
            "And",
            graph.op("GreaterOrEqual", self.order, begins),
            graph.op("LessOrEqual", self.order, lines),
        )
        seen = graph.op("Or", shared, own)
        mask = graph.op("Where", seen, graph.float(0.0), graph.float(NEVER))
        return graph.op("Expand", mask, graph.op("Concat", batch, length, length, axis=0))


def token_tree(graph: Graph, branches: str, length: str) -> TokenTree:
    """Add the tree of `branches` int64 [2, tokens].

    For each token: how many tokens from the prompt's start its branch continues, and the index at
    which its branch begins. Both are 0 in the text itself.
    """
    prefixes = graph.op("Gather", branches, graph.int(0), axis=0)
    begins = graph.op("Gather", branches, graph.int(1), axis=0)
    order = count_up(graph, length)
    within = graph.op("Sub", order, begins)
    before = graph.op("Sub", order, graph.int(1))
    from_text = graph.op("Sub", prefixes, graph.int(1))
    first = graph.op("Equal", within, graph.int(0))
    return TokenTree(
        places=graph.op("Add", prefixes, within),
        parents=graph.op("Where", first, from_text, before),
        order=order,
        prefixes=prefixes,
        begins=begins,
    )
