"""Counting errors: Whisper's normalisation, then edits, in words or in characters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

UNSPACED = {"zh", "yue", "ja", "ko", "th", "lo", "my", "km"}
"""Counted in characters, as is usual for them."""


@cache
def _normaliser(language: str) -> EnglishTextNormalizer | BasicTextNormalizer:
    return EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()


def units(text: str, language: str) -> list[str]:
    """What is counted: normalised words, or characters where words are not written apart."""
    normal = str(_normaliser(language)(text))
    if language in UNSPACED:
        return [character for character in normal if not character.isspace()]
    return normal.split()


def edits(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions."""
    return int(Levenshtein.distance(reference, heard))


def error_blocks(
    reference: Sequence[str], heard: Sequence[str], block: int = 40
) -> list[tuple[int, int]]:
    """(errors, units) of each run of `block` reference units: what a bootstrap may draw.

    A long recording is many observations, not one. An insertion counts where it stands.
    """
    count = max(1, round(len(reference) / block))
    size = max(1, -(-len(reference) // count))
    blocks = [[0, len(reference[i * size : (i + 1) * size])] for i in range(count)]
    for operation in Levenshtein.editops(reference, heard):
        blocks[min(operation.src_pos // size, count - 1)][0] += 1
    return [(errors, total) for errors, total in blocks]


def matches(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Index pairs of equal units in the best alignment of two texts."""
    pairs: list[tuple[int, int]] = []
    for operation in Levenshtein.opcodes(first, second):
        if operation.tag == "equal":
            length = operation.src_end - operation.src_start
            pairs += [(operation.src_start + k, operation.dest_start + k) for k in range(length)]
    return pairs


def error_rate(reference: str, heard: str, language: str = "en") -> float:
    """Edits divided by reference units."""
    expected = units(reference, language)
    return edits(expected, units(heard, language)) / max(1, len(expected))
