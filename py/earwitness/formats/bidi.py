"""Arabic and Hebrew in subtitles: players that know libass take every line for left to right.

A full stop at the end of such a line would stand on its right side. An embedding around the line
gives it its own direction; WebVTT needs none, because browsers look at the text.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

_BEGIN, _END = "\u202b", "\u202c"
"""RIGHT-TO-LEFT EMBEDDING and POP DIRECTIONAL FORMATTING; older players draw boxes for isolates."""
_RIGHT_TO_LEFT = ("R", "AL")
_PLAIN = (*_RIGHT_TO_LEFT, "NSM", "WS")


def embedded(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a cue, in an embedding where their direction would be lost."""
    if all(map(str.isascii, lines)):
        return tuple(lines)
    kinds = Counter(unicodedata.bidirectional(each) for line in lines for each in line)
    leftward = sum(kinds[kind] for kind in _RIGHT_TO_LEFT) > kinds["L"]
    return tuple(
        f"{_BEGIN}{line}{_END}" if _is_embedded(line) or (leftward and _is_mixed(line)) else line
        for line in lines
    )


def bare(line: str) -> str:
    """Return a line without its embedding."""
    return line[1:-1] if _is_embedded(line) else line


def _is_embedded(line: str) -> bool:
    return line.startswith(_BEGIN) and line.endswith(_END) and len(line) > 1


def _is_mixed(line: str) -> bool:
    return any(unicodedata.bidirectional(each) not in _PLAIN for each in line)
