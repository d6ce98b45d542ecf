"""Tell words that were said again from words that the model only wrote again, by their sound.

Whoever says a phrase three times needs three times as long. A model that repeats itself writes the
phrase three times for a sound that it hears once, so that alignment leaves no time for the copies.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.speech.repetition import letter_count, longest_loop
from earwitness.speech.settings import RepetitionSettings
from earwitness.transcript import Word

STEM_LETTERS = 5
"""Words with the same first letters, so many, are copies: a loop varies its spelling."""
START_WORDS = 6
"""Longest repetition that is detected at the start of a text."""


def drop_unheard_repeats(words: Sequence[Word], settings: RepetitionSettings) -> list[Word]:
    """Return words without the copies of a phrase that there was no time to say.

    Copies of a phrase are counted together, because alignment may give the time of one to another.
    """
    loop = longest_loop([_bare(word)[:STEM_LETTERS] for word in words])
    if loop is None:
        return list(words)
    stop = loop.start + loop.length
    before, after = words[: loop.start], words[stop:]
    copies = [words[at : at + loop.period] for at in range(loop.start, stop, loop.period)]
    heard = _heard_copies(copies, _limit([*before, *after], settings), settings)
    return [
        *drop_unheard_repeats(before, settings),
        *(word for copy in heard for word in copy),
        *drop_unheard_repeats(after, settings),
    ]


def drop_repeated_start(
    before: Sequence[Word], after: Sequence[Word], settings: RepetitionSettings
) -> Sequence[Word]:
    """Return `after` without its first words if these are the last words of `before` once more.

    Both parts of a window contain the sound of words at their border. A phrase that was said twice
    stays, because there is time for both; a short one is dropped in any case.
    """
    old, new = [_bare(word) for word in before], [_bare(word) for word in after]
    for count in range(min(START_WORDS, len(old), len(new)), 0, -1):
        if old[-count:] != new[:count]:
            continue
        twice = [before[-count:], after[:count]]
        limit = _limit([*before[:-count], *after[count:]], settings)
        short = _letters(before[-count:]) < settings.start_letters
        heard_twice = not short and len(_heard_copies(twice, limit, settings)) == 2
        return after if heard_twice else after[count:]
    return after


def _heard_copies(
    copies: Sequence[Sequence[Word]], limit: float, settings: RepetitionSettings
) -> Sequence[Sequence[Word]]:
    """Return the copies that can have been said at `limit` letters a second, the longest ones."""
    letters = _letters(copies[0])
    if letters * len(copies) < settings.run_letters:
        return copies
    lengths_s = [sum(word.end_s - word.start_s for word in copy) for copy in copies]
    count = max(1, int(sum(lengths_s) * limit / letters))
    if count >= len(copies):
        return copies
    if len(copies) >= settings.loop_copies:
        count = 1
    longest = sorted(range(len(copies)), key=lambda index: -lengths_s[index])[:count]
    return [copies[index] for index in sorted(longest)]


def _limit(others: Sequence[Word], settings: RepetitionSettings) -> float:
    """Return the most letters a second that a repetition can have beside these words."""
    letters = _letters(others)
    length_s = sum(word.end_s - word.start_s for word in others)
    if letters < settings.rate_letters or length_s <= 0:
        return settings.max_letters_per_s
    beside = settings.rate_factor * letters / length_s
    return max(settings.min_letters_per_s, min(settings.max_letters_per_s, beside))


def _letters(words: Sequence[Word]) -> int:
    return sum(letter_count(word.text) for word in words)


def _bare(word: Word) -> str:
    return "".join(letter for letter in word.text.casefold() if letter.isalnum())
