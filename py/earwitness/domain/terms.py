"""Lists of names and terms: what the user gave, and what a recording gets of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from earwitness.errors import BadRequestError
from earwitness.messages import Settings

MAX_TERMS = 1000
"""Terms of one recording."""
MAX_CHARACTERS = 100
"""Of one term."""
MAX_WORDS = 4
"""An entry of a text with more words is a sentence, not a term."""
_BETWEEN = re.compile(r"[,;\n\r、，；]+")


def clean_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the terms without white space around them, each once, in their order.

    Raises:
        BadRequestError: there are too many, or one is too long.
    """
    cleaned = tuple(dict.fromkeys(filter(None, (" ".join(term.split()) for term in terms))))
    if len(cleaned) > MAX_TERMS:
        raise BadRequestError(
            f"A recording can have {MAX_TERMS} terms, not {len(cleaned)}.",
            hint="Leave out those that it does not contain.",
        )
    for term in cleaned:
        if len(term) > MAX_CHARACTERS:
            raise BadRequestError(
                f"A term can have {MAX_CHARACTERS} characters, not {len(term)}: {term[:40]}…",
                hint="Give each name by itself.",
            )
    return cleaned


def clean_tag_terms(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return the lists of tags with `clean_terms`; empty ones are left out. Raises as that."""
    cleaned = {tag: clean_terms(terms) for tag, terms in lists.items()}
    return {tag: terms for tag, terms in cleaned.items() if terms}


def listed_terms(text: str) -> tuple[str, ...]:
    """Return the entries of a text that lists names with commas, semicolons or lines.

    Entries that are no term, because they are too long, are left out.
    """
    entries = (" ".join(entry.split()).strip(" .") for entry in _BETWEEN.split(text))
    return tuple(
        dict.fromkeys(
            entry
            for entry in entries
            if entry and len(entry) <= MAX_CHARACTERS and len(entry.split()) <= MAX_WORDS
        )
    )


def joined_terms(terms: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Return both lists as one, cut where it is too long. Raises as `clean_terms`."""
    return clean_terms([*dict.fromkeys([*terms, *more])][:MAX_TERMS])


def terms_for(settings: Settings, own: Iterable[str], tags: Iterable[str]) -> tuple[str, ...]:
    """Return the terms of a recording: its own, those of its tags, those for everything.

    Entries of the settings' prompt are terms for everything too. The list is cut where it is too
    long; a recording's own terms come first.
    """
    general = (*settings.terms, *listed_terms(settings.prompt))
    wanted = {tag.casefold() for tag in tags}
    lists = settings.tag_terms.items()
    of_tags = (term for tag, terms in lists if tag.casefold() in wanted for term in terms)
    return tuple(dict.fromkeys([*own, *of_tags, *general]))[:MAX_TERMS]
