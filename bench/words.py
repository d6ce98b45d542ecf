"""Error rates in words or characters, after Whisper's normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

UNSPACED = {"zh", "yue", "ja", "ko", "th", "lo", "my", "km"}
"""Languages that are counted in characters."""


@cache
def _normaliser(language: str) -> EnglishTextNormalizer | BasicTextNormalizer:
    return EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()


def units(text: str, language: str) -> list[str]:
    """Return the normalised words, or the characters for languages in `UNSPACED`."""
    normal = str(_normaliser(language)(text))
    if language in UNSPACED:
        return [character for character in normal if not character.isspace()]
    return normal.split()


def edits(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Return the number of substitutions, deletions and insertions."""
    return int(Levenshtein.distance(reference, hypothesis))


def error_blocks(
    reference: Sequence[str], hypothesis: Sequence[str], block: int = 40
) -> list[tuple[int, int]]:
    """Return (errors, units) of each block of about `block` reference units.

    A bootstrap draws blocks, because a long recording is many observations. An insertion counts in
    the block where it is.
    """
    count = max(1, round(len(reference) / block))
    size = max(1, -(-len(reference) // count))
    blocks = [[0, len(reference[i * size : (i + 1) * size])] for i in range(count)]
    for operation in Levenshtein.editops(reference, hypothesis):
        blocks[min(operation.src_pos // size, count - 1)][0] += 1
    return [(errors, total) for errors, total in blocks]


def matches(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Return the index pairs of equal units in the best alignment of two texts."""
    pairs: list[tuple[int, int]] = []
    for operation in Levenshtein.opcodes(first, second):
        if operation.tag == "equal":
            length = operation.src_end - operation.src_start
            pairs += [(operation.src_start + k, operation.dest_start + k) for k in range(length)]
    return pairs


def error_rate(reference: str, hypothesis: str, language: str = "en") -> float:
    """Return the edits divided by the number of reference units."""
    expected = units(reference, language)
    return edits(expected, units(hypothesis, language)) / max(1, len(expected))
