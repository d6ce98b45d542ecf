"""Regular expressions of users: which ones may be run where nothing can end them.

Python's `re` tries every way to match. A pattern that repeats a repetition, or has several
repetitions that can share their characters, may need longer than the sun lasts. So a pattern is
read first: repetition is allowed for single characters, classes and plain groups, and the number of
repetitions that can compete bounds the steps for a text. What could take longer is refused.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.errors import BadRequestError

STEPS_MAX = 50_000_000
"""The most steps of one attempt at one place of a text; about half a second."""
LIMIT_S = 2.0
"""The longest search in all texts together."""
REPEATS_MAX = 4
"""Repetitions without limit in one pattern."""
_LENGTH_MAX = 1000
"""Characters of a pattern."""
_COUNT_MAX = 1000
"""In `{m,n}`."""
_QUANTIFIER = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}(?<!\{\})(?<!\{,\})")
_GROUP = re.compile(r"\(\?:|\(\?P<[A-Za-z_]\w*>|\((?!\?)")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that ends: `finditer` does, within `LIMIT_S` and one attempt."""

    compiled: re.Pattern[str]
    cost: _Cost

    def finditer(self, text: str, deadline: float) -> Iterator[re.Match[str]]:
        """Yield the matches in a text that are not empty, as `re` does.

        Raises:
            BadRequestError: the text is too long for the pattern, or the `deadline` (of
                `time.monotonic`) is over.
        """
        at = 0
        length = len(text)
        steps = self.cost.ways * (length + 1) ** self.cost.repeats
        if steps > STEPS_MAX:
            raise _too_slow()
        is_quick = steps * (length + 1) <= STEPS_MAX
        while at <= length:
            if time.monotonic() > deadline:
                raise _too_slow()
            match = (self.compiled.search if is_quick else self.compiled.match)(text, at)
            if match is not None and match.end() > match.start():
                yield match
                at = match.end()
            elif is_quick:
                if match is None:
                    return
                at = match.end() + 1
            else:
                at += 1


def compiled(pattern: str, flags: re.RegexFlag) -> Pattern:
    """Return a pattern that is sure to end.

    Raises:
        BadRequestError: it is no pattern, or may take for ever.
    """
    if len(pattern) > _LENGTH_MAX:
        raise BadRequestError(
            f"A pattern can have {_LENGTH_MAX} characters, not {len(pattern)}.", hint="Shorten it."
        )
    try:
        made = re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRequestError(
            f"This is not a regular expression: {error}.", hint="Correct it, or search for text."
        ) from error
    scanner = _Scanner(pattern)
    cost = scanner.read_group()
    if scanner.at < len(pattern) or cost.repeats > REPEATS_MAX:
        raise _refused()
    return Pattern(made, cost)


@dataclass(frozen=True, slots=True)
class _Cost:
    """How many ways there are to match a part of a pattern at one place."""

    ways: int = 1
    """By alternatives and optional parts."""
    repeats: int = 0
    """Repetitions, each of which has as many ways as the text has characters."""
    is_plain: bool = True
    """There is one way only, so the part may be repeated."""

    def then(self, other: _Cost) -> _Cost:
        return _Cost(
            self.ways * other.ways, self.repeats + other.repeats, self.is_plain and other.is_plain
        )

    def either(self, other: _Cost) -> _Cost:
        return _Cost(self.ways + other.ways, max(self.repeats, other.repeats), False)


class _Scanner:
    """Reads a pattern that `re` accepts, and refuses what may take for ever."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def read_group(self) -> _Cost:
        """Read up to the end of a group."""
        branches: list[_Cost] = []
        branch = _Cost()
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                branches.append(branch)
                branch = _Cost()
            else:
                branch = branch.then(self._read_quantifier(self._read_item()))
        for other in branches:
            branch = branch.either(other)
        return branch

    def _read_item(self) -> _Cost:
        """Read a character, a class or a group."""
        here = self.pattern[self.at]
        if here == "(":
            group = _GROUP.match(self.pattern, self.at)
            if group is None:
                raise _refused()  # Look-around, flags, conditions, comments.
            self.at = group.end()
            cost = self.read_group()
            self.at += 1
            return cost
        if here == "[":
            found = _CLASS.match(self.pattern, self.at)
            if found is None:
                raise _refused()
            self.at = found.end()
            return _Cost()
        if here == "\\":
            letter = self.pattern[self.at + 1]
            if letter.isdigit() or letter in "NuUx":
                raise _refused()  # A group again, or a character by its number.
            self.at += 2
            return _Cost(is_plain=letter not in "bBAZ")
        self.at += 1
        return _Cost(is_plain=here not in "^$")

    def _read_quantifier(self, item: _Cost) -> _Cost:
        """Read what follows an item; return the cost of both."""
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None:
            return item
        self.at = found.end()
        if self.at < len(self.pattern) and self.pattern[self.at] in "?+":
            self.at += 1
        sign, (least, comma, most) = found.group()[0], found.groups()
        if sign == "?":
            return _Cost(item.ways + 1, item.repeats, False)
        if not item.is_plain or max(int(least or 0), int(most or 0)) > _COUNT_MAX:
            raise _refused()
        is_fixed = sign == "{" and not comma
        return item if is_fixed else _Cost(item.ways, item.repeats + 1, False)


def _refused() -> BadRequestError:
    return BadRequestError(
        "This regular expression may take for ever.",
        hint=f"Use at most {REPEATS_MAX} repetitions, of characters or plain groups, and no "
        "look-around or back-references.",
    )


def _too_slow() -> BadRequestError:
    return BadRequestError(
        "The search with this regular expression took too long.",
        hint="Use fewer repetitions, such as * and +. Nothing was changed.",
    )
