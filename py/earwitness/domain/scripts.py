"""The one table of scripts that are written without spaces between words.

Counting, retiming, search and the splitting of tokens into words all ask it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script without spaces, and the languages whose words it does not separate."""

    name: str
    characters: str
    """As inside the brackets of a regular expression."""
    languages: tuple[str, ...]
    """Whisper's codes."""


SCRIPTS = (
    Script("Thai", "\u0e00-\u0e7f", ("th",)),
    Script("Lao", "\u0e80-\u0eff", ("lo",)),
    Script("Myanmar", "\u1000-\u109f\uaa60-\uaa7f", ("my",)),
    Script("Khmer", "\u1780-\u17ff", ("km",)),
    Script("Kana", "\u3041-\u30ff\u31f0-\u31ff", ("ja",)),
    Script(
        "Han",
        "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
        ("zh", "yue", "ja"),
    ),
)
LANGUAGES_WITHOUT_SPACES = frozenset(code for script in SCRIPTS for code in script.languages)
UNSPACED_RUN = re.compile(f"[{''.join(script.characters for script in SCRIPTS)}]+")
"""A longest possible run of characters of these scripts."""


def has_unspaced(text: str) -> bool:
    """Return whether some of the text is in a script without spaces."""
    return not text.isascii() and UNSPACED_RUN.search(text) is not None


def count_words(text: str) -> int:
    """Return the number of words; in scripts without spaces every character counts as one."""
    unspaced = sum(len(run) for run in UNSPACED_RUN.findall(text))
    return len(UNSPACED_RUN.sub(" ", text).split()) + unspaced
