"""Detect texts that repeat themselves."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

MAX_PERIOD = 40
"""Longest repetition that is detected, in tokens; Whisper repeats words or sentences."""
DENSE = range(0x3400, 0xD800)
"""Code points of Han, Hangul and other scripts with more characters than a byte has values."""
LETTERS = 128
"""Byte values for letters outside ASCII. A text has fewer of them, except in dense scripts."""


@dataclass(frozen=True, slots=True)
class Loop:
    """`repeats` repetitions of the `period` tokens from index `start`."""

    start: int
    period: int
    repeats: int

    @property
    def length(self) -> int:
        """Tokens in all repetitions together."""
        return self.period * self.repeats


def compression_ratio(text: str) -> float:
    """Return the length of the text divided by its deflated length; 0 for an empty text.

    A letter counts as one byte in every script, a character of a dense script as two. In UTF-8 a
    letter has up to three bytes, most of them the same, so that plain prose seems to repeat itself.
    """
    data = _one_byte_a_letter(text)
    return len(data) / len(zlib.compress(data)) if data else 0.0


def copies_in_row(text: str, *, min_copies: int, min_letters: int) -> int:
    """Return how many copies of one phrase in a row make up half of a text or more.

    1 if there are fewer copies, or fewer letters in them. In short texts the compression ratio does
    not tell them: deflate needs some bytes for any text.
    """
    bare = "".join(filter(str.isalnum, text.casefold()))
    loop = longest_loop(bare)
    if loop is None or loop.repeats < min_copies or 2 * loop.length < len(bare):
        return 1
    letters = letter_count(bare[loop.start : loop.start + loop.length])
    return loop.repeats if letters >= min_letters else 1


def letter_count(text: str) -> int:
    """Return the number of letters and digits; one of a dense script counts as two."""
    return len(_one_byte_a_letter("".join(filter(str.isalnum, text))))


def _one_byte_a_letter(text: str) -> bytes:
    if text.isascii():
        return text.encode()
    letters: dict[str, int] = {}
    data = bytearray()
    for character in text:
        code = ord(character)
        if code < LETTERS:
            data.append(code)
        elif code in DENSE:
            data += code.to_bytes(2, "big")
        else:
            data.append(LETTERS + letters.setdefault(character, len(letters)) % LETTERS)
    return bytes(data)


def without_repeated_end(text: str, letters: int) -> str:
    """Return the letters of a text without an end of at least so many that stands in it before.

    What then is the end is looked at in the same way, so that of several copies one is left.
    """
    bare = "".join(filter(str.isalnum, text.casefold()))
    while (at := _repeated_end(bare, letters)) < len(bare):
        bare = bare[:at]
    return bare


def _repeated_end(bare: str, letters: int) -> int:
    """Return where the longest such end begins; the text's length if there is none."""
    at = len(bare)
    while at and letter_count(bare[at:]) < letters:
        at -= 1
    if not at or bare[at:] not in bare[:at]:
        return len(bare)
    while bare[at - 1 :] in bare[: at - 1]:
        at -= 1
    return at


def find_loop(tokens: Sequence[Hashable], *, min_repeats: int, min_tokens: int) -> Loop | None:
    """Return the first loop of at least so many repetitions and tokens; None without one."""
    best: Loop | None = None
    for period in range(1, min(MAX_PERIOD, len(tokens) // min_repeats) + 1):
        run = 0
        for index in range(period, len(tokens) + 1):
            if index < len(tokens) and tokens[index] == tokens[index - period]:
                run += 1
                continue
            repeats = run // period + 1
            if repeats >= min_repeats and repeats * period >= min_tokens:
                loop = Loop(index - run - period, period, repeats)
                if best is None or loop.start < best.start:
                    best = loop
                break
            run = 0
    return best


def longest_loop(tokens: Sequence[Hashable]) -> Loop | None:
    """Return the loop with the most tokens, of two repetitions or more; None without one."""
    best: Loop | None = None
    for period in range(1, min(MAX_PERIOD, len(tokens) // 2) + 1):
        run = 0
        for index in range(period, len(tokens) + 1):
            if index < len(tokens) and tokens[index] == tokens[index - period]:
                run += 1
                continue
            loop = Loop(index - run - period, period, run // period + 1)
            if run >= period and (best is None or loop.length > best.length):
                best = loop
            run = 0
    return best


def keep_until_loop(count: int, loop: Loop | None) -> int:
    """Return how many of `count` tokens to keep: those up to the first repetition's end."""
    return count if loop is None else loop.start + loop.period
