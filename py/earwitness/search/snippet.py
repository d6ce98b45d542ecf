"""Shorten a line around its first match, and mark every match."""

from __future__ import annotations

import re
from collections.abc import Sequence

from earwitness.search.normalize import MARKS, clean, fold

BEGIN, END = "\ue000", "\ue001"
"""Private-use characters around a match; `clean` removes them from texts."""
LENGTH = 180
"""Approximate length of a snippet in characters."""

_WORD = re.compile(rf"(?:[^\W_]|[{MARKS}\u0900-\u0dff])+")


class Highlight:
    """A word or phrase to mark; with `unfinished` its last word may go on."""

    def __init__(self, text: str, unfinished: bool = False) -> None:
        self.words = [fold(word) for word in _WORD.findall(clean(text))]
        self.unfinished = unfinished

    def spans(self, words: Sequence[tuple[str, int, int]]) -> list[tuple[int, int]]:
        """Return [begin, end) of each match among `words`: (folded word, begin, end)."""
        size = len(self.words)
        found: list[tuple[int, int]] = []
        for i in range(len(words) - size + 1 if size else 0):
            part = [word for word, _, _ in words[i : i + size]]
            prefix = part[:-1] == self.words[:-1] and part[-1].startswith(self.words[-1])
            if part == self.words or (self.unfinished and prefix):
                found.append((words[i][1], words[i + size - 1][2]))
        return found


def snippet(text: str, words: Sequence[Highlight], runs: Sequence[str] = ()) -> str:
    """Return the text, shortened around its first match, with `BEGIN` and `END` around each.

    `runs`: texts in scripts without spaces, which match anywhere.
    """
    text = clean(text).strip()
    tokens = [(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
    spans = [span for word in words for span in word.spans(tokens)]
    for run in runs:
        spans += [m.span() for m in re.finditer(re.escape(run), text)]
    merged = _merge(spans)
    begin, end = _cut(text, merged)
    out: list[str] = ["…" if begin else ""]
    at = begin
    for start, stop in merged:
        if start >= end:
            break
        out += [text[at:start], BEGIN, text[start : min(stop, end)], END]
        at = min(stop, end)
    out += [text[at:end], "…" if end < len(text) else ""]
    return "".join(out)


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _cut(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Return [begin, end) of the part to show, cut at a space where one is near."""
    if len(text) <= LENGTH:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    begin = max(0, min(first - LENGTH // 3, len(text) - LENGTH))
    if begin:
        space = text.find(" ", begin, first)
        begin = space + 1 if 0 <= space < begin + 30 else begin
    end = min(len(text), begin + LENGTH)
    if end < len(text):
        space = text.rfind(" ", end - 30, end)
        end = space if space > first else end
    return begin, end
