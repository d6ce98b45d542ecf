"""Parse what the user typed in the search box; every text is a valid query.

budget meeting        both words (the last one may be unfinished)
"next quarter"        these words in this order
-draft  -"first try"  lines without this word or phrase
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from earwitness.search.normalize import has_word

LENGTH_MAX = 400
"""Characters of a query; the rest is ignored."""
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
    """The user may still be typing the word, so longer words match as well."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed query."""

    wanted: tuple[Term, ...]
    excluded: tuple[Term, ...]


def parse(text: str) -> Parsed:
    """Parse a query; terms without a letter or digit are left out."""
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
