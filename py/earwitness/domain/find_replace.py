"""Find text in the segments of a transcript, and put other text in its place."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Wanted
from earwitness.domain.passages import clean
from earwitness.domain.patterns import LIMIT_S, compiled
from earwitness.domain.redaction import SIGN
from earwitness.errors import BadRequestError
from earwitness.messages import FindText, FoundText

PLACES_MAX = 10_000
"""Places that one search may find."""
_AROUND = 40
"""Characters shown before and after a place, at most."""
_TEXT_MAX = 1000
"""Characters of a text to find."""
_BORDER = "\n"
"""Between two segments, in a search across them."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A match: from a character of one segment to a character of the same or a later one."""

    first: int
    start: int
    last: int
    stop: int
    replacement: str


def find(
    opened: OpenDocument, query: FindText, replacement: str = "", limit_s: float = LIMIT_S
) -> tuple[FoundText, ...]:
    """Return every place that matches, with what replaces it.

    `limit_s`: the longest time that a regular expression may take.

    Raises:
        BadRequestError: nothing to look for, a pattern that is not valid or may take for ever, or
            more than `PLACES_MAX` places.
    """
    texts = [*map(clean, opened.texts())]
    places = _places(texts, query, replacement, limit_s)
    return tuple(_found(texts, place) for place in _visible(opened, texts, places))


def replace(
    opened: OpenDocument,
    query: FindText,
    replacement: str,
    only: Collection[int] | None = None,
) -> tuple[Wanted, int]:
    """Return the changes that replace what `find` finds, and the number of places.

    `only`: the places to replace, by their numbers in the result of `find`; None: all. A segment
    whose whole text is part of a match that began before it is deleted.

    Raises:
        BadRequestError: as `find`.
    """
    texts = [*map(clean, opened.texts())]
    places = [
        place
        for number, place in enumerate(_visible(opened, texts, _places(texts, query, replacement)))
        if only is None or number in only
    ]
    changed: dict[int, str] = {}
    deletions: set[int] = set()
    # From the end, so that the characters before a place stay where they are.
    for place in reversed(places):
        tail = changed.get(place.last, texts[place.last])[place.stop :]
        head = changed.get(place.first, texts[place.first])[: place.start] + place.replacement
        if place.first == place.last:
            changed[place.first] = head + tail
            continue
        changed[place.first] = head
        for segment in range(place.first + 1, place.last + 1):
            rest = tail.strip() if segment == place.last else ""
            changed.pop(segment, None)
            if rest:
                changed[segment] = rest
            else:
                deletions.add(segment)
    return Wanted(changed, deletions=sorted(deletions)), len(places)


def _visible(
    opened: OpenDocument, texts: Sequence[str], places: Sequence[_Place]
) -> Iterator[_Place]:
    """Yield the places without those in which words are redacted: what stands there is no text."""
    signs = [
        [match.span() for match in re.finditer(re.escape(SIGN), text)]
        for text in (texts if opened.document.redactions else ())
    ]
    for place in places:
        inside = False
        for segment in range(place.first, place.last + 1) if signs else ():
            start = place.start if segment == place.first else 0
            stop = place.stop if segment == place.last else len(texts[segment])
            inside |= any(begin < stop and start < end for begin, end in signs[segment])
        if not inside:
            yield place


def _found(texts: Sequence[str], place: _Place) -> FoundText:
    text = texts[place.first]
    if place.first == place.last:
        matched = text[place.start : place.stop]
    else:
        inner = texts[place.first + 1 : place.last]
        matched = " ".join((text[place.start :], *inner, texts[place.last][: place.stop]))
    before = _before(text[: place.start])
    after = _before(texts[place.last][place.stop :][::-1])[::-1]
    return FoundText(place.first, place.start, matched, before, after, place.replacement)


def _before(text: str) -> str:
    """Return the end of a text, from where a word begins if one does."""
    if len(text) <= _AROUND:
        return text
    end = text[-_AROUND:]
    cut = end.find(" ")
    return "…" + (end[cut + 1 :] if 0 <= cut < _AROUND - 1 else end)


def _places(
    texts: Sequence[str], query: FindText, replacement: str, limit_s: float = LIMIT_S
) -> list[_Place]:
    if not query.text.strip() or len(query.text) > _TEXT_MAX:
        raise BadRequestError(
            "There is no text to look for."
            if not query.text.strip()
            else f"A text to look for can have {_TEXT_MAX} characters.",
            hint="Type what to find.",
        )
    across = query.across_segments and not query.regular_expression
    if across:
        found = _across(texts, query, replacement)
    else:
        found = _within(texts, query, replacement, time.monotonic() + limit_s)
    places: list[_Place] = []
    for place in found:
        if len(places) == PLACES_MAX:
            raise BadRequestError(
                f"There are more than {PLACES_MAX} places.", hint="Look for a longer text."
            )
        places.append(place)
    return places


def _within(
    texts: Sequence[str], query: FindText, replacement: str, deadline: float
) -> Iterator[_Place]:
    flags = re.RegexFlag.NOFLAG if query.match_case else re.IGNORECASE
    if not query.regular_expression:
        pattern = _literal(query, r"\s+")
        for segment, text in enumerate(texts):
            for match in pattern.finditer(text):
                yield _Place(segment, match.start(), segment, match.end(), replacement)
        return
    body = rf"\b(?:{query.text})\b" if query.whole_words else query.text
    checked = compiled(body, flags)
    template = checked.compiled
    for segment, text in enumerate(texts):
        for match in checked.finditer(text, deadline):
            try:
                new = match.expand(replacement)
            except (re.error, IndexError) as error:
                raise BadRequestError(
                    f"The replacement does not fit the pattern: {error}.",
                    hint=rf"It has {template.groups} groups; \\ stands for a backslash.",
                ) from error
            yield _Place(segment, match.start(), segment, match.end(), clean(new) if new else "")


def _across(texts: Sequence[str], query: FindText, replacement: str) -> Iterator[_Place]:
    joined = _BORDER.join(texts)
    starts = [0, *accumulate(len(text) + len(_BORDER) for text in texts)]
    segment = 0
    for match in _literal(query, r"\s+").finditer(joined):
        while starts[segment + 1] <= match.start():
            segment += 1
        last = segment
        while starts[last + 1] < match.end():
            last += 1
        yield _Place(
            segment,
            match.start() - starts[segment],
            last,
            match.end() - starts[last],
            replacement,
        )


def _literal(query: FindText, space: str) -> re.Pattern[str]:
    """Return the pattern of a text; any space stands for any other."""
    pattern = space.join(map(re.escape, query.text.split()))
    if query.whole_words:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return re.compile(pattern, re.RegexFlag.NOFLAG if query.match_case else re.IGNORECASE)
