"""A text and its branches as the prompt of our decoder graph, which scores them in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.protocols import Branch


@dataclass(frozen=True, slots=True)
class TokenTree:
    """The inputs `prompt`, `branches` and `scored_from` of the graph."""

    tokens: tuple[int, ...]
    prefixes: tuple[int, ...]
    """For each token, how many tokens from the start its branch continues; 0 in the text."""
    begins: tuple[int, ...]
    """For each token, the index at which its branch begins; 0 in the text."""
    scored_from: int
    """The first token whose log-probability is returned."""
    parts: tuple[tuple[int, int], ...]
    """Where the text and each branch lie in the log-probabilities, [first, last)."""


def plain_text(length: int) -> TokenTree:
    """Return the tree of a prompt without branches, of which nothing is scored."""
    return TokenTree((), (0,) * length, (0,) * length, length, ())


def token_tree(
    prompt: Sequence[int], tokens: Sequence[int], branches: Sequence[Branch]
) -> TokenTree:
    """Return the tree that scores a text and its branches."""
    whole = [*prompt, *tokens]
    prefixes, begins = [0] * len(whole), [0] * len(whole)
    parts = [(0, len(tokens))]
    for branch in branches:
        count, begin = len(branch.tokens), len(whole)
        prefixes += [len(prompt) + branch.first] * count
        begins += [begin] * count
        whole += branch.tokens
        parts.append((begin - len(prompt), begin - len(prompt) + count))
    return TokenTree(tuple(whole), tuple(prefixes), tuple(begins), len(prompt), tuple(parts))
