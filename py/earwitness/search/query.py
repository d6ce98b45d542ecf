"""What the user typed in the search box, read so that nothing they can type is an error.

budget meeting        both words (the last one may be unfinished)
"next quarter"        these words in this order
-draft  -"first try"  sentences without it
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from earwitness.search.scripts import has_word

LENGTH_MAX = 400
"""Characters that are read; the rest is ignored."""
TERMS_MAX = 16
_QUOTES = '"“”„«»'
_TERM = re.compile(
    f"(?P<minus>-?)(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?P<end>[{_QUOTES}]?)"
    f"|(?P<word>[^\\s{_QUOTES}]+))"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase."""

    text: str
    phrase: bool = False
    unfinished: bool = False
    """The user may still be typing it: its beginning is enough."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query, read."""

    wanted: tuple[Term, ...]
    excluded: tuple[Term, ...]


def parse(text: str) -> Parsed:
    """Read a query; what cannot be searched for (punctuation, a lone minus) is left out."""
    text = text[:LENGTH_MAX]
    wanted: list[Term] = []
    excluded: list[Term] = []
    for match in _TERM.finditer(text):
        phrase, word = match["phrase"], match["word"]
        body = word if phrase is None else phrase
        if not has_word(body):
            continue
        last = match.end() == len(text)
        unfinished = last and not (phrase is not None and match["end"])
        term = Term(body.strip(), phrase is not None, unfinished and not match["minus"])
        (excluded if match["minus"] else wanted).append(term)
    return Parsed(tuple(wanted[:TERMS_MAX]), tuple(excluded[:TERMS_MAX]))
