"""Voice vectors as text, and the products that compare them."""

from __future__ import annotations

import base64
import math
from array import array
from collections.abc import Sequence
from operator import mul

Vector = Sequence[float]


def pack(vector: Vector) -> str:
    """Return a vector of any length as text: its direction in one byte for each number."""
    largest = max(map(abs, vector)) or 1.0
    return base64.b64encode(array("b", (round(127 * x / largest) for x in vector))).decode()


def unpack(text: str) -> list[float]:
    """Return the vector of `pack`, of length 1."""
    values = array("b", base64.b64decode(text))
    scale = 1 / (math.sqrt(sum(map(mul, values, values))) or 1.0)
    return [value * scale for value in values]


def scaled(vector: Vector, factor: float) -> list[float]:
    """Return the vector times a number."""
    return [factor * value for value in vector]


def total(vectors: Sequence[Vector]) -> list[float]:
    """Return the sum of vectors."""
    return [math.fsum(values) for values in zip(*vectors, strict=True)]


def product(first: Vector, second: Vector) -> float:
    """Return the inner product."""
    return sum(map(mul, first, second))


def cosine(first: Vector, second: Vector) -> float:
    """Return the cosine of the angle between two vectors, 0 if one is zero."""
    size = math.sqrt(product(first, first) * product(second, second))
    return product(first, second) / size if size else 0.0
