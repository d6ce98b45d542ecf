"""Where a sentence ends, by its punctuation. web/app/paragraphs.js has a twin of the rule."""

from __future__ import annotations

SENTENCE_END = frozenset(".!?。！？…؟।።")
CLOSERS = "\"'”’)]}»」』）】》"
"""Marks that may stand after the end of a sentence."""
OPENERS = "\"'“‘¿¡([{«"
"""Marks that may stand before the first letter of a sentence."""
ABBREVIATIONS = frozenset(
    {"mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "vs.", "no.", "gen.", "sr.", "jr.", "etc."}
)


def ends_sentence(text: str, following: str = "") -> bool:
    """Return whether a sentence ends with this word, given the word after it."""
    bare = text.strip().rstrip(CLOSERS)
    if not bare or bare[-1] not in SENTENCE_END:
        return False
    if bare[-1] == ".":
        letters = bare[:-1]
        if bare.lower() in ABBREVIATIONS or (len(letters) == 1 and letters.isalpha()):
            return False
        upcoming = following.strip().lstrip(OPENERS)[:1]
        return not upcoming.islower()
    return True
