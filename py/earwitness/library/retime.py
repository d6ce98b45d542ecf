"""Times for the words of a corrected sentence, taken from what the machine heard.

Characters that stayed keep their times, characters that came in share the time of those they
replace; so an unchanged word keeps exactly its start and end, in every script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from earwitness.transcript import Segment, Word

_TOKEN = re.compile(r"\s*\S+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LONGEST = 4000
"""Characters; above it the comparison would be slow, and the time is shared evenly."""


def retime(heard: Segment, text: str) -> tuple[Word, ...]:
    """Return the words of `text`, timed inside `heard`; none where `heard` has none."""
    if not heard.words or not text.strip():
        return ()
    spaced = heard.words[0].text.startswith(" ") and not text.startswith(" ")
    new = f" {text.strip()}" if spaced else text.strip()
    times, owners = _align(heard, new)
    words: list[Word] = []
    for begin, end in _tokens(new, owners):
        token = new[begin:end]
        first = begin + len(token) - len(token.lstrip())
        owner = owners[first]
        same = owner is not None and heard.words[owner].text.strip() == token.strip()
        start_s, end_s = times[first][0], times[end - 1][1]
        words.append(
            Word(
                token,
                round(start_s, 3),
                round(max(start_s, end_s), 3),
                heard.words[owner].probability if same and owner is not None else None,
            )
        )
    return tuple(words)


def _align(heard: Segment, new: str) -> tuple[list[tuple[float, float]], list[int | None]]:
    """Start and end of every character of `new`, and the index of the heard word it comes from."""
    old = "".join(word.text for word in heard.words)
    old_times, old_owners = _character_times(heard.words)
    if len(old) + len(new) > _LONGEST:
        return _share(heard.start_s, heard.end_s, len(new)), [None] * len(new)
    times: list[tuple[float, float]] = []
    owners: list[int | None] = []
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            times += old_times[i1:i2]
            owners += old_owners[i1:i2]
            continue
        begin_s = old_times[i1][0] if i1 < len(old) else heard.words[-1].end_s
        end_s = old_times[i2 - 1][1] if i2 > i1 else begin_s
        times += _share(begin_s, end_s, j2 - j1)
        owners += [None] * (j2 - j1)
    return times, owners


def _character_times(
    words: Sequence[Word],
) -> tuple[list[tuple[float, float]], list[int | None]]:
    times: list[tuple[float, float]] = []
    owners: list[int | None] = []
    for index, word in enumerate(words):
        lead = len(word.text) - len(word.text.lstrip())
        times += [(word.start_s, word.start_s)] * lead
        times += _share(word.start_s, word.end_s, len(word.text) - lead)
        owners += [index] * len(word.text)
    return times, owners


def _share(start_s: float, end_s: float, parts: int) -> list[tuple[float, float]]:
    step = (end_s - start_s) / parts if parts else 0.0
    edges = [start_s + step * i for i in range(parts)] + [end_s]
    return list(pairwise(edges))


def _tokens(text: str, owners: Sequence[int | None]) -> list[tuple[int, int]]:
    """Words of `text` as [begin, end): by spaces, or as heard where the script has none."""
    tokens: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        begin, end = match.span()
        if _UNSPACED.search(match.group()):
            for i in range(begin + 1, end):
                if owners[i] != owners[i - 1] and text[i - 1] != " ":
                    tokens.append((begin, i))
                    begin = i
        tokens.append((begin, end))
    return tokens
